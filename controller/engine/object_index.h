/* object_index.h - which objects of a store have an index value.
 *
 * All indexes that one watch declares. Items are the store's entries, held by address;
 * the index never looks into them. The values of an object are computed once from its
 * tree, and again when it goes; nothing is kept for each object but its place in the
 * lists. Pure.
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

/* All values that an object has. */
struct index_values {
    struct kube_keys *of; /* one set for each index */
    uint64_t hash;        /* equal values have an equal one */
};

/* They live in the arena. */
struct index_values object_index_values(struct object_index *index, struct arena *arena,
                                        const cJSON *object);

/* Puts `item` under the values, or takes it away from those that it was put under. */
void object_index_add(struct object_index *index, const struct index_values *values,
                      void *item);
void object_index_remove(struct object_index *index, const struct index_values *values,
                         const void *item);

/* Puts `item` where `former` was. */
void object_index_replace(struct object_index *index, const struct index_values *values,
                          const void *former, void *item);

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
