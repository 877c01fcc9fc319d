/* connection.h - one TCP connection: bytes between the socket, TLS and the protocol.
 *
 * Sends no more than it has room for: while SEND_MAX bytes wait for the peer, nothing
 * is asked of the protocol. Frees itself, once its handles are closed.
 */
#ifndef BERTH_APISERVER_CONNECTION_H
#define BERTH_APISERVER_CONNECTION_H

#include "test/apiserver/front/service.h"
#include "test/apiserver/front/tls.h"

#include <uv.h>

struct connection_owner {
    struct service *service;
    const struct tls_context *tls;
    struct list connections; /* all that are open */
    struct list to_pump;     /* those that may have something to send */
    size_t count;
    char received[64 * 1024];  /* of one read, which is dealt with at once */
    void (*closed)(void *ctx); /* after one has gone */
    void *ctx;
};

/* Accepts the next of the listener; `drop` closes it at once. */
void connection_accept(struct connection_owner *owner, uv_stream_t *listener,
                       bool drop);

/* Sends what the connections in `to_pump` have. */
void connection_pump_all(struct connection_owner *owner);

/* Tells the peers to go, then closes all. */
void connection_close_all(struct connection_owner *owner);

size_t connection_unsent(const struct connection_owner *owner); /* of all, bytes */

#endif
