#include "test/apiserver/apply/patch.h"
#include "test/apiserver/apply/patch_order.h"
#include "test/apiserver/apply/typed.h"

#include <string.h>

#define DELETE_PREFIX "$deleteFromPrimitiveList/"
#define ORDER_PREFIX "$setElementOrder/"

/* Both trees are the patch's own copies: what is taken over moves from one to the
 * other.
 */
struct strategic {
    struct arena *arena;
    cJSON **refusal;
};

static bool merge_map(struct strategic *patch, struct field_type type, cJSON *object,
                      cJSON *changes);

static bool malformed(struct strategic *patch, const char *what)
{
    *patch->refusal =
        refusal_new(400, "BadRequest", "invalid patch format of %s", what);
    return false;
}

static bool unfit(struct strategic *patch, const char *message)
{
    *patch->refusal = refusal_new(500, "", "%s", message);
    return false;
}

static bool is_directive(const cJSON *value, const char *name)
{
    return cJSON_IsString(value) && strcmp(value->valuestring, name) == 0;
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

static void empty(cJSON *parent)
{
    while (parent->child)
        json_free(json_take(parent, parent->child));
}

static void move_all(cJSON *to, cJSON *from)
{
    while (from->child) {
        cJSON *child = from->child;
        if (!cJSON_IsObject(from)) {
            json_push(to, json_take(from, child));
            continue;
        }
        json_add(to, json_copy(child), child->string);
        json_free(json_take(from, child));
    }
}

/* ---- lists */

static bool merges(const struct schema *schema)
{
    const char *strategy = schema->patch_strategy;
    return strategy && strncmp(strategy, "merge", strlen("merge")) == 0;
}

static const char *merge_key_of(const struct schema *schema)
{
    if (schema->merge_key)
        return schema->merge_key;
    return schema->list == SCHEMA_LIST_MAP ? schema->keys[0] : NULL;
}

/* Of several lists: all objects, or all something else. */
static bool same_kinds(const cJSON *list, const cJSON *changes, bool *maps)
{
    const cJSON *first = list->child ? list->child : changes->child;
    *maps = cJSON_IsObject(first);
    json_each (item, list) {
        if (cJSON_IsObject(item) != *maps)
            return false;
    }
    json_each (item, changes) {
        if (cJSON_IsObject(item) != *maps)
            return false;
    }
    return true;
}

static void merge_scalars(struct strategic *patch, cJSON *list, cJSON *changes)
{
    struct patch_order live = patch_order_of(patch->arena, list, NULL);
    struct patch_order wanted = patch_order_of(patch->arena, changes, NULL);
    while (changes->child) {
        cJSON *item = json_take(changes, changes->child);
        if (patch_find_item(list, item, NULL))
            json_free(item);
        else
            json_push(list, item);
    }
    patch_order_apply(patch->arena, list, NULL, &wanted, &live);
}

static void delete_scalars(cJSON *list, const cJSON *gone)
{
    json_each (item, gone) {
        for (;;) {
            cJSON *held = patch_find_item(list, item, NULL);
            if (!held)
                break;
            json_free(json_take(list, held));
        }
    }
}

static bool lacks_key(struct strategic *patch, const cJSON *item, const char *key)
{
    struct strbuf text;
    strbuf_init(&text, 1024);
    json_print(&text, item);
    *patch->refusal = refusal_new(
        500, "", "map: %s does not contain declared merge key: %s", text.text, key);
    strbuf_fini(&text);
    return false;
}

/* Items that only say what becomes of others: {"$patch": "delete", "name": "a"}. */
static bool obey_directives(struct strategic *patch, cJSON *list, cJSON *changes,
                            const char *key)
{
    bool replace = false;
    cJSON *next;
    for (cJSON *item = changes->child; item; item = next) {
        next = item->next;
        const cJSON *directive = json_at(item, "$patch");
        const cJSON *wanted = json_at(item, key);
        if (!directive)
            continue;
        if (is_directive(directive, "merge"))
            return unfit(patch, "merging lists cannot yet be specified in the patch");
        if (is_directive(directive, "delete")) {
            if (!wanted)
                return lacks_key(patch, item, key);
            for (;;) {
                cJSON *held = patch_find_item(list, wanted, key);
                if (!held)
                    break;
                json_free(json_take(list, held));
            }
        } else if (is_directive(directive, "replace")) {
            replace = true;
        } else {
            return unfit(patch, "unknown patch type in a list");
        }
        json_free(json_take(changes, item));
    }
    if (replace) {
        empty(list);
        move_all(list, changes);
    }
    return true;
}

static bool merge_items(struct strategic *patch, struct field_type type, cJSON *list,
                        cJSON *changes, const char *key)
{
    if (!obey_directives(patch, list, changes, key))
        return false;
    struct patch_order live = patch_order_of(patch->arena, list, key);
    struct patch_order wanted = patch_order_of(patch->arena, changes, key);
    while (changes->child) {
        cJSON *item = changes->child;
        const cJSON *value = json_at(item, key);
        if (!value)
            return lacks_key(patch, item, key);
        cJSON *held = patch_find_item(list, value, key);
        if (!held) {
            json_push(list, json_take(changes, item));
            continue;
        }
        if (!merge_map(patch, typed_item(type), held, item))
            return false;
        json_free(json_take(changes, item));
    }
    patch_order_apply(patch->arena, list, key, &wanted, &live);
    return true;
}

static bool merge_list(struct strategic *patch, struct field_type type, cJSON *list,
                       cJSON *changes)
{
    const char *key = merge_key_of(type.schema);
    bool maps;
    if (!list->child && !changes->child)
        return true;
    if (!same_kinds(list, changes, &maps))
        return unfit(patch, "list element types are not identical");
    if (!maps) {
        merge_scalars(patch, list, changes);
        return true;
    }
    if (!key)
        return unfit(patch, "cannot merge lists without merge key");
    return merge_items(patch, type, list, changes, key);
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
        return unfit(patch, "expected a list to order");
    (void)typed_member(type, name, &list_type, &unused);
    const char *key =
        cJSON_IsObject(directive->child) ? merge_key_of(list_type.schema) : NULL;
    struct patch_order wanted = patch_order_of(patch->arena, directive, key);
    struct patch_order live = patch_order_of(patch->arena, held, key);
    if (!held && !change)
        return true;
    if (!held)
        held = json_add(object, json_array(), name);
    if (change) {
        if (!held->child)
            clean(change);
        if (!merge_list(patch, list_type, held, change))
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
    bool replace = is_directive(directive, "replace");
    if (!replace && !is_directive(directive, "delete"))
        return unfit(patch,
                     arena_printf(patch->arena, "unknown patch type: %s in map",
                                  cJSON_IsString(directive) ? directive->valuestring
                                                            : "no string"));
    json_free(json_take(changes, directive));
    empty(object);
    if (replace)
        move_all(object, changes);
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
            delete_scalars(held, change);
        return true;
    }
    (void)typed_member(type, name, &below, &unused);
    if (cJSON_IsObject(held) && cJSON_IsObject(change))
        return merge_map(patch, below, held, change);
    if (cJSON_IsArray(held) && cJSON_IsArray(change)) {
        if (merges(below.schema))
            return merge_list(patch, below, held, change);
        json_replace(object, held, json_copy(change));
        return true;
    }
    set_new(object, json_copy(change), name);
    return true;
}

static bool merge_map(struct strategic *patch, struct field_type type, cJSON *object,
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
    bool ok =
        merge_map(&strategic, (struct field_type){.schema = schema}, merged, changes);
    arena_free(&strategic.arena);
    if (ok)
        return merged;
    json_free(merged);
    return NULL;
}
