#include "test/apiserver/apply/patch_order.h"

#include <stdint.h>
#include <stdlib.h>

struct ranked {
    cJSON *item;
    size_t rank; /* in the order that its half is sorted by */
    size_t live; /* NOWHERE: the live list does not hold it */
};

static const size_t NOWHERE = SIZE_MAX;

const cJSON *patch_item_key(const cJSON *item, const char *merge_key)
{
    return merge_key ? json_at(item, merge_key) : item;
}

struct patch_order patch_order_of(struct arena *arena, const cJSON *list,
                                  const char *merge_key)
{
    struct patch_order order = {0};
    order.keys = arena_alloc(arena, (json_count(list) + 1) * sizeof(const cJSON *));
    json_each (item, list) {
        const cJSON *key = patch_item_key(item, merge_key);
        if (key)
            order.keys[order.count++] = json_adopt(arena, json_copy(key));
    }
    return order;
}

cJSON *patch_find_item(cJSON *list, const cJSON *key, const char *merge_key)
{
    for (cJSON *item = list->child; item; item = item->next) {
        const cJSON *held = patch_item_key(item, merge_key);
        if (held && json_equal(held, key))
            return item;
    }
    return NULL;
}

static size_t index_of(const struct patch_order *order, const cJSON *key)
{
    for (size_t i = 0; key && i < order->count; i++) {
        if (json_equal(order->keys[i], key))
            return i;
    }
    return NOWHERE;
}

static int by_rank(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;
    return (left->rank > right->rank) - (left->rank < right->rank);
}

void patch_order_apply(struct arena *arena, cJSON *list, const char *merge_key,
                       const struct patch_order *wanted, const struct patch_order *live)
{
    size_t total = json_count(list), named = 0, others = 0, i = 0, j = 0;
    struct ranked *first = arena_alloc(arena, (total + 1) * sizeof *first);
    struct ranked *rest = arena_alloc(arena, (total + 1) * sizeof *rest);
    while (list->child) {
        cJSON *item = json_take(list, list->child);
        const cJSON *key = patch_item_key(item, merge_key);
        size_t rank = index_of(wanted, key), at = index_of(live, key);
        if (rank != NOWHERE)
            first[named++] = (struct ranked){item, rank, at};
        else
            rest[others++] = (struct ranked){item, at, at};
    }
    qsort(first, named, sizeof *first, by_rank);
    qsort(rest, others, sizeof *rest, by_rank);
    while (i < named || j < others) {
        bool known = i < named && j < others && first[i].live != NOWHERE &&
                     rest[j].live != NOWHERE;
        bool takes_rest = i == named || (known && rest[j].live < first[i].live);
        json_push(list, takes_rest ? rest[j++].item : first[i++].item);
    }
}
