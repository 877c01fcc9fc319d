/* lane.h - the requests that share a connection: waiting, under way and over.
 *
 * A lane owns a transport, the exchanges (requests with those who wait for them) and
 * warm calls that are used again. It decides nothing and calls nobody's handlers but
 * `line`: its owner starts what waits, and settles what is over when `drained` says so.
 */
#ifndef BERTH_NET_LANE_H
#define BERTH_NET_LANE_H

#include "kubeclient/base/list.h"
#include "kubeclient/net/call.h"
#include "kubeclient/net/client.h"
#include "kubeclient/net/transport.h"

enum {
    /* Streams at a time. Below the 100 that servers allow at least, so that curl never
     * opens a second HTTP/2 connection. */
    LANE_STREAMS = 64,
};

struct exchange {
    struct list node; /* in one list of the lane; of none while it is settled */
    uint64_t id;
    struct kube_request request; /* its texts follow the struct */
    struct kube_handlers handlers;
    struct lane *lane;
    struct call *call; /* NULL while it waits */
    uint64_t started_ms, due_ms;
    struct err *failure; /* why it was ended by us; owned; NULL: it was not */
    bool repeated;       /* once: with another credential or connection */
    bool probe;          /* our own, to hear whether the connection lives */
    char texts[];
};

struct lane {
    const struct wire *wire;
    uv_loop_t *loop;
    struct transport *transport;
    struct list waiting, running, over;
    size_t busy; /* in `running` */
    struct call *spare[LANE_STREAMS];
    size_t spare_count;
    bool closed;
};

/* `drained` with `ctx`: there may be something in `over`. Everything may be called from
 * it. `wire` outlives the lane. */
void lane_open(struct lane *lane, uv_loop_t *loop, const struct wire *wire,
               void (*drained)(void *ctx), void *ctx);

/* Forgets all exchanges. `closed` runs on the loop; the struct lives until then. */
void lane_close(struct lane *lane, void (*closed)(void *ctx), void *ctx);

/* Puts a copy of the request at the end of those that wait. */
struct exchange *lane_add(struct lane *lane, uint64_t id,
                          const struct kube_request *request,
                          const struct kube_handlers *handlers);

/* How many wait or are under way. */
size_t lane_load(const struct lane *lane);

/* Starts the first that waits; NULL when none does or all streams are taken. */
struct exchange *lane_start(struct lane *lane, struct credential *credential);

/* Puts an exchange that is over and taken back before those that wait. */
void lane_repeat(struct exchange *exchange);

/* Ends all that wait, for this reason: they go to `over`. */
void lane_fail_waiting(struct lane *lane, const struct err *reason);

/* Ends what has passed its deadline: it goes to `over`. When nothing at all was heard
 * from the server since such an exchange began, the connections are cut, for curl would
 * go on using a dead one. */
void lane_expire(struct lane *lane);

/* The loop time of the next deadline; UINT64_MAX: none. */
uint64_t lane_next_due_ms(const struct lane *lane);

/* Takes one that is over out of the lane; NULL: none. Freed by exchange_free(). */
struct exchange *lane_take_over(struct lane *lane);

/* NULL: no such exchange. Probes have no id. */
struct exchange *lane_find(struct lane *lane, uint64_t id);

/* The outcome of an exchange that is over, as of call_answer(). */
WARN_UNUSED bool exchange_answer(const struct exchange *exchange,
                                 struct kube_response *response, struct err *err);

/* Ends it silently wherever it is; its call is kept for another. */
void exchange_free(struct exchange *exchange);

#endif
