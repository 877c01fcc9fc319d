#include "test/simulation/object_path.h"

#include "kubeclient/base/ascii.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

enum { SEGMENT_MAX = 320, PATH_MAX_LEN = 1024 };

/* One step of a path. */
struct segment {
    enum { BY_NAME, BY_MEMBER, BY_PLACE } how;
    char name[SEGMENT_MAX];  /* of the member, or of the one that an item has */
    char value[SEGMENT_MAX]; /* BY_MEMBER */
    size_t place;            /* BY_PLACE */
};

static bool copy(char out[SEGMENT_MAX], const char *text, size_t len)
{
    if (len >= SEGMENT_MAX)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

static bool read_inside(struct segment *segment, const char *text, size_t len)
{
    const char *equals = memchr(text, '=', len);
    char number[SEGMENT_MAX];
    uint64_t place;
    if (equals) {
        segment->how = BY_MEMBER;
        return copy(segment->name, text, (size_t)(equals - text)) &&
               copy(segment->value, equals + 1, len - (size_t)(equals - text) - 1);
    }
    if (copy(number, text, len) && ascii_parse_u64(number, &place)) {
        segment->how = BY_PLACE;
        segment->place = place;
        return true;
    }
    segment->how = BY_NAME;
    return copy(segment->name, text, len);
}

/* The rest behind the next segment, or NULL where there is none that can be read. */
static const char *read_segment(const char *path, struct segment *segment)
{
    if (*path == '.')
        path++;
    if (*path == '[') {
        const char *end = strchr(path, ']');
        bool ok = end && read_inside(segment, path + 1, (size_t)(end - path - 1));
        return ok ? end + 1 : NULL;
    }
    size_t len = strcspn(path, ".[");
    segment->how = BY_NAME;
    return len && copy(segment->name, path, len) ? path + len : NULL;
}

static bool has_member(const cJSON *item, const struct segment *segment)
{
    const cJSON *value = json_at(item, segment->name);
    char number[32];
    if (cJSON_IsNumber(value)) {
        snprintf(number, sizeof number, "%lld", (long long)value->valuedouble);
        return strcmp(number, segment->value) == 0;
    }
    return cJSON_IsString(value) && strcmp(value->valuestring, segment->value) == 0;
}

static const cJSON *step(const cJSON *value, const struct segment *segment)
{
    if (segment->how == BY_NAME)
        return cJSON_IsObject(value) ? json_at(value, segment->name) : NULL;
    size_t place = 0;
    if (!cJSON_IsArray(value))
        return NULL;
    json_each (item, value) {
        if (segment->how == BY_PLACE ? place++ == segment->place
                                     : has_member(item, segment))
            return item;
    }
    return NULL;
}

const cJSON *object_path_find(const cJSON *object, const char *path)
{
    struct segment segment;
    while (object && *path) {
        path = read_segment(path, &segment);
        if (!path)
            return NULL;
        object = step(object, &segment);
    }
    return object;
}

/* ---- texts */

static bool finds(const char *expression, const char *text)
{
    regex_t regex;
    if (regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

bool object_text_matches(const cJSON *wanted, const cJSON *seen)
{
    const char *text = cJSON_GetStringValue(wanted);
    if (text && ascii_has_prefix(text, "re:"))
        return cJSON_IsString(seen) && finds(text + 3, seen->valuestring);
    if (text && ascii_has_prefix(text, "not:"))
        return seen &&
               !(cJSON_IsString(seen) && strcmp(seen->valuestring, text + 4) == 0);
    return seen && json_equal(wanted, seen);
}

/* ---- holding */

static void differ(struct strbuf *why, const char *path, const cJSON *wanted,
                   const cJSON *seen)
{
    strbuf_addf(why, "%s: wanted ", *path ? path : "object");
    json_print(why, wanted);
    strbuf_adds(why, ", saw ");
    if (seen)
        json_print(why, seen);
    else
        strbuf_adds(why, "nothing");
    strbuf_addc(why, '\n');
}

static bool holds(const cJSON *wanted, const cJSON *seen, const char *path,
                  struct strbuf *why);

static bool some_item_holds(const cJSON *wanted, const cJSON *list)
{
    struct strbuf unused;
    bool found = false;
    strbuf_init(&unused, 4096);
    json_each (item, list)
        found = found || holds(wanted, item, "", &unused);
    strbuf_fini(&unused);
    return found;
}

static bool holds_members(const cJSON *wanted, const cJSON *seen, const char *path,
                          struct strbuf *why)
{
    bool all = true;
    json_each (member, wanted) {
        char below[PATH_MAX_LEN];
        snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", member->string);
        all &= holds(member, json_at(seen, member->string), below, why);
    }
    return all;
}

static bool holds(const cJSON *wanted, const cJSON *seen, const char *path,
                  struct strbuf *why)
{
    if (cJSON_IsObject(wanted) && cJSON_IsObject(seen))
        return holds_members(wanted, seen, path, why);
    bool all = !cJSON_IsObject(wanted);
    if (cJSON_IsArray(wanted) && cJSON_IsArray(seen)) {
        json_each (item, wanted)
            all &= some_item_holds(item, seen);
    } else
        all = all && !cJSON_IsArray(wanted) && object_text_matches(wanted, seen);
    if (!all)
        differ(why, path, wanted, seen);
    return all;
}

bool object_holds(const cJSON *wanted, const cJSON *seen, struct strbuf *why)
{
    return holds(wanted, seen, "", why);
}

/* ---- ownership */

static const cJSON *owned_below(const cJSON *fields, const struct segment *segment)
{
    char key[2 * SEGMENT_MAX + 16];
    if (segment->how == BY_MEMBER)
        snprintf(key, sizeof key, "k:{\"%s\":\"%s\"}", segment->name, segment->value);
    else
        snprintf(key, sizeof key, "f:%s", segment->name);
    return json_at(fields, key);
}

static bool lists(const cJSON *fields, const char *path)
{
    struct segment segment;
    while (fields && *path) {
        path = read_segment(path, &segment);
        if (!path)
            return false;
        fields = owned_below(fields, &segment);
    }
    return fields;
}

bool object_is_owned(const cJSON *object, const char *manager, const char *operation,
                     const char *path)
{
    const cJSON *entries = json_at(object, "metadata", "managedFields");
    json_each (entry, entries) {
        if (strcmp(json_str_or(entry, "", "manager"), manager) == 0 &&
            strcmp(json_str_or(entry, "", "operation"), operation) == 0 &&
            !*json_str_or(entry, "", "subresource") &&
            lists(json_at(entry, "fieldsV1"), path))
            return true;
    }
    return false;
}
