#include "kubeclient/api/intent.h"

#include "kubeclient/api/managed_fields.h"
#include "kubeclient/base/ascii.h"

#include <string.h>

/* Lists that the API merges by key (core/v1 and meta/v1, +listMapKey), as far as Berth
 * writes into them. Any other list is one value to us. */
static const struct {
    const char *field, *key;
} LIST_KEYS[] = {
    {"containers", "name"},
    {"initContainers", "name"},
    {"env", "name"},
    {"volumes", "name"},
    {"conditions", "type"},
    {"volumeMounts", "mountPath"},
    {"ownerReferences", "uid"},
};

/* Maps that the API takes for one value (+structType=atomic, +mapType=atomic), and the
 * lists whose items are such. */
static bool is_atomic(const char *field)
{
    static const char *const FIELDS[] = {"podSelector", "roleRef", "selector",
                                         "ownerReferences"};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        if (strcmp(FIELDS[i], field) == 0)
            return true;
    }
    return false;
}

const char *intent_list_key(const char *field)
{
    for (size_t i = 0; field && i < sizeof LIST_KEYS / sizeof *LIST_KEYS; i++) {
        if (strcmp(LIST_KEYS[i].field, field) == 0)
            return LIST_KEYS[i].key;
    }
    return NULL;
}

/* The way from the root to where the walk is, for messages. */
struct place {
    const struct place *parent;
    const char *name;
};

struct walk {
    struct arena *arena;
    struct intent_check check;
};

static void add_place(struct strbuf *out, const struct place *place)
{
    if (!place)
        return;
    add_place(out, place->parent);
    if (out->len)
        strbuf_addc(out, '.');
    strbuf_adds(out, place->name);
}

/* Notes the first difference and says what kind it is. */
static void differ(struct walk *walk, const struct place *place, const char *what)
{
    if (!walk->check.held)
        return;
    walk->check.held = false;
    struct strbuf text;
    strbuf_init(&text, 4096);
    add_place(&text, place);
    walk->check.where = arena_printf(walk->arena, "%s: %s", text.text, what);
    strbuf_fini(&text);
}

static bool is_identity(const struct place *parent, const char *name)
{
    static const char *const METADATA[] = {"name", "namespace", "uid",
                                           "resourceVersion"};
    if (!parent)
        return strcmp(name, "apiVersion") == 0 || strcmp(name, "kind") == 0;
    if (parent->parent || strcmp(parent->name, "metadata") != 0)
        return false;
    for (size_t i = 0; i < sizeof METADATA / sizeof *METADATA; i++) {
        if (strcmp(name, METADATA[i]) == 0)
            return true;
    }
    return false;
}

/* What follows the prefix, "f:" or "k:", in the name of an owned field; NULL: another
 * kind of name, or none, for a field set that no API server wrote may be a list. */
static const char *owned_name(const cJSON *owned, const char *prefix)
{
    return owned->string && ascii_has_prefix(owned->string, prefix)
               ? owned->string + strlen(prefix)
               : NULL;
}

static const cJSON *owned_field(const cJSON *fields, const char *name)
{
    json_each (child, fields) {
        const char *owned = owned_name(child, "f:");
        if (owned && strcmp(owned, name) == 0)
            return child;
    }
    return NULL;
}

static bool is_empty_list(const cJSON *value)
{
    return cJSON_IsArray(value) && !value->child;
}

/* Items come after the name of their list. */
static bool is_item_of_atomic(const struct place *place)
{
    return place->parent && intent_list_key(place->parent->name) &&
           is_atomic(place->parent->name);
}

static void walk_object(struct walk *walk, const struct place *place,
                        const cJSON *intent, const cJSON *live, const cJSON *fields);
static void walk_list_map(struct walk *walk, const struct place *place,
                          const cJSON *intent, const cJSON *live, const cJSON *fields);

/* One wanted value: is it there, is it ours, is it equal? An object that holds
 * something is judged by its members, for the API server records ownership of leaves.
 */
static void walk_value(struct walk *walk, const struct place *place,
                       const cJSON *intent, const cJSON *live, const cJSON *fields)
{
    if (fields && !live && is_empty_list(intent))
        return; /* as good as there: the API server leaves it out */
    if (fields && !live) {
        walk->check.dropped = true;
        differ(walk, place, "owned but missing");
    } else if (cJSON_IsObject(intent) && intent->child && !is_atomic(place->name) &&
               !is_item_of_atomic(place))
        walk_object(walk, place, intent, live, fields);
    else if (!fields)
        differ(walk, place, "not owned");
    else if (cJSON_IsArray(intent) && intent_list_key(place->name))
        walk_list_map(walk, place, intent, live, fields);
    else if (!json_equal(intent, live))
        differ(walk, place, "has another value");
}

static void walk_object(struct walk *walk, const struct place *place,
                        const cJSON *intent, const cJSON *live, const cJSON *fields)
{
    json_each (member, intent) {
        if (is_identity(place, member->string))
            continue;
        struct place here = {place, member->string};
        walk_value(walk, &here, member, json_at(live, member->string),
                   owned_field(fields, member->string));
    }
    json_each (owned, fields) {
        const char *name = owned_name(owned, "f:");
        if (!name || json_at(intent, name))
            continue;
        struct place here = {place, name};
        differ(walk, &here, "owned but no longer wanted");
    }
}

static void walk_list_map(struct walk *walk, const struct place *place,
                          const cJSON *intent, const cJSON *live, const cJSON *fields)
{
    const char *key = intent_list_key(place->name);
    size_t owned = 0;
    json_each (item, intent) {
        const char *name = json_str_or(item, "", key);
        struct place here = {place, name};
        walk_value(walk, &here, item, json_find(live, key, name),
                   json_at(fields, managed_key(walk->arena, key, name)));
    }
    json_each (child, fields) {
        owned += owned_name(child, "k:") != NULL;
    }
    if (owned > json_count(intent))
        differ(walk, place, "owns items that are no longer wanted");
}

struct intent_check intent_check(struct arena *arena, const cJSON *intent,
                                 const cJSON *live, const char *manager)
{
    struct walk walk = {.arena = arena, .check = {.held = true}};
    if (!live) {
        walk.check = (struct intent_check){.where = "does not exist"};
        return walk.check;
    }
    const struct field_manager us = {.name = manager, .operation = "Apply"};
    walk_object(&walk, NULL, intent, live, managed_fields(live, &us));
    return walk.check;
}

static void merge_list_map(cJSON *target, const char *key, const cJSON *intent);

static void merge_object(cJSON *target, const cJSON *intent)
{
    json_each (member, intent) {
        const char *name = member->string;
        const char *key = cJSON_IsArray(member) ? intent_list_key(name) : NULL;
        if ((cJSON_IsObject(member) && !is_atomic(name)) || key) {
            cJSON *child = cJSON_GetObjectItemCaseSensitive(target, name);
            if (key ? !cJSON_IsArray(child) : !cJSON_IsObject(child))
                child = json_set(target, key ? json_array() : json_object(), name);
            if (key)
                merge_list_map(child, key, member);
            else
                merge_object(child, member);
        } else
            json_set(target, json_copy(member), name);
    }
}

static void merge_list_map(cJSON *target, const char *key, const cJSON *intent)
{
    json_each (item, intent) {
        const char *name = json_str_or(item, "", key);
        cJSON *existing;
        cJSON_ArrayForEach (existing, target) {
            if (strcmp(json_str_or(existing, "", key), name) == 0)
                break;
        }
        if (!existing)
            existing = json_push(target, json_object());
        merge_object(existing, item);
    }
}

cJSON *intent_merge(const cJSON *intent, const cJSON *live)
{
    cJSON *merged = live ? json_copy(live) : json_object();
    merge_object(merged, intent);
    return merged;
}
