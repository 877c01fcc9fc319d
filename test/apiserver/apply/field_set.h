/* field_set.h - sets of field paths: what a field manager owns.
 *
 * A set is a trie whose levels are sorted arrays. A node is a member of the set, or
 * leads to members below it, or both ("f:labels": {".": {}, "f:app": {}}). Sets live in
 * an arena; they are built level by level and then never changed, so that results share
 * what they have in common. NULL is the empty set, and no other set is empty. Pure.
 */
#ifndef BERTH_APISERVER_FIELD_SET_H
#define BERTH_APISERVER_FIELD_SET_H

#include "test/apiserver/apply/field_element.h"

struct field_set;

struct field_node {
    struct field_element element;
    bool member;
    const struct field_set *below;
};

struct field_set {
    struct field_node *nodes; /* sorted, each element once */
    size_t count, capacity;
};

/* Building: a level takes its nodes in any order and is finished then. A node that is
 * no member and has nothing below must not be added. */
void field_set_add(struct arena *arena, struct field_set *level,
                   struct field_element element, bool member,
                   const struct field_set *below);

/* Sorts the level, joins nodes of the same element and gives it; NULL: it is empty.
 * The level itself may be on the stack. */
const struct field_set *field_set_finish(struct arena *arena, struct field_set *level);

/* The set of one path of names, which ends with NULL. */
const struct field_set *field_set_of_names(struct arena *arena,
                                           const char *const *names);

const struct field_node *field_set_find(const struct field_set *set,
                                        const struct field_element *element);

const struct field_set *field_set_union(struct arena *arena, const struct field_set *a,
                                        const struct field_set *b);
const struct field_set *field_set_intersection(struct arena *arena,
                                               const struct field_set *a,
                                               const struct field_set *b);

/* The members of `a` that are not members of `b`; gives `a` itself where that is all
 * of it. */
const struct field_set *field_set_difference(struct arena *arena,
                                             const struct field_set *a,
                                             const struct field_set *b);

/* The same, and what is below the members of `b` goes too. */
const struct field_set *field_set_exclude(struct arena *arena,
                                          const struct field_set *a,
                                          const struct field_set *b);

/* Every member of `part` is a member of `set`. */
bool field_set_contains(const struct field_set *set, const struct field_set *part);

#endif
