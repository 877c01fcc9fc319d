/* front.h - the API server on loopback: sockets, TLS, HTTP/1.1 and HTTP/2, one loop.
 *
 * Callbacks run on the loop, which the owner runs. Connections are many (a thousand
 * idle ones cost memory only) and bounded; what does not speak TLS, or not in time, is
 * closed.
 */
#ifndef BERTH_APISERVER_FRONT_H
#define BERTH_APISERVER_FRONT_H

#include "kubeclient/base/err.h"
#include "test/apiserver/front/service.h"
#include "test/support/test_pki.h"

#include <uv.h>

struct front;

struct front_options {
    struct service_options service; /* `now` is the front's */
    const struct test_identity *identity;
    int port; /* 0: one that is free */
};

/* UNAVAILABLE: the port is taken. */
WARN_UNUSED struct front *
front_open(uv_loop_t *loop, const struct front_options *options, struct err *err);
int front_port(const struct front *front);

struct service *front_service(struct front *front);

/* Connections that are open, for tests. */
size_t front_connections(const struct front *front);

/* Bytes that wait to be sent, in all connections: bounded per connection. */
size_t front_unsent(const struct front *front);

/* Says GOAWAY to the clients and closes; memory goes when the loop has run. */
void front_close(struct front **front);

#endif
