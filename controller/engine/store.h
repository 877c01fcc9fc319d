/* store.h - the cached objects of one watched collection, compact.
 *
 * Each object is one projected JSON text, packed, with its key, resourceVersion and
 * generation beside it; a reader gets a tree parsed into its own arena. The store also
 * takes in what our own writes answer, so it is never older than Berth's last write: an
 * object is replaced only by one with a higher resourceVersion, except after
 * store_reset(), when the server's history itself went back (an etcd restore).
 *
 * apiVersion, kind, metadata name, namespace, resourceVersion and generation are not in
 * the text: trees get them back when they are read. So items of lists, which the server
 * sends without kind, and objects whose version alone rose are what they are: the same.
 * A new generation is a change of a primary, whose status repeats it, and none of a
 * secondary.
 *
 * resourceVersions are integers (KEP-5504); an object without one is refused.
 *
 * Owned by the collection (collection.h). Pure.
 */
#ifndef BERTH_ENGINE_STORE_H
#define BERTH_ENGINE_STORE_H

#include "controller/engine/compact.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/json_text.h"
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

/* What a change was, for mapping to primaries: all of it lives in the arena given to
 * the call. `after` is NULL for a removal. `before` is set for a removal, and for a
 * change that changed an index value: else nobody asks for it. For STORE_SAME only
 * `change` is set. */
struct store_diff {
    enum store_change change;
    const cJSON *before, *after;
    enum ready_state ready_before, ready_after; /* of ADDED and REMOVED one counts */
    struct kube_key key;
};

/* Takes in an object's JSON as the server sent it. Fails with INVALID when it is no
 * object with a name and a resourceVersion; the store then is as before. */
WARN_UNUSED bool store_put(struct store *store, struct arena *arena,
                           struct json_slice text, struct store_diff *diff,
                           struct err *err);

/* store_put() of an item of the list that was begun last in its namespace. */
WARN_UNUSED bool store_put_listed(struct store *store, struct arena *arena,
                                  struct json_slice text, struct store_diff *diff,
                                  struct err *err);

/* Takes in a deletion, given the last state as the server sent it. */
WARN_UNUSED bool store_remove(struct store *store, struct arena *arena,
                              struct json_slice text, struct store_diff *diff,
                              struct err *err);

/* A full list of one namespace, or of all. */
struct store_list {
    const char *ns;   /* NULL: all; borrowed */
    uint32_t mark;    /* what store_list_begin() returned */
    uint64_t version; /* the list's resourceVersion */
};

/* A full list begins. Nothing is lost when it is begun again before it ended. */
uint32_t store_list_begin(struct store *store);

/* It ended: what it did not name and is not newer than it is gone. `removed` is called
 * for each; its diff is valid until it returns, the arena is reset after it. */
typedef void store_removed_fn(void *ctx, const struct store_diff *diff);
void store_list_end(struct store *store, struct arena *arena,
                    const struct store_list *list, store_removed_fn *removed,
                    void *ctx);

/* Forgets all resourceVersions, not the objects: the next list replaces everything. */
void store_reset(struct store *store);

/* The object as a tree in the arena, or NULL. */
const cJSON *store_get(const struct store *store, struct arena *arena, const char *ns,
                       const char *name);
bool store_has(const struct store *store, const char *ns, const char *name);

/* Adds the keys of the objects that have the index value ("ns/name"), sorted. */
void store_find(const struct store *store, const char *index, const char *value,
                struct kube_keys *keys);

/* Calls fn for every key, in no order; nothing may be changed meanwhile. */
void store_each_key(const struct store *store,
                    void (*fn)(void *, const struct kube_key *), void *ctx);

size_t store_count(const struct store *store);
size_t store_bytes(const struct store *store); /* of texts, keys and entries */

#endif
