/* world.h - a cluster and its Berth in one process, under a virtual clock.
 *
 * The embedded API server, the stand-ins for workloads' controllers, and an engine with
 * all reconcilers; between engine and server a link that delivers requests and answers,
 * and may lose them. Nothing sleeps: time jumps to the next thing that is due.
 * Everything follows from the seed. Owned by one test or one run of the simulation.
 */
#ifndef BERTH_SIMULATION_WORLD_H
#define BERTH_SIMULATION_WORLD_H

#include "controller/engine/engine.h"
#include "test/apiserver/server/api_server.h"

struct world;

#define WORLD_SYSTEM "berth-system" /* Berth's own namespace */

/* What becomes of a request of the controller. */
enum world_fate {
    FATE_ANSWERED,   /* as it should be */
    FATE_UNANSWERED, /* handled, and the connection breaks before the answer */
    FATE_LOST,       /* the connection breaks before the server sees it */
    FATE_REFUSED,    /* answered with `status` without being handled */
};

struct world_ruling {
    enum world_fate fate;
    int status;            /* of FATE_REFUSED: 429, 500, ... */
    int64_t retry_after_s; /* of FATE_REFUSED; 0: not said */
    bool crash;            /* the controller ends right after what fate says, and is
                              started again a second later */
    int64_t delay_ms;      /* until the server sees it */
    int64_t late_ms;       /* from then until the controller sees the answer */
};

/* A request as the controller sends it; borrowed. */
struct world_request {
    const char *method, *path, *verb;
    bool write, stream;
    size_t number; /* of its writes since the start of the world: 1, 2, ... */
};

/* Decides on a request, which is answered at once unless `ruling` is changed. */
typedef void world_judge_fn(void *ctx, const struct world_request *request,
                            struct world_ruling *ruling);

/* Hears a line of the controller's log, fields included. */
typedef void world_log_fn(void *ctx, const char *line);

struct world_options {
    uint64_t seed;
    world_judge_fn *judge; /* NULL: all requests are answered at once */
    void *judge_ctx;
    world_log_fn *log; /* NULL: nobody listens */
    void *log_ctx;
    struct strbuf *trace; /* NULL: none; else a line for each thing that happens */
    bool kubelet;         /* pods are played; else they stay Pending */
};

/* A running cluster with Berth's CRDs and permissions, and no controller yet. */
struct world *world_new(const struct world_options *options);
void world_free(struct world **world);

/* ---- requests of users */

struct world_call {
    const char *manager; /* NULL: by the user agent */
    const char *method, *target;
    const char *content_type; /* NULL: application/json */
    const cJSON *body;        /* NULL: none */
};

/* Sends it as an administrator and returns the status code; `*answer` is the tree of
 * the answer, owned by the caller (NULL: not wanted). */
int world_say(struct world *world, const struct world_call *call, cJSON **answer);

/* The object, or NULL. Owned. */
cJSON *world_get(struct world *world, const char *target);

/* ---- the controller */

/* Starts one with this configuration document (YAML, NULL: the defaults). What is wrong
 * with it is a bug of the caller. */
void world_start(struct world *world, const char *config);
/* While it runs, or has crashed and will be started again. */
void world_configure(struct world *world, const char *config);
void world_kill(struct world *world); /* at once; nothing happens without one */
bool world_runs(const struct world *world);
bool world_restarts(const struct world *world); /* it crashed just now */

/* The controller is not driven for so long, as if it had been stopped (SIGSTOP). */
void world_freeze(struct world *world, int64_t ms);

/* Breaks all its open streams; with `expired` their next resumption is refused with
 * 410. */
void world_cut_streams(struct world *world, bool expired);

/* Lines of its open streams come only after so long. */
void world_stall_streams(struct world *world, int64_t ms);

/* The server forgets what changed: older versions are 410 from now on. */
void world_forget_history(struct world *world);

/* ---- time */

int64_t world_now_ms(const struct world *world); /* monotonic */

/* Does the next thing that is due, letting time pass at most until `until_ms`. False:
 * nothing is due before, and it is `until_ms` now. */
bool world_step(struct world *world, int64_t until_ms);

/* Runs until nothing happens but by long timers (watches that end, resyncs). False: it
 * did not come to rest within `limit_ms`. */
bool world_settle(struct world *world, int64_t limit_ms);

/* ---- what was seen */

size_t world_writes(const struct world *world); /* by the controller, dry runs not */
/* The controller's writes as audit lines: {verb, resource, subresource, namespace,
 * name, code, apply}, an array since the start of the world. Borrowed. */
const cJSON *world_audit(const struct world *world);
/* Appends a line to the trace, as the world does itself. */
void world_note(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
