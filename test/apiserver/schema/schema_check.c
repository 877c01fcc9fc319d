#include "test/apiserver/schema/schema_check.h"

#include "kubeclient/base/ascii.h"
#include "kubeclient/base/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t VALUE_MAX = 64 * 1024;

/* One rule is broken: "Invalid value: V: PATH in body should ...". */
static void broken(struct faults *faults, const struct schema_path *path,
                   const cJSON *value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void schema_print_value(struct strbuf *out, const cJSON *value)
{
    json_print(out, value);
}

static void broken(struct faults *faults, const struct schema_path *path,
                   const cJSON *value, const char *format, ...)
{
    struct strbuf text, field;
    strbuf_init(&text, VALUE_MAX);
    strbuf_init(&field, SCHEMA_PATH_MAX);
    schema_print_value(&text, value);
    schema_path_print(&field, path);
    strbuf_addf(&text, ": %s in body ", field.text);
    va_list args;
    va_start(args, format);
    strbuf_addv(&text, format, args);
    va_end(args);
    faults_add(faults, "Invalid", path, "Invalid value: %s", text.text);
    strbuf_fini(&field);
    strbuf_fini(&text);
}

static void check_choices(struct faults *faults, const cJSON *choices,
                          const cJSON *value, const struct schema_path *path)
{
    json_each (choice, choices) {
        if (json_equal(choice, value))
            return;
    }
    struct strbuf text;
    strbuf_init(&text, VALUE_MAX);
    schema_print_value(&text, value);
    strbuf_adds(&text, ": supported values: ");
    json_each (choice, choices) {
        bool string = cJSON_IsString(choice);
        strbuf_adds(&text, string ? "" : "\"");
        schema_print_value(&text, choice);
        strbuf_adds(&text, string ? "" : "\"");
        strbuf_adds(&text, choice->next ? ", " : "");
    }
    faults_add(faults, "NotSupported", path, "Unsupported value: %s", text.text);
    strbuf_fini(&text);
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static bool two_digits(const char **at, int most)
{
    if (!ascii_digit((*at)[0]) || !ascii_digit((*at)[1]) ||
        ((*at)[0] - '0') * 10 + (*at)[1] - '0' > most)
        return false;
    *at += 2;
    return true;
}

static bool skip(const char **at, char wanted)
{
    if (ascii_to_lower(**at) != wanted)
        return false;
    (*at)++;
    return true;
}

/* RFC 3339, as loosely as the API server: 2026-01-31T12:00:00.5Z */
static bool is_date_time(const char *at)
{
    bool century = two_digits(&at, 99);
    bool good = century && two_digits(&at, 99) && skip(&at, '-') &&
                two_digits(&at, 12) && skip(&at, '-') && two_digits(&at, 31) &&
                skip(&at, 't') && two_digits(&at, 23) && skip(&at, ':') &&
                two_digits(&at, 59) && skip(&at, ':') && two_digits(&at, 60);
    if (good && *at == '.')
        for (at++; ascii_digit(*at);)
            at++;
    if (good && skip(&at, 'z'))
        return !*at;
    return good && (skip(&at, '+') || skip(&at, '-')) && two_digits(&at, 23) &&
           skip(&at, ':') && two_digits(&at, 59) && !*at;
}

/* The first that is broken stands for all. */
static void check_string(struct faults *faults, const struct schema_rules *rules,
                         const cJSON *value, const struct schema_path *path)
{
    const char *text = value->valuestring;
    size_t length = count_characters(text);
    if (rules->max_length.given && length > rules->max_length.value)
        faults_add(faults, "TooLong", path, "Too long: may not be more than %zu bytes",
                   rules->max_length.value);
    else if (rules->min_length.given && length < rules->min_length.value)
        broken(faults, path, value, "should be at least %zu chars long",
               rules->min_length.value);
    else if (rules->pattern && regexec(&rules->regex, text, 0, NULL, 0) != 0)
        broken(faults, path, value, "should match '%s'", rules->pattern);
    if (rules->date_time && !is_date_time(text)) {
        struct strbuf field;
        strbuf_init(&field, SCHEMA_PATH_MAX);
        schema_path_print(&field, path);
        faults_add(
            faults, "TypeInvalid", path,
            "Invalid value: \"%s\": %s in body must be of type date-time: \"%s\"", text,
            field.text, text);
        strbuf_fini(&field);
    }
}

static void check_number(struct faults *faults, const struct schema_rules *rules,
                         const cJSON *value, const struct schema_path *path)
{
    double number = value->valuedouble;
    const struct schema_limit *low = &rules->minimum, *high = &rules->maximum;
    if (rules->multiple_of > 0 && fmod(number, rules->multiple_of) != 0)
        broken(faults, path, value, "should be a multiple of %.15g",
               rules->multiple_of);
    if (high->given &&
        (number > high->value || (high->exclusive && number >= high->value)))
        broken(faults, path, value, "should be less than %s%.15g",
               high->exclusive ? "" : "or equal to ", high->value);
    if (low->given && (number < low->value || (low->exclusive && number <= low->value)))
        broken(faults, path, value, "should be greater than %s%.15g",
               low->exclusive ? "" : "or equal to ", low->value);
}

static void check_count(struct faults *faults, const struct schema_bound *least,
                        const struct schema_bound *most, const cJSON *value,
                        const struct schema_path *path)
{
    size_t count = json_count(value);
    const char *what = cJSON_IsArray(value) ? "items" : "properties";
    if (most->given && count > most->value)
        faults_add(faults, "TooMany", path,
                   "Too many: %zu: must have at most %zu items", count, most->value);
    if (least->given && count < least->value) {
        cJSON *number = json_number((int64_t)count);
        broken(faults, path, number, "should have at least %zu %s", least->value, what);
        json_free(number);
    }
}

void schema_check_rules(struct faults *faults, const struct schema_rules *rules,
                        const cJSON *value, const struct schema_path *path)
{
    if (rules->choices)
        check_choices(faults, rules->choices, value, path);
    if (cJSON_IsString(value))
        check_string(faults, rules, value, path);
    else if (cJSON_IsNumber(value))
        check_number(faults, rules, value, path);
    else if (cJSON_IsArray(value))
        check_count(faults, &rules->min_items, &rules->max_items, value, path);
    else if (cJSON_IsObject(value))
        check_count(faults, &rules->min_properties, &rules->max_properties, value,
                    path);
}

/* What makes an item one of its kind: itself in a set, its keys in a map. */
static void print_identity(struct strbuf *out, const struct schema *schema,
                           const cJSON *item)
{
    if (schema->list == SCHEMA_LIST_SET) {
        json_canonical(out, item);
        return;
    }
    const char *separator = "{";
    for (const char *const *key = schema->keys; *key; key++) {
        const cJSON *value = json_at(item, *key);
        if (!value)
            continue;
        strbuf_addf(out, "%s\"%s\":", separator, *key);
        json_canonical(out, value);
        separator = ",";
    }
    strbuf_adds(out, *separator == '{' ? "{}" : "}");
}

void schema_check_duplicates(struct faults *faults, const struct schema *schema,
                             const cJSON *array, const struct schema_path *path)
{
    if (schema->list == SCHEMA_LIST_ATOMIC || json_count(array) < 2)
        return;
    struct map seen;
    struct strbuf text;
    struct schema_path here = {.parent = path};
    map_init(&seen, 0);
    strbuf_init(&text, VALUE_MAX);
    json_each (item, array) {
        strbuf_reset(&text);
        print_identity(&text, schema, item);
        if (map_get(&seen, text.text))
            faults_add(faults, "Duplicate", &here, "Duplicate value: %s", text.text);
        else
            map_put(&seen, text.text, &seen);
        here.index++;
    }
    strbuf_fini(&text);
    map_fini(&seen);
}
