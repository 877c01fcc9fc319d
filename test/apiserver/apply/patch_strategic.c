#include "test/apiserver/apply/patch.h"
#include "test/apiserver/apply/strategic.h"

#include <string.h>

#define DELETE_PREFIX "$deleteFromPrimitiveList/"
#define ORDER_PREFIX "$setElementOrder/"

static bool malformed(struct strategic *patch, const char *what)
{
    *patch->refusal =
        refusal_new(400, "BadRequest", "invalid patch format of %s", what);
    return false;
}

static const char *after_prefix(const char *name, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(name, prefix, len) == 0 ? name + len : NULL;
}

/* ---- new values */

/* Takes nulls and what is marked by $patch out of a value that nothing is there to be
 * merged with. False: the value itself is marked. */
static bool clean(cJSON *value)
{
    if (cJSON_IsObject(value) && json_member(value, "$patch"))
        return false;
    cJSON *next;
    for (cJSON *child = value->child; child; child = next) {
        next = child->next;
        if ((cJSON_IsNull(child) && cJSON_IsObject(value)) || !clean(child))
            json_free(json_take(value, child));
    }
    return true;
}

static void set_new(cJSON *object, cJSON *value, const char *name)
{
    cJSON *held = json_member(object, name);
    if (!clean(value)) {
        json_free(value);
        if (held)
            json_free(json_take(object, held));
    } else if (held) {
        json_replace(object, held, value);
    } else {
        json_add(object, value, name);
    }
}

/* ---- directives of a map */

/* $retainKeys names all that may stay. */
static bool obey_retain_keys(struct strategic *patch, cJSON *object, cJSON *changes)
{
    cJSON *keys = json_member(changes, "$retainKeys");
    if (!keys)
        return true;
    if (!cJSON_IsArray(keys))
        return malformed(patch, "retainKeys");
    struct patch_order kept = patch_order_of(patch->arena, keys, NULL);
    auto_json cJSON *names = json_array();
    for (size_t i = 0; i < kept.count; i++)
        json_push(names, json_copy(kept.keys[i]));
    json_free(json_take(changes, keys));
    for (cJSON *held = changes->child; held; held = held->next) {
        auto_json cJSON *name = json_string(held->string);
        if (!cJSON_IsNull(held) && !after_prefix(held->string, DELETE_PREFIX) &&
            !after_prefix(held->string, ORDER_PREFIX) &&
            !patch_find_item(names, name, NULL))
            return malformed(patch, "retainKeys");
    }
    cJSON *next;
    for (cJSON *held = object->child; held; held = next) {
        next = held->next;
        auto_json cJSON *name = json_string(held->string);
        if (!patch_find_item(names, name, NULL))
            json_free(json_take(object, held));
    }
    return true;
}

/* Items that are not to be deleted must come in the order that the directive says. */
static bool fits_order(struct strategic *patch, const cJSON *change,
                       const struct patch_order *wanted, const char *key)
{
    size_t at = 0;
    if (!wanted->count)
        return true;
    json_each (item, change) {
        const cJSON *value = patch_item_key(item, key);
        if (json_at(item, "$patch"))
            continue;
        if (!value)
            return strategic_lacks_key(patch, item, key);
        while (at < wanted->count && !json_equal(wanted->keys[at], value))
            at++;
        if (at++ == wanted->count)
            return strategic_unfit(
                patch, "The order in patch list doesn't match $setElementOrder "
                       "list");
    }
    return true;
}

/* The list is merged now and then sorted: by the directive first. */
static bool obey_order(struct strategic *patch, struct field_type type, cJSON *object,
                       cJSON *changes, const cJSON *directive)
{
    const char *name = after_prefix(directive->string, ORDER_PREFIX);
    cJSON *held = json_member(object, name), *change = json_member(changes, name);
    struct field_type list_type;
    bool unused;
    if (!cJSON_IsArray(directive) || (held && !cJSON_IsArray(held)) ||
        (change && !cJSON_IsArray(change)))
        return strategic_unfit(patch, "expected a list to order");
    (void)typed_member(type, name, &list_type, &unused);
    const char *key =
        cJSON_IsObject(directive->child) ? strategic_merge_key(list_type.schema) : NULL;
    struct patch_order wanted = patch_order_of(patch->arena, directive, key);
    struct patch_order live = patch_order_of(patch->arena, held, key);
    if (!held && !change)
        return true;
    if (!held)
        held = json_add(object, json_array(), name);
    if (change) {
        if (!held->child)
            clean(change);
        if (!fits_order(patch, change, &wanted, key) ||
            !strategic_merge_list(patch, list_type, held, change))
            return false;
        json_free(json_take(changes, change));
    }
    patch_order_apply(patch->arena, held, key, &wanted, &live);
    return true;
}

static bool obey_orders(struct strategic *patch, struct field_type type, cJSON *object,
                        cJSON *changes)
{
    for (;;) {
        cJSON *directive = changes->child;
        while (directive && !after_prefix(directive->string, ORDER_PREFIX))
            directive = directive->next;
        if (!directive)
            return true;
        if (!obey_order(patch, type, object, changes, directive))
            return false;
        json_free(json_take(changes, directive));
    }
}

/* ---- maps */

static bool merge_whole(struct strategic *patch, cJSON *object, cJSON *changes,
                        cJSON *directive)
{
    bool replace = strategic_says(directive, "replace");
    if (!replace && !strategic_says(directive, "delete"))
        return strategic_unfit(
            patch, arena_printf(patch->arena, "unknown patch type: %s in map",
                                cJSON_IsString(directive) ? directive->valuestring
                                                          : "no string"));
    json_free(json_take(changes, directive));
    strategic_empty(object);
    if (replace)
        strategic_move(object, changes);
    return true;
}

static bool merge_member(struct strategic *patch, struct field_type type, cJSON *object,
                         cJSON *change)
{
    const char *deleted = after_prefix(change->string, DELETE_PREFIX);
    const char *name = deleted ? deleted : change->string;
    cJSON *held = json_member(object, name);
    struct field_type below;
    bool unused;
    if (cJSON_IsNull(change)) {
        if (held)
            json_free(json_take(object, held));
        return true;
    }
    if (deleted) {
        if (cJSON_IsArray(held))
            strategic_delete_scalars(held, change);
        return true;
    }
    (void)typed_member(type, name, &below, &unused);
    if (cJSON_IsObject(held) && cJSON_IsObject(change))
        return strategic_merge_map(patch, below, held, change);
    if (cJSON_IsArray(held) && cJSON_IsArray(change)) {
        if (strategic_merges(below.schema))
            return strategic_merge_list(patch, below, held, change);
        json_replace(object, held, json_copy(change));
        return true;
    }
    set_new(object, json_copy(change), name);
    return true;
}

bool strategic_merge_map(struct strategic *patch, struct field_type type, cJSON *object,
                         cJSON *changes)
{
    cJSON *directive = json_member(changes, "$patch");
    if (directive)
        return merge_whole(patch, object, changes, directive);
    if (!obey_retain_keys(patch, object, changes) ||
        !obey_orders(patch, type, object, changes))
        return false;
    for (cJSON *change = changes->child; change; change = change->next) {
        if (!merge_member(patch, type, object, change))
            return false;
    }
    return true;
}

cJSON *patch_strategic(const struct schema *schema, const cJSON *object,
                       const cJSON *patch, cJSON **refusal)
{
    if (!cJSON_IsObject(patch)) {
        *refusal = refusal_new(400, "BadRequest",
                               "json: cannot unmarshal into Go value of type "
                               "map[string]interface {}");
        return NULL;
    }
    struct strategic strategic = {.arena = arena_new(), .refusal = refusal};
    cJSON *merged = json_copy(object);
    auto_json cJSON *changes = json_copy(patch);
    bool ok = strategic_merge_map(&strategic, (struct field_type){.schema = schema},
                                  merged, changes);
    arena_free(&strategic.arena);
    if (ok)
        return merged;
    json_free(merged);
    return NULL;
}
