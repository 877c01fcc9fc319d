/* call.h - one HTTP exchange at a time on a warm easy handle.
 *
 * A call is kept and used again: the handle's options, the header list and the body
 * buffer stay, so that a request costs few allocations. The answer is a bounded body,
 * or lines that are delivered from within curl's write callback as they come. Runs on
 * the loop thread; `finished` follows call_start() once, never from inside it, unless
 * call_stop() comes first. Deadlines are the caller's.
 */
#ifndef BERTH_NET_CALL_H
#define BERTH_NET_CALL_H

#include "kubeclient/api/request.h"
#include "kubeclient/net/credential.h"
#include "kubeclient/net/endpoint.h"
#include "kubeclient/net/kube_config.h"

struct call;
struct transport;

/* What all calls of a client have in common; outlives them. */
struct wire {
    const struct endpoint *endpoint;
    const struct kube_config *config; /* proxy, verification, and names for messages */
    const char *user_agent;
};

/* `ctx` is what call_start() was given. */
struct call_events {
    /* Within curl: nothing of curl or the call may be used. */
    void (*line)(void *ctx, const char *line, size_t len);
    /* After curl: call_answer() has the outcome; nothing may be started yet. */
    void (*finished)(void *ctx);
};

struct call *call_open(const struct wire *wire, const struct call_events *events);
void call_close(struct call **call); /* after it has finished or was stopped */

/* Sends `request`, which is borrowed until the end; takes a reference to the
 * credential. */
void call_start(struct call *call, struct transport *transport,
                const struct kube_request *request, struct credential *credential,
                void *ctx);

/* Ends the exchange, without `finished` if it still runs, and frees what a large answer
 * took. Not from within curl. */
void call_stop(struct call *call);

/* Between call_start() and `finished` or call_stop(). */
bool call_is_running(const struct call *call);

/* The outcome after `finished`: an answer of any status, borrowed until the call is
 * started again; or false, with why there is none. */
WARN_UNUSED bool call_answer(const struct call *call, struct kube_response *response,
                             struct err *err);

/* True when a connection of former requests ended before a byte of the answer came: the
 * server was closing it (GOAWAY, restart). libcurl starts such a request again by
 * itself, but counts how often over the handle's life and gives up at five. */
bool call_met_closing(const struct call *call);

const struct credential *call_credential(const struct call *call);

/* Seconds to the end of the answer; of a stream, to its first byte. */
double call_seconds(const struct call *call);

#endif
