/* client.h - sends requests to one API server.
 *
 * Owns the connections (HTTP/2, one a lane, more for the watches where these are many),
 * TLS and credentials. Credentials are read again when their files change, on a timer,
 * before an exec plugin's expiry, and once on a 401, after which the request is
 * repeated once if that gave another; so is one whose connection the server was closing
 * before it answered. A 429, or a 503 or 504 with Retry-After, pauses all requests of
 * the client for that time (429 is answered to the caller all the same). Runs on one uv
 * loop; callbacks run on it, never from inside a kube_client_* call, exactly once for
 * `done`, and never after kube_client_cancel() or kube_client_close() has returned.
 */
#ifndef BERTH_NET_CLIENT_H
#define BERTH_NET_CLIENT_H

#include "kubeclient/api/request.h"
#include "kubeclient/base/log.h"
#include "kubeclient/net/kube_config.h"

#include <uv.h>

struct kube_client;

/* What the client reports about each finished request, for metrics. `code` is the HTTP
 * status, or 0 without an answer. */
typedef void kube_observe_fn(void *ctx, const struct kube_request *request, int code,
                             double seconds);

struct kube_client_options {
    const struct kube_config *config; /* borrowed; outlives the client */
    const char *user_agent;
    struct log log;
    kube_observe_fn *observe; /* NULL: none */
    void *observe_ctx;
};

/* Prepares TLS and credentials; does not connect yet. err: unreadable or malformed
 * certificates, a missing token file, libcurl without HTTP/2 or asynchronous DNS. */
WARN_UNUSED struct kube_client *
kube_client_open(uv_loop_t *loop, const struct kube_client_options *options,
                 struct err *err);

/* Cancels everything silently and closes; `closed` (may be NULL) runs on the loop when
 * the last handle is gone and the memory is free. Sets *client to NULL. */
void kube_client_close(struct kube_client **client, void (*closed)(void *), void *ctx);

struct kube_handlers {
    /* The whole answer, of any HTTP status; borrowed until it returns. For a stream:
     * it ended cleanly (an empty body), or began with an error status. */
    void (*done)(void *ctx, uint64_t id, const struct kube_response *response);
    /* No answer: no connection, TLS refused, deadline, cut, too long. */
    void (*failed)(void *ctx, uint64_t id, const struct err *err);
    /* Streams only: one line, borrowed. May be called from within curl's callbacks:
     * must not call the client. */
    void (*line)(void *ctx, uint64_t id, const char *line, size_t len);
    void *ctx;
};

/* Starts a request, or queues it behind the lane's limit of streams. `request` is
 * copied. `id` is the caller's name for it, unique among its running requests. */
void kube_client_send(struct kube_client *client, uint64_t id,
                      const struct kube_request *request,
                      const struct kube_handlers *handlers);

/* Silently forgets a request; unknown ids are ignored. */
void kube_client_cancel(struct kube_client *client, uint64_t id);

/* "host:port" of the server, for metric labels. Borrowed. */
const char *kube_client_host(const struct kube_client *client);

#endif
