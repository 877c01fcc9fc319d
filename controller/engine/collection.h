/* collection.h - keeps a store equal to what a reconciler watches on the API server.
 *
 * A collection is one reconciler_watch over its namespaces: one stream for all of them,
 * or one for each watched namespace. Each stream lists, then watches, for as long as
 * the collection lives (watch_fsm.h), and the last known objects stay readable whatever
 * goes wrong. Owned by the engine.
 *
 * Pure: answers go in with the monotonic time, requests come out. After each call of
 * collection_start() or collection_on_*() the caller takes all effects with
 * collection_next_effect(). The only callback is `changed`; it runs inside the call
 * that brought the change, and must not call back into the collection but to read its
 * store.
 */
#ifndef BERTH_ENGINE_COLLECTION_H
#define BERTH_ENGINE_COLLECTION_H

#include "controller/engine/store.h"
#include "controller/engine/watch_fsm.h"
#include "kubeclient/api/request.h"

struct collection;

/* An object came, changed or went. `diff` is borrowed until the callback returns. Also
 * called for each object of the first list. STORE_SAME is never reported. */
typedef void collection_changed_fn(void *ctx, struct collection *collection,
                                   const struct store_diff *diff);

/* A namespace that was added is listed in full: what the store lacks is not there. */
typedef void collection_completed_fn(void *ctx, struct collection *collection,
                                     const char *ns);

struct collection_options {
    const struct reconciler_watch *watch; /* outlives the collection */
    const char *const *namespaces; /* one stream each; NULL-terminated, copied. NULL or
                                      empty, or a cluster-scoped resource: one stream
                                      for everything. Where the watch chooses its
                                      namespaces there is none to begin with */
    uint64_t seed;                 /* for jitter: another one for each collection */
    uint64_t *last_id;             /* shared counter: a request gets ++*last_id */
    collection_changed_fn *changed;
    collection_completed_fn *completed; /* where the watch chooses its namespaces */
    void *ctx;
};

struct collection *collection_new(const struct collection_options *options);

/* Sets *collection to NULL. Requests still running are the caller's to drop. */
void collection_free(struct collection **collection);

/* The first lists begin. */
void collection_start(struct collection *collection, int64_t now_ms);

/* For a watch that chooses its namespaces: one more, or one less, whose objects then
 * leave the store. Nothing happens where it is so already. */
void collection_add_namespace(struct collection *collection, const char *ns,
                              int64_t now_ms);
void collection_drop_namespace(struct collection *collection, const char *ns);

/* True when the request of this id was started by the collection and neither ended nor
 * was cancelled. What comes for other ids must not be given to collection_on_*(). */
bool collection_owns(const struct collection *collection, uint64_t id);

/* A line of a watch. A malformed one is an error of the stream, which lists again. */
void collection_on_line(struct collection *collection, uint64_t id, const char *line,
                        size_t len, int64_t now_ms);

/* A page of a list; or a watch ended, or was refused with the status given. */
void collection_on_response(struct collection *collection, uint64_t id,
                            const struct kube_response *response, int64_t now_ms);

/* The request ended without an answer. */
void collection_on_failure(struct collection *collection, uint64_t id,
                           const struct err *err, int64_t now_ms);

/* The time given by collection_deadline() has come; too early is harmless. */
void collection_on_timer(struct collection *collection, int64_t now_ms);

/* Monotonic milliseconds; -1: not at all. */
int64_t collection_deadline(const struct collection *collection);

struct collection_effect {
    bool cancel;                 /* stop request `id`; else start it */
    uint64_t id;                 /* cancelled ids are forgotten: nothing may come */
    struct kube_request request; /* borrowed until the next call of a collection_
                                    function that takes a non-const collection */
};

/* The next effect to carry out, in order; false: none left. */
bool collection_next_effect(struct collection *collection,
                            struct collection_effect *effect);

/* Takes in an object as the answer to one of our own writes or live reads, and sets
 * *object to the tree that the store then has of it, in the arena; NULL: none. It is
 * dropped when the stream has already seen later versions, when it is in no watched
 * namespace, and when the watch has a selector and does not hold it (whether it matches
 * is the server's to say). Calls `changed`. Fails with INVALID when the text is
 * no object. */
WARN_UNUSED bool collection_put(struct collection *collection, struct arena *arena,
                                struct json_slice text, const cJSON **object,
                                struct err *err);

const struct reconciler_watch *collection_watch(const struct collection *collection);
const struct store *collection_store(const struct collection *collection);

/* False while the API server is known not to serve the resource. Its objects stay in
 * the store: a kind that is not served releases nothing. */
bool collection_served(const struct collection *collection);

/* Whether the store knows of everything in the namespace: a stream that covers it had a
 * full list. */
bool collection_complete(const struct collection *collection, const char *ns);

/* Each stream holds a complete list, or is not served, or is forbidden and optional.
 */
bool collection_synced(const struct collection *collection);

/* The last error of a stream that is not healthy, or NULL: for reports and logs. */
const struct err *collection_error(const struct collection *collection);

struct collection_stats {
    int64_t last_event_ms; /* the oldest stream's last line, page or bookmark; -1: a
                              stream never had one */
    uint64_t restarts;     /* watches begun again where the former ended */
    uint64_t relists[WATCH_RELIST_REASONS]; /* full lists after the first */
    size_t streams;
    enum watch_health health; /* of the worst stream */
};

struct collection_stats collection_stats(const struct collection *collection);

#endif
