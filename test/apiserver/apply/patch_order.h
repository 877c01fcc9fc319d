/* patch_order.h - the order of lists that a strategic merge patch merges.
 *
 * Items are known by the value of their merge key, scalars by themselves. Pure.
 */
#ifndef BERTH_APISERVER_PATCH_ORDER_H
#define BERTH_APISERVER_PATCH_ORDER_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"

/* The keys of a list as it was at some time; copies, in the arena. */
struct patch_order {
    const cJSON **keys;
    size_t count;
};

/* `merge_key` NULL: of scalars. NULL is the list of none. */
struct patch_order patch_order_of(struct arena *arena, const cJSON *list,
                                  const char *merge_key);

/* An item's key, or NULL. */
const cJSON *patch_item_key(const cJSON *item, const char *merge_key);

/* The item with this key, or NULL. */
cJSON *patch_find_item(cJSON *list, const cJSON *key, const char *merge_key);

/* Sorts the list: what `wanted` names in its order, the rest as in `live`, each of the
 * latter before the first that follows it in `live`. */
void patch_order_apply(struct arena *arena, cJSON *list, const char *merge_key,
                       const struct patch_order *wanted,
                       const struct patch_order *live);

#endif
