/* object_index.h - which objects of a store have an index value.
 *
 * All indexes that one watch declares. Items are the store's entries, held by address;
 * the index never looks into them. Values are computed from trees again when an item
 * goes, so nothing is kept for each object but its place in the lists. Pure.
 */
#ifndef BERTH_ENGINE_OBJECT_INDEX_H
#define BERTH_ENGINE_OBJECT_INDEX_H

#include "reconcilers/reconciler.h"

#include <stddef.h>
#include <stdint.h>

struct object_index;

/* `indexes` ends with a zeroed entry and outlives the index; NULL: there are none. */
struct object_index *object_index_new(const struct reconciler_index *indexes,
                                      uint64_t seed);
void object_index_free(struct object_index **index);

/* Puts `item` under all index values of `object`, or takes it away from them: then the
 * object must be as it was when it was put. The arena is for scratch. */
void object_index_add(struct object_index *index, struct arena *arena,
                      const cJSON *object, void *item);
void object_index_remove(struct object_index *index, struct arena *arena,
                         const cJSON *object, const void *item);

/* Items under the value of the index `name`, in no order; borrowed until the next
 * change. An index that the watch does not declare is a bug. */
struct object_items {
    void *const *items;
    size_t len;
};

struct object_items object_index_find(const struct object_index *index,
                                      const char *name, const char *value);

size_t object_index_bytes(const struct object_index *index);

#endif
