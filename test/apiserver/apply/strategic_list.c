#include "test/apiserver/apply/strategic.h"

#include "test/apiserver/schema/refusal.h"

#include <string.h>

bool strategic_unfit(struct strategic *patch, const char *message)
{
    *patch->refusal = refusal_new(500, "", "%s", message);
    return false;
}

bool strategic_says(const cJSON *value, const char *name)
{
    return cJSON_IsString(value) && strcmp(value->valuestring, name) == 0;
}

void strategic_empty(cJSON *parent)
{
    while (parent->child)
        json_free(json_take(parent, parent->child));
}

void strategic_move(cJSON *to, cJSON *from)
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

bool strategic_merges(const struct schema *schema)
{
    const char *strategy = schema->patch_strategy;
    return strategy && strncmp(strategy, "merge", strlen("merge")) == 0;
}

const char *strategic_merge_key(const struct schema *schema)
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

void strategic_delete_scalars(cJSON *list, const cJSON *gone)
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

bool strategic_lacks_key(struct strategic *patch, const cJSON *item, const char *key)
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
        if (strategic_says(directive, "merge"))
            return strategic_unfit(
                patch, "merging lists cannot yet be specified in the patch");
        if (strategic_says(directive, "delete")) {
            if (!wanted)
                return strategic_lacks_key(patch, item, key);
            for (;;) {
                cJSON *held = patch_find_item(list, wanted, key);
                if (!held)
                    break;
                json_free(json_take(list, held));
            }
        } else if (strategic_says(directive, "replace")) {
            replace = true;
        } else {
            return strategic_unfit(patch, "unknown patch type in a list");
        }
        json_free(json_take(changes, item));
    }
    if (replace) {
        strategic_empty(list);
        strategic_move(list, changes);
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
            return strategic_lacks_key(patch, item, key);
        cJSON *held = patch_find_item(list, value, key);
        if (!held) {
            json_push(list, json_take(changes, item));
            continue;
        }
        if (!strategic_merge_map(patch, typed_item(type), held, item))
            return false;
        json_free(json_take(changes, item));
    }
    patch_order_apply(patch->arena, list, key, &wanted, &live);
    return true;
}

bool strategic_merge_list(struct strategic *patch, struct field_type type, cJSON *list,
                          cJSON *changes)
{
    const char *key = strategic_merge_key(type.schema);
    bool maps;
    if (!list->child && !changes->child)
        return true;
    if (!same_kinds(list, changes, &maps))
        return strategic_unfit(patch, "list element types are not identical");
    if (!maps) {
        merge_scalars(patch, list, changes);
        return true;
    }
    if (!key)
        return strategic_unfit(patch, "cannot merge lists without merge key");
    return merge_items(patch, type, list, changes, key);
}
