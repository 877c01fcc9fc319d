#include "test/apiserver/schema/schema_rules.h"

#include <string.h>

static const size_t PATTERN_MAX = 64 * 1024;

/* Formats that the API server checks and this one does not. */
static const char *const unchecked_formats[] = {
    "bsonobjectid", "uri",    "email",    "hostname", "ipv4",       "ipv6",
    "cidr",         "mac",    "uuid",     "uuid3",    "uuid4",      "uuid5",
    "isbn",         "isbn10", "isbn13",   "ssn",      "creditcard", "hexcolor",
    "rgbcolor",     "date",   "duration", NULL,
};

static void free_regex(void *regex)
{
    regfree(regex);
}

static bool read_pattern(struct arena *arena, struct schema_rules *rules,
                         struct err *err)
{
    if (!rules->pattern)
        return true;
    struct strbuf posix;
    strbuf_init(&posix, PATTERN_MAX);
    bool good = schema_pattern_translate(&posix, rules->pattern, err);
    if (good && regcomp(&rules->regex, posix.text, REG_EXTENDED | REG_NOSUB) != 0)
        good = err_set(err, ERR_INVALID, "pattern \"%s\" is not understood",
                       rules->pattern);
    else if (good)
        arena_defer(arena, free_regex, &rules->regex);
    strbuf_fini(&posix);
    return good;
}

static bool read_format(const cJSON *openapi, struct schema_rules *rules,
                        struct err *err)
{
    const char *format = json_str_or(openapi, "", "format");
    rules->date_time = strcmp(format, "date-time") == 0;
    for (const char *const *name = unchecked_formats; *name; name++) {
        if (strcmp(*name, format) == 0)
            return err_set(err, ERR_INVALID, "format \"%s\" is not understood", format);
    }
    return true;
}

static struct schema_bound bound_of(const cJSON *openapi, const char *name)
{
    int64_t value = json_int(openapi, -1, name);
    return (struct schema_bound){.given = value >= 0,
                                 .value = value < 0 ? 0 : (size_t)value};
}

static struct schema_limit limit_of(const cJSON *openapi, const char *name,
                                    const char *exclusive)
{
    const cJSON *value = json_at(openapi, name);
    bool given = cJSON_IsNumber(value);
    return (struct schema_limit){.given = given,
                                 .exclusive = json_bool(openapi, false, exclusive),
                                 .value = given ? value->valuedouble : 0};
}

struct schema_rules *schema_rules_parse(struct arena *arena, const cJSON *openapi,
                                        struct err *err)
{
    struct schema_rules *rules = arena_alloc(arena, sizeof *rules);
    rules->choices = json_at(openapi, "enum");
    rules->pattern = json_str(openapi, "pattern");
    rules->min_length = bound_of(openapi, "minLength");
    rules->max_length = bound_of(openapi, "maxLength");
    rules->min_items = bound_of(openapi, "minItems");
    rules->max_items = bound_of(openapi, "maxItems");
    rules->min_properties = bound_of(openapi, "minProperties");
    rules->max_properties = bound_of(openapi, "maxProperties");
    rules->minimum = limit_of(openapi, "minimum", "exclusiveMinimum");
    rules->maximum = limit_of(openapi, "maximum", "exclusiveMaximum");
    const cJSON *multiple = json_at(openapi, "multipleOf");
    rules->multiple_of = cJSON_IsNumber(multiple) ? multiple->valuedouble : 0;
    return read_pattern(arena, rules, err) && read_format(openapi, rules, err) ? rules
                                                                               : NULL;
}
