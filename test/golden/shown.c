#include "test/golden/shown.h"

#include <string.h>

static bool is_named(const cJSON *item, const char *word, size_t len)
{
    static const char *const NAMES[] = {"kind", "name", "type"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *name = json_str_or(item, "", NAMES[i]);
        if (strlen(name) == len && strncmp(name, word, len) == 0)
            return true;
    }
    return false;
}

static const cJSON *step(const cJSON *from, const char *word, size_t len)
{
    json_each (child, from) {
        bool member = child->string && strlen(child->string) == len &&
                      strncmp(child->string, word, len) == 0;
        if (member || (!child->string && is_named(child, word, len)))
            return child;
    }
    return NULL;
}

static cJSON *value_at(const cJSON *plan, const char *path)
{
    const cJSON *at = plan;
    while (at && *path) {
        size_t len = strcspn(path, " ");
        at = step(at, path, len);
        path += len + (path[len] == ' ');
    }
    return at ? json_copy(at) : json_null();
}

cJSON *shown(const cJSON *plan, const cJSON *paths)
{
    cJSON *parts = json_object();
    json_each (path, paths) {
        json_set(parts, value_at(plan, path->valuestring), path->valuestring);
    }
    return parts;
}
