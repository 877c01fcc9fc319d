#include "kubeclient/api/managed_fields.h"

#include <string.h>

static bool entry_is(const cJSON *entry, const struct field_manager *manager)
{
    if (strcmp(json_str_or(entry, "", "manager"), manager->name) != 0)
        return false;
    if (manager->operation &&
        strcmp(json_str_or(entry, "", "operation"), manager->operation) != 0)
        return false;
    const char *subresource = manager->subresource ? manager->subresource : "";
    return strcmp(json_str_or(entry, "", "subresource"), subresource) == 0;
}

const cJSON *managed_fields(const cJSON *object, const struct field_manager *manager)
{
    json_each (entry, json_at(object, "metadata", "managedFields")) {
        if (entry_is(entry, manager))
            return json_at(entry, "fieldsV1");
    }
    return NULL;
}

bool managed_owns_path(const cJSON *object, const struct field_manager *manager,
                       const char *const *path)
{
    json_each (entry, json_at(object, "metadata", "managedFields")) {
        if (entry_is(entry, manager) && json_at_path(json_at(entry, "fieldsV1"), path))
            return true;
    }
    return false;
}

const char *managed_other_path(const cJSON *object, const struct field_manager *except,
                               const char *const *path)
{
    json_each (entry, json_at(object, "metadata", "managedFields")) {
        if (json_str_or(entry, "", "subresource")[0] != '\0')
            continue;
        if (except && entry_is(entry, except))
            continue;
        if (json_at_path(json_at(entry, "fieldsV1"), path))
            return json_str_or(entry, "unknown", "manager");
    }
    return NULL;
}

const char *managed_field(struct arena *arena, const char *name)
{
    return arena_printf(arena, "f:%s", name);
}

const char *managed_key(struct arena *arena, const char *field, const char *value)
{
    struct strbuf key;
    strbuf_init(&key, 64 * 1024);
    strbuf_adds(&key, "k:{");
    strbuf_add_json(&key, field, strlen(field));
    strbuf_addc(&key, ':');
    strbuf_add_json(&key, value, strlen(value));
    strbuf_addc(&key, '}');
    const char *text = arena_strndup(arena, key.text, key.len);
    strbuf_fini(&key);
    return text;
}
