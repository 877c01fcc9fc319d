/* test_server.h - an HTTP/1.1 server on loopback, on the test's own loop.
 *
 * Each request is given whole to one handler, which answers at once, later or never:
 * what a real API server does seldom, this one does when told. TLS with an identity.
 * One request at a time on a connection, bodies with Content-Length only.
 */
#ifndef BERTH_TEST_SERVER_H
#define BERTH_TEST_SERVER_H

#include "test/support/test_pki.h"

#include <stddef.h>
#include <uv.h>

struct test_server;
struct test_connection;

/* A request; the texts are terminated and live until it is answered. */
struct test_request {
    struct test_connection *connection; /* valid until `gone` */
    size_t connection_number;           /* 1, 2, ... as they were accepted */
    size_t number;                      /* 1, 2, ... of all requests */
    const char *line;                   /* "GET /path HTTP/1.1" and the header lines */
    const char *body;
};

struct test_server_options {
    void (*handle)(void *ctx, const struct test_request *request);
    /* A connection has ended, by whichever side; may be NULL. */
    void (*gone)(void *ctx, size_t connection_number);
    void *ctx;
    const struct test_identity *identity; /* NULL: no TLS */
};

struct test_server *test_server_open(uv_loop_t *loop,
                                     const struct test_server_options *options);
int test_server_port(const struct test_server *server);

/* Closes all connections without `gone`; memory goes when the loop runs. */
void test_server_close(struct test_server **server);

/* The whole answer. `headers` are whole lines ending in "\r\n", or "". */
void test_answer(struct test_connection *connection, int status, const char *headers,
                 const char *body);

/* A chunked answer with status 200, in pieces. */
void test_stream_begin(struct test_connection *connection);
void test_stream_add(struct test_connection *connection, const char *text);
void test_stream_end(struct test_connection *connection);

/* Ends the connection in the middle of whatever it was doing. */
void test_cut(struct test_connection *connection);

#endif
