/* engine.h - the controller without its I/O.
 *
 * Watches, caches, queue, drivers and events of all reconcilers, as one state machine:
 * events go in with the time, effects (requests to start or cancel) come out, and
 * engine_deadline() says when it wants to be woken. It knows no socket, no loop and no
 * clock; the daemon, the simulator and the tests drive the same code.
 *
 * After every call of engine_start(), engine_on_*() or engine_set_config() the caller
 * takes all effects with engine_next_effect() and carries them out. Nothing here calls
 * back, but for the log sink and `on_object`.
 */
#ifndef BERTH_ENGINE_ENGINE_H
#define BERTH_ENGINE_ENGINE_H

#include "controller/engine/metrics.h"
#include "kubeclient/api/request.h"
#include "kubeclient/base/clock.h"
#include "kubeclient/base/log.h"
#include "reconcilers/reconciler.h"

struct engine;

struct engine_options {
    const struct reconciler *const *reconcilers; /* NULL-terminated */
    const char *const *namespaces; /* watchNamespaces; NULL-terminated; NULL or empty:
                                      all. Copied */
    const struct reconcile_config *config; /* borrowed until replaced */
    const char *identity;    /* reportingInstance of events: the pod's name */
    size_t max_reconciles;   /* in flight at once, over all reconcilers */
    uint64_t seed;           /* for jitter and ids */
    struct metrics *metrics; /* borrowed; outlives the engine */
    struct log log;
};

struct engine *engine_new(const struct engine_options *options);
void engine_free(struct engine **engine);

enum engine_effect_kind { ENGINE_REQUEST, ENGINE_CANCEL };

struct engine_effect {
    enum engine_effect_kind kind;
    uint64_t id; /* names the request in later calls */
    struct kube_request
        request; /* borrowed until the next call of any engine function */
};

/* Starts watching, then reconciling once caches are complete. */
void engine_start(struct engine *engine, struct instant now);

/* A request ended with an HTTP answer. For a stream: it ended, or began with an error
 * status whose body is given. */
void engine_on_response(struct engine *engine, uint64_t id,
                        const struct kube_response *response, struct instant now);

/* A request ended without one: no connection, deadline, cut, too long a body. */
void engine_on_failure(struct engine *engine, uint64_t id, const struct err *err,
                       struct instant now);

/* A line of a stream; borrowed until it returns. */
void engine_on_line(struct engine *engine, uint64_t id, const char *line, size_t len,
                    struct instant now);

/* The time given by engine_deadline() has come. */
void engine_on_timer(struct engine *engine, struct instant now);

/* The configuration changed: all primaries are looked at again. */
void engine_set_config(struct engine *engine, const struct reconcile_config *config,
                       struct instant now);

/* When to call engine_on_timer(), monotonic milliseconds; -1: not at all. */
int64_t engine_deadline(const struct engine *engine);

/* The next effect to carry out; false: none left. */
bool engine_next_effect(struct engine *engine, struct engine_effect *effect);

/* No new reconciles begin; those in flight go on. For shutdown, and later for a lost
 * lease: engine_resume() takes it back. */
void engine_pause(struct engine *engine);
void engine_resume(struct engine *engine, struct instant now);
bool engine_busy(const struct engine *engine); /* a reconcile is in flight */

/* All watches hold a complete list (or are known not to be served). A reconciler
 * begins to work once its own do: what one kind lacks does not hold up another. */
bool engine_synced(const struct engine *engine);
/* Names what is not synced yet and why, for /readyz and logs: "deployments: 403 …". */
void engine_sync_report(const struct engine *engine, struct strbuf *out);

/* An object of the controller's own namespace as the cache holds it, for the shell's
 * live configuration; NULL: none. The caller compares resourceVersions to see changes.
 */
const cJSON *engine_get(const struct engine *engine, struct arena *arena,
                        const struct kube_resource *resource, const char *ns,
                        const char *name);

/* Queue, watches and cache as JSON, for /debug/state. Owned by the caller. */
cJSON *engine_debug(const struct engine *engine, struct instant now);

/* Brings gauges (ages, depths, sizes, objects by Ready) up to date before a scrape. */
void engine_update_metrics(struct engine *engine, struct instant now);

#endif
