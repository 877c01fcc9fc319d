/* driver.h - runs one reconcile: observe, plan, read, write, plan again, status.
 *
 *   plan ─▶ needs: read live, plan again
 *        ─▶ writes: one after the other; answers become what is observed, plan again
 *        ─▶ nothing left: status, then events, done
 *
 * A driver has at most one request under way. It is started for a key, given the
 * answers, and asked for its result once it is done; then it can be started again: its
 * arena is kept. What it reads and writes it also gives to the caches, so that these
 * are never older than Berth's own writes. Pure: requests go to the outbox.
 */
#ifndef BERTH_ENGINE_DRIVER_H
#define BERTH_ENGINE_DRIVER_H

#include "controller/engine/key_memory.h"
#include "controller/engine/outbox.h"
#include "controller/engine/recorder.h"
#include "controller/engine/workqueue.h"
#include "kubeclient/base/json_text.h"

enum { DRIVER_DEADLINE_MS = 2 * 60 * 1000 }; /* of one reconcile */

struct driver;

/* What all drivers of one controller work with. Borrowed. */
struct driver_env {
    const struct reconciler *reconciler;
    const struct reconcile_config *config; /* what it points to may be replaced */
    const struct object_source *source;    /* the caches */
    /* Gives an object as the server sent it to the caches, and returns what they then
     * have of it, in the arena; NULL: nothing, it is not watched. */
    const cJSON *(*take_in)(void *ctx, struct driver *driver, struct arena *arena,
                            const struct kube_resource *resource,
                            struct json_slice text);
    void *ctx;
    struct outbox *outbox;
    struct recorder *recorder;
    struct key_memory *memory;
    struct metrics *metrics;
    const struct log *log;
    uint64_t *random;
};

struct driver *driver_new(const struct driver_env *env);
void driver_free(struct driver **driver); /* cancels nothing */

/* Begins to reconcile the key of `work`, which stays valid until the driver is done. */
void driver_start(struct driver *driver, struct work *work, struct instant now);

/* What it was started with. */
struct work *driver_work(const struct driver *driver);

/* The request under way; 0: none. */
uint64_t driver_request(const struct driver *driver);

void driver_on_response(struct driver *driver, const struct kube_response *response,
                        struct instant now);
void driver_on_failure(struct driver *driver, const struct err *err,
                       struct instant now);

/* Gives up, at driver_deadline(). */
void driver_on_deadline(struct driver *driver, struct instant now);
int64_t driver_deadline(const struct driver *driver); /* monotonic milliseconds */

/* An object changed that concerns the driver's key. True: it is the one that a write of
 * the driver is under way to, so the change may be that write; the driver finds out
 * when the answer comes. False: the key has to be reconciled again. */
bool driver_absorbs(struct driver *driver, const struct kube_resource *resource,
                    const cJSON *object);

struct driver_result {
    struct work_result work;
    bool again; /* something changed that the plan has not seen */
};

/* False while it runs. */
bool driver_is_done(const struct driver *driver, struct driver_result *result);

#endif
