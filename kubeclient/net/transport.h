/* transport.h - a curl multi handle driven by a uv loop.
 *
 * Sockets, one timer, and taking out what has finished; nothing of Kubernetes. curl
 * refuses calls from within its callbacks, so results are handed out after curl has
 * returned: first each transfer's `finished`, which only notes it, then `drained` once,
 * from which everything may be called. The owner removes all transfers before it
 * closes.
 */
#ifndef BERTH_NET_TRANSPORT_H
#define BERTH_NET_TRANSPORT_H

#include "kubeclient/base/err.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct transport;

/* Embedded in whoever owns an easy handle, whose CURLOPT_PRIVATE points at it. */
struct transfer {
    CURL *easy;
    /* curl is done with the handle and it is out of the multi. */
    void (*finished)(struct transfer *transfer, CURLcode code);
};

struct transport_options {
    long max_connections;       /* to the server, should it not speak HTTP/2 */
    void (*drained)(void *ctx); /* results were noted, or time has passed */
    void *ctx;
};

/* False when this libcurl cannot do what the client needs: HTTP/2, TLS, and name
 * resolution that does not block. */
WARN_UNUSED bool transport_supported(struct err *err);

struct transport *transport_open(uv_loop_t *loop,
                                 const struct transport_options *options);

/* Not from within curl's callbacks. */
void transport_add(struct transport *transport, struct transfer *transfer);
void transport_remove(struct transport *transport, struct transfer *transfer);

/* Loop time at which bytes last came from the server; 0: never. */
uint64_t transport_heard_ms(const struct transport *transport);

/* Cuts all connections: their transfers fail, later ones connect anew. curl would keep
 * using a multiplexed connection that is dead, or was made with former credentials. */
void transport_cut(struct transport *transport);

/* Not from within curl's callbacks. `closed` runs when the last handle is gone. */
void transport_close(struct transport **transport, void (*closed)(void *ctx),
                     void *ctx);

#endif
