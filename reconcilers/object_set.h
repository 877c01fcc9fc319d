/* object_set.h - objects in memory that stand in for a cluster.
 *
 * Answers what plans ask of caches (observed.h) from a fixed set of objects: those of
 * `berth render`'s files and of golden tests. Indexes are computed when asked for, by
 * the functions that the reconcilers' watches declare. Pure.
 */
#ifndef BERTH_RECONCILERS_OBJECT_SET_H
#define BERTH_RECONCILERS_OBJECT_SET_H

#include "reconcilers/reconciler.h"

struct object_set;

/* `kinds`, whose watches declare the indexes, is NULL-terminated and outlives the set.
 */
struct object_set *object_set_new(const struct reconciler *const *kinds);
void object_set_free(struct object_set **set);

/* Takes the object (consumed), or the items of a List. Objects of kinds that Berth does
 * not know are dropped. Fails with INVALID when it has no apiVersion, kind or name, or
 * is there already; then nothing was taken. */
WARN_UNUSED bool object_set_add(struct object_set *set, cJSON *object, struct err *err);

/* Puts the object (consumed) in the place of the one that has its name, or beside all
 * others; NULL takes that one out. */
void object_set_put(struct object_set *set, const struct kube_resource *resource,
                    const char *ns, const char *name, cJSON *object);

/* A set of the same objects. */
struct object_set *object_set_copy(const struct object_set *set);

/* As if the namespace's objects of the resource were not listed yet. At most four
 * times; `ns` is kept by reference. */
void object_set_unlist(struct object_set *set, const struct kube_resource *resource,
                       const char *ns);

/* The object, or NULL. Borrowed. */
const cJSON *object_set_get(const struct object_set *set,
                            const struct kube_resource *resource, const char *ns,
                            const char *name);

/* The keys of all objects of a resource, in the order they came. */
void object_set_keys(const struct object_set *set, const struct kube_resource *resource,
                     struct kube_keys *keys);

/* The set as the caches that a plan sees; every resource counts as served. */
struct object_source object_set_source(struct object_set *set);

#endif
