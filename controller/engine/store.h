/* store.h - the cached objects of one watched collection, compact.
 *
 * Each object is one projected JSON text, with its key, uid, resourceVersion and index
 * values beside it; a reader gets a tree parsed into its own arena. The store also
 * takes in what our own writes answer, so it is never older than Berth's last write: an
 * object is replaced only by one with a higher resourceVersion, except after
 * store_reset(), when the server's history itself went back (an etcd restore).
 *
 * Owned by the collection (collection.h). Pure.
 */
#ifndef BERTH_ENGINE_STORE_H
#define BERTH_ENGINE_STORE_H

#include "kubeclient/base/err.h"
#include "reconcilers/reconciler.h"

#include <stddef.h>
#include <stdint.h>

struct store;

/* `watch` must outlive the store. */
struct store *store_new(const struct reconciler_watch *watch, uint64_t seed);
void store_free(struct store **store);

enum store_change {
    STORE_SAME, /* nothing that a plan reads has changed, or the object was older */
    STORE_ADDED,
    STORE_CHANGED,
    STORE_REMOVED,
};

/* What a change was, for mapping to primaries: `before` and `after` live in the arena
 * given to the call; either may be NULL. */
struct store_diff {
    enum store_change change;
    const cJSON *before, *after;
    struct kube_key key;
};

/* Takes in an object's JSON as the server sent it. Fails with INVALID when it is no
 * object with a name; the store then is as before. */
WARN_UNUSED bool store_put(struct store *store, struct arena *arena, const char *text,
                           size_t len, struct store_diff *diff, struct err *err);

/* Takes in a deletion, given the last state as the server sent it. */
WARN_UNUSED bool store_remove(struct store *store, struct arena *arena,
                              const char *text, size_t len, struct store_diff *diff,
                              struct err *err);

/* A full list begins and ends: what the list did not name and is not newer than the
 * list's resourceVersion is gone; `removed` is called for each. Nothing is lost when a
 * list is begun again before it ended. */
void store_list_begin(struct store *store);
typedef void store_removed_fn(void *ctx, const struct store_diff *diff);
void store_list_end(struct store *store, struct arena *arena,
                    const char *resource_version, store_removed_fn *removed, void *ctx);

/* Forgets all resourceVersions, not the objects: the next list replaces everything. */
void store_reset(struct store *store);

/* The object as a tree in the arena, or NULL. */
const cJSON *store_get(const struct store *store, struct arena *arena, const char *ns,
                       const char *name);

/* Objects by index value ("ns/name"), sorted by key. */
struct object_list store_find(const struct store *store, struct arena *arena,
                              const char *index, const char *value);

/* Calls fn for every key, in no order; nothing may be changed meanwhile. */
void store_each_key(const struct store *store,
                    void (*fn)(void *, const struct kube_key *), void *ctx);

size_t store_count(const struct store *store);
size_t store_bytes(const struct store *store); /* of texts, keys and entries */

#endif
