/* typed.h - what a schema says of a value, as server-side apply asks it.
 *
 * A value is a map, a list or a scalar, and a map or list is either one value (atomic)
 * or owned piece by piece. Where the schema allows what it does not describe, types are
 * deduced from the value: maps piece by piece, lists as one value. Pure.
 */
#ifndef BERTH_APISERVER_TYPED_H
#define BERTH_APISERVER_TYPED_H

#include "test/apiserver/apply/field_set.h"
#include "test/apiserver/schema/schema.h"

struct field_type {
    const struct schema *schema;
    bool preserve; /* an outer schema has x-kubernetes-preserve-unknown-fields */
};

enum typed_kind { TYPED_MAP, TYPED_LIST, TYPED_SCALAR };

/* Where a value does not fit its schema. */
struct typed_fault {
    const char *path; /* ".spec.ports" */
    const char *problem;
};

/* By the schema; by the value where the schema leaves it open. NULL and null are of
 * the kind of the other side: give that one. */
enum typed_kind typed_kind(struct field_type type, const cJSON *value);

/* Owned as one value. */
bool typed_atomic(struct field_type type, enum typed_kind kind);

/* The type of a member. `*declared`: it is a property, not an entry of a map. False:
 * the schema has no place for it; the type is then a deduced one. */
bool typed_member(struct field_type type, const char *name, struct field_type *member,
                  bool *declared);

struct field_type typed_item(struct field_type type);

/* The element that names an item of a set or list map, with default values of keys. On
 * failure `*problem` says why it has none. */
bool typed_item_element(struct arena *arena, struct field_type type, const cJSON *item,
                        struct field_element *element, const char **problem);

/* What a value of a type owns: its leaves, and the items and maps of maps that it
 * names. With `fault` the value is checked and the first fault is told; without it, it
 * is taken as it is, and items that are there twice are owned as one. */
WARN_UNUSED bool typed_set(struct arena *arena, struct field_type type,
                           const cJSON *value, const struct field_set **set,
                           struct typed_fault *fault);

/* The set with all declared fields on the way to its members as members. */
const struct field_set *typed_with_fields(struct arena *arena, struct field_type type,
                                          const struct field_set *set);

/* What differs between two values. */
struct typed_difference {
    const struct field_set *written; /* added or changed */
    const struct field_set *removed;
};
struct typed_difference typed_compare(struct arena *arena, struct field_type type,
                                      const cJSON *former, const cJSON *now);

/* Merges `applied` into `object`, which has no fields taken away. List maps and sets
 * keep the order of `object` as far as `applied` does not ask for another. */
void typed_merge(struct arena *arena, struct field_type type, cJSON *object,
                 const cJSON *applied);

/* Takes the members of the set out of the object, with all below them. A map or list
 * that loses all it holds becomes null. */
void typed_remove(struct arena *arena, struct field_type type, cJSON *object,
                  const struct field_set *set);

/* Takes out every null where the schema allows none. */
void typed_drop_nulls(struct field_type type, cJSON *object);

#endif
