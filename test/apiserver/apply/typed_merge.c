#include "test/apiserver/apply/member_lookup.h"
#include "test/apiserver/apply/typed.h"
#include "test/apiserver/apply/typed_items.h"

#include <stdint.h>

static void merge_value(struct arena *arena, struct field_type type, cJSON *parent,
                        cJSON *child, const cJSON *applied);

/* The trees that lookups and items give are the caller's own, to be changed. */
static cJSON *editable(const cJSON *value)
{
    return (cJSON *)(uintptr_t)value;
}

void typed_merge(struct arena *arena, struct field_type type, cJSON *object,
                 const cJSON *applied)
{
    struct member_lookup held = member_lookup_begin(arena, object);
    json_each (member, applied) {
        cJSON *child = editable(member_lookup_find(&held, member->string));
        struct field_type below;
        bool unused;
        if (!child) {
            json_add(object, json_copy(member), member->string);
            continue;
        }
        (void)typed_member(type, member->string, &below, &unused);
        merge_value(arena, below, object, child, member);
    }
}

/* ---- lists: see mergingWalker.visitListItems of structured-merge-diff */

struct list_merge {
    struct arena *arena;
    struct field_type item;
    cJSON *list;
    struct typed_items held, applied;
    bool *taken;   /* applied items that are in the list by now */
    size_t shared; /* the next applied item that the list holds too */
};

static void advance_shared(struct list_merge *merge)
{
    do {
        merge->shared++;
    } while (merge->shared < merge->applied.count &&
             merge->applied.entries[merge->shared].other == TYPED_NO_ENTRY);
}

static void push_applied(struct list_merge *merge, size_t index)
{
    const struct typed_entry *entry = &merge->applied.entries[index];
    const struct typed_entry *held =
        entry->other == TYPED_NO_ENTRY ? NULL : &merge->held.entries[entry->other];
    merge->taken[index] = true;
    if (!held || held->duplicate) {
        json_push(merge->list, json_copy(entry->value));
        return;
    }
    cJSON *item = json_push(merge->list, editable(held->value));
    merge_value(merge->arena, merge->item, merge->list, item, entry->value);
}

/* Goes through both lists at once; what both hold is placed as `applied` has it. */
static void interleave(struct list_merge *merge)
{
    const struct typed_items *held = &merge->held, *applied = &merge->applied;
    size_t left = 0, right = 0;
    while (left < held->count || right < applied->count) {
        size_t other = left < held->count ? held->entries[left].other : TYPED_NO_ENTRY;
        bool both = left < held->count && right < applied->count;
        if (both && other != TYPED_NO_ENTRY && other != right &&
            merge->shared < applied->count && merge->shared != other) {
            left++;
            continue;
        }
        if (left < held->count && other == TYPED_NO_ENTRY) {
            json_push(merge->list, editable(held->entries[left++].value));
            continue;
        }
        if (left < held->count && (other == right || merge->taken[other]))
            left++;
        if (right < applied->count) {
            push_applied(merge, right);
            if (merge->shared == right)
                advance_shared(merge);
            right++;
        }
    }
}

/* True when the list holds all of `applied`, in its order: nothing moves. */
static bool keeps_order(const struct typed_items *held,
                        const struct typed_items *applied)
{
    size_t last = 0;
    for (size_t i = 0; i < applied->count; i++) {
        size_t other = applied->entries[i].other;
        if (other == TYPED_NO_ENTRY || held->entries[other].duplicate ||
            (i > 0 && other < last))
            return false;
        last = other;
    }
    return true;
}

/* Empties the list; what no element names is not kept. */
static void take_all(cJSON *list, const struct typed_items *held)
{
    size_t at = 0;
    while (list->child) {
        cJSON *item = json_take(list, list->child);
        if (at < held->count && held->entries[at].value == item)
            at++;
        else
            json_free(item);
    }
}

/* Frees the copies of an item that was there more than once and is applied. */
static void free_replaced(const struct typed_items *held)
{
    for (size_t i = 0; i < held->count; i++) {
        if (held->entries[i].duplicate && held->entries[i].other != TYPED_NO_ENTRY)
            json_free(editable(held->entries[i].value));
    }
}

static void merge_list(struct arena *arena, struct field_type type, cJSON *list,
                       const cJSON *applied)
{
    struct list_merge merge = {.arena = arena, .item = typed_item(type), .list = list};
    (void)typed_items_read(arena, type, list, &merge.held);
    (void)typed_items_read(arena, type, applied, &merge.applied);
    typed_items_match(&merge.held, &merge.applied);
    if (keeps_order(&merge.held, &merge.applied)) {
        for (size_t i = 0; i < merge.applied.count; i++) {
            const struct typed_entry *entry = &merge.applied.entries[i];
            merge_value(arena, merge.item, list,
                        editable(merge.held.entries[entry->other].value), entry->value);
        }
        return;
    }
    merge.taken = arena_alloc(arena, merge.applied.count * sizeof *merge.taken);
    if (merge.applied.entries[0].other == TYPED_NO_ENTRY)
        advance_shared(&merge);
    take_all(list, &merge.held);
    interleave(&merge);
    free_replaced(&merge.held);
}

/* ---- values */

static void merge_value(struct arena *arena, struct field_type type, cJSON *parent,
                        cJSON *child, const cJSON *applied)
{
    enum typed_kind kind = typed_kind(type, cJSON_IsNull(applied) ? child : applied);
    bool granular = !typed_atomic(type, kind);
    int wanted = kind == TYPED_MAP ? cJSON_Object : cJSON_Array;
    if (granular && (child->type & 0xFF) == wanted && child->child) {
        if (kind == TYPED_MAP)
            typed_merge(arena, type, child, applied);
        else if (applied->child)
            merge_list(arena, type, child, applied);
        return;
    }
    if (!json_equal(child, applied))
        json_replace(parent, child, json_copy(applied));
}
