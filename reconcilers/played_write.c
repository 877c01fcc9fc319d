#include "reconcilers/played_write.h"

#include "kubeclient/api/intent.h"
#include "kubeclient/api/managed_fields.h"

#include <string.h>

static const struct field_manager BERTH = {BERTH_FIELD_MANAGER, "Apply", ""};

/* ---- the field set of an intent */

static cJSON *fields_of(struct arena *arena, const cJSON *value);

static cJSON *fields_of_list(struct arena *arena, const cJSON *list)
{
    cJSON *fields = json_object();
    const char *key = list->string ? intent_list_key(list->string) : NULL;
    if (!key)
        return fields;
    json_each (item, list) {
        cJSON *inner = fields_of(arena, item);
        json_set(inner, json_object(), ".");
        json_set(fields, inner, managed_key(arena, key, json_str_or(item, "", key)));
    }
    return fields;
}

static cJSON *fields_of(struct arena *arena, const cJSON *value)
{
    if (cJSON_IsArray(value))
        return fields_of_list(arena, value);
    cJSON *fields = json_object();
    if (!cJSON_IsObject(value))
        return fields;
    json_each (member, value) {
        json_set(fields, fields_of(arena, member),
                 managed_field(arena, member->string));
    }
    return fields;
}

static cJSON *fields_of_intent(struct arena *arena, const cJSON *intent)
{
    static const char *const IDENTITY[] = {"name", "namespace", "uid",
                                           "resourceVersion"};
    auto_json cJSON *content = json_copy(intent);
    json_remove(content, "apiVersion");
    json_remove(content, "kind");
    for (size_t i = 0; i < sizeof IDENTITY / sizeof *IDENTITY; i++)
        json_remove(content, "metadata", IDENTITY[i]);
    if (json_count(json_at(content, "metadata")) == 0)
        json_remove(content, "metadata");
    return content->child ? fields_of(arena, content) : NULL;
}

/* ---- taking away what was applied and is left out now */

static cJSON *without(const cJSON *live, const cJSON *former, const cJSON *now);

static bool has_key(const cJSON *item, const char *segment)
{
    struct err err;
    auto_json cJSON *key = json_parse(segment + 2, strlen(segment) - 2, &err);
    json_each (part, key) {
        const cJSON *held = part->string ? json_at(item, part->string) : NULL;
        if (!held || !json_equal(held, part))
            return false;
    }
    return key && key->child;
}

/* The child of a field set that stands for the member or item. */
static const cJSON *segment_of(const cJSON *fields, const cJSON *child)
{
    json_each (field, fields) {
        if (!field->string)
            break; /* no field set: fields have names */
        bool member = child->string && strncmp(field->string, "f:", 2) == 0 &&
                      strcmp(field->string + 2, child->string) == 0;
        bool item = !child->string && strncmp(field->string, "k:", 2) == 0 &&
                    has_key(child, field->string);
        if (member || item)
            return field;
    }
    return NULL;
}

static bool is_leaf(const cJSON *field)
{
    return !field->child || json_at(field, ".");
}

/* NULL where nothing is left. Owned. */
static cJSON *kept_child(const cJSON *child, const cJSON *former, const cJSON *now)
{
    const cJSON *owned = segment_of(former, child);
    const cJSON *still = now ? segment_of(now, child) : NULL;
    if (!owned)
        return json_copy(child);
    if (is_leaf(owned) && !still)
        return NULL;
    if (!cJSON_IsObject(child) && !cJSON_IsArray(child))
        return json_copy(child);
    cJSON *kept = without(child, owned, still);
    bool emptied = child->child && !kept->child && !still;
    if (!emptied)
        return kept;
    json_free(kept);
    return NULL;
}

static cJSON *without(const cJSON *live, const cJSON *former, const cJSON *now)
{
    cJSON *kept = cJSON_IsArray(live) ? json_array() : json_object();
    json_each (child, live) {
        cJSON *copy = kept_child(child, former, now);
        if (cJSON_IsArray(live))
            json_push(kept, copy);
        else
            json_set(kept, copy, child->string);
    }
    return kept;
}

static cJSON *played_apply(const cJSON *intent, const cJSON *live)
{
    struct arena *arena = arena_new();
    cJSON *fields = fields_of_intent(arena, intent);
    const cJSON *former = managed_fields(live, &BERTH);
    auto_json cJSON *rest = former ? without(live, former, fields) : json_copy(live);
    cJSON *result = intent_merge(intent, rest);
    cJSON *entries = json_array();
    json_each (entry, json_at(live, "metadata", "managedFields")) {
        if (strcmp(json_str_or(entry, "", "manager"), BERTH.name) != 0)
            json_push(entries, json_copy(entry));
    }
    if (fields) {
        cJSON *entry = json_push(entries, json_object());
        json_set_str(entry, BERTH.name, "manager");
        json_set_str(entry, BERTH.operation, "operation");
        json_set(entry, fields, "fieldsV1");
    }
    json_set(result, entries, "metadata", "managedFields");
    arena_free(&arena);
    return result;
}

cJSON *played_write(const struct plan_write *write, const cJSON *live)
{
    if (write->verb == PLAN_APPLY)
        return played_apply(write->body, live);
    if (write->verb != PLAN_MERGE_PATCH)
        return NULL;
    cJSON *result = json_copy(live);
    json_merge(result, write->body);
    return result;
}
