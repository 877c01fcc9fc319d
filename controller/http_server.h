/* http_server.h - a small HTTP/1.1 server for probes and scrapes.
 *
 * Answers GET and HEAD from a table of routes, one request a connection, on the loop.
 * Everything is bounded: connections, head, time. What routes say is built at once in
 * memory. Runs on one uv loop; handlers run on it.
 */
#ifndef BERTH_CONTROLLER_HTTP_SERVER_H
#define BERTH_CONTROLLER_HTTP_SERVER_H

#include "controller/http_request.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/strbuf.h"

#include <uv.h>

struct http_answer {
    int status;               /* 200 unless set */
    const char *content_type; /* text/plain unless set; static */
    struct strbuf body;
    bool from_loopback; /* the peer's address is a loopback one */
};

typedef void http_route_fn(void *ctx, const struct http_request *request,
                           struct http_answer *answer);

struct http_route {
    const char *path;
    http_route_fn *answer;
};

struct http_server;

/* Listens on "HOST:PORT" (host empty: all addresses; numeric addresses and localhost
 * only; port 0: any). `routes` ends with a NULL path and outlives the server. */
WARN_UNUSED struct http_server *http_server_open(uv_loop_t *loop, const char *address,
                                                 const struct http_route *routes,
                                                 void *ctx, struct err *err);

/* The port it listens on. */
int http_server_port(const struct http_server *server);

/* Closes it and its connections; memory goes when the loop has closed the handles. */
void http_server_close(struct http_server **server);

#endif
