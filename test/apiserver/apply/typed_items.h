/* typed_items.h - the items of a set or list map, by the elements that name them.
 *
 * Finding the item of one list in another takes a sorted walk, not a search for each.
 * Pure.
 */
#ifndef BERTH_APISERVER_TYPED_ITEMS_H
#define BERTH_APISERVER_TYPED_ITEMS_H

#include "test/apiserver/apply/typed.h"

#include <stdint.h>

#define TYPED_NO_ENTRY SIZE_MAX

struct typed_entry {
    struct field_element element;
    const cJSON *value;
    bool duplicate; /* the element is there more than once */
    size_t other;   /* index of the first of that element in the other list */
};

struct typed_items {
    struct typed_entry *entries; /* in the list's order */
    size_t *sorted;              /* indexes, by element and then by place */
    size_t count;
    const char *problem;
};

/* False: an item has no element, or `problem` names one that is there twice; items
 * with an element are there all the same. A value that is no list has no items. */
bool typed_items_read(struct arena *arena, struct field_type type, const cJSON *list,
                      struct typed_items *items);

/* Sets `other` in both. */
void typed_items_match(struct typed_items *a, struct typed_items *b);

#endif
