#include "test/apiserver/apply/typed.h"
#include "test/apiserver/apply/typed_items.h"

#include <stdint.h>

static void remove_below(struct arena *arena, struct field_type type, cJSON *parent,
                         cJSON *child, const struct field_set *set);

static void remove_members(struct arena *arena, struct field_type type, cJSON *map,
                           const struct field_set *set)
{
    cJSON *next;
    for (cJSON *child = map->child; child; child = next) {
        next = child->next;
        struct field_element element = field_name(child->string);
        const struct field_node *node = field_set_find(set, &element);
        struct field_type below;
        bool unused;
        if (!node)
            continue;
        if (node->member) {
            json_free(json_take(map, child));
            continue;
        }
        (void)typed_member(type, child->string, &below, &unused);
        remove_below(arena, below, map, child, node->below);
    }
}

static void remove_items(struct arena *arena, struct field_type type, cJSON *list,
                         const struct field_set *set)
{
    cJSON *next;
    for (cJSON *child = list->child; child; child = next) {
        next = child->next;
        struct field_element element;
        const char *problem;
        if (!typed_item_element(arena, type, child, &element, &problem))
            continue;
        const struct field_node *node = field_set_find(set, &element);
        if (node && node->member)
            json_free(json_take(list, child));
        else if (node)
            remove_below(arena, typed_item(type), list, child, node->below);
    }
}

static void remove_below(struct arena *arena, struct field_type type, cJSON *parent,
                         cJSON *child, const struct field_set *set)
{
    enum typed_kind kind = typed_kind(type, child);
    if (kind == TYPED_SCALAR)
        return;
    if (!typed_atomic(type, kind) && child->child) {
        if (kind == TYPED_MAP)
            remove_members(arena, type, child, set);
        else
            remove_items(arena, type, child, set);
        if (child->child)
            return;
    }
    json_replace(parent, child, json_null());
}

void typed_remove(struct arena *arena, struct field_type type, cJSON *object,
                  const struct field_set *set)
{
    if (set)
        remove_members(arena, type, object, set);
}

/* ---- null */

void typed_drop_nulls(struct field_type type, cJSON *object)
{
    cJSON *next;
    for (cJSON *child = object->child; child; child = next) {
        next = child->next;
        struct field_type below = typed_item(type);
        bool unused, known = true;
        if (child->string)
            known = typed_member(type, child->string, &below, &unused);
        bool open = !known || below.schema->nullable ||
                    below.schema->preserve_unknown || below.schema->type == SCHEMA_ANY;
        if (child->string && cJSON_IsNull(child) && !open)
            json_free(json_take(object, child));
        else if (child->child)
            typed_drop_nulls(below, child);
    }
}
