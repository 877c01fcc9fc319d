/* http1_request.h - reads HTTP/1.1 requests (RFC 9112) from bytes in any pieces.
 *
 * Strict where laxness lets two readers disagree: lines end with CRLF, no folded
 * headers, no length beside a transfer coding. Bounded by the limits of request.h.
 * Pure.
 */
#ifndef BERTH_APISERVER_HTTP1_REQUEST_H
#define BERTH_APISERVER_HTTP1_REQUEST_H

#include "test/apiserver/front/request.h"

#include <stdint.h>

enum http1_state {
    HTTP1_REQUEST_LINE,
    HTTP1_HEADERS,
    HTTP1_BODY,       /* `remaining` bytes of it */
    HTTP1_CHUNK_SIZE, /* a line */
    HTTP1_CHUNK,      /* `remaining` bytes of it */
    HTTP1_CHUNK_END,  /* an empty line */
    HTTP1_TRAILERS,
    HTTP1_COMPLETE,
    HTTP1_REFUSED, /* `refusal` is set; where the next request begins is not known */
};

struct http1_request {
    enum http1_state state;
    struct request request;
    struct strbuf line;  /* as far as it has come */
    uint64_t remaining;  /* bytes */
    bool has_length;     /* Content-Length was given */
    bool has_host;       /* a 1.1 request without is refused */
    bool chunked;        /* as the body came; at the end it is whole */
    bool http10;         /* knows no chunks and no 100 Continue */
    bool keep_alive;     /* another request may follow on the connection */
    bool wants_continue; /* waits for "100 Continue" before it sends the body */
    int refusal;         /* an HTTP status */
};

void http1_request_init(struct http1_request *self);
void http1_request_fini(struct http1_request *self);

/* Takes bytes up to the end of the request and returns how many: fewer than `len` once
 * it is complete or refused. */
size_t http1_request_feed(struct http1_request *self, const char *bytes, size_t len);

/* True when nothing of a request has come. */
bool http1_request_idle(const struct http1_request *self);

#endif
