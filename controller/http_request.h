/* http_request.h - the head of an HTTP/1.1 request (RFC 9112), as far as probes and
 * scrapers need it: GET and HEAD, no body. Pure.
 */
#ifndef BERTH_CONTROLLER_HTTP_REQUEST_H
#define BERTH_CONTROLLER_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_HEAD_MAX = 8 * 1024, /* bytes; more is refused with 431 */
};

struct http_request {
    bool head_only;    /* HEAD */
    const char *path;  /* without the query; borrowed from the text */
    const char *query; /* "" without one */
    bool openmetrics;  /* the Accept header names application/openmetrics-text */
};

enum http_parse {
    HTTP_INCOMPLETE, /* feed more */
    HTTP_COMPLETE,
    HTTP_BAD,    /* 400 */
    HTTP_METHOD, /* 405 */
};

/* Parses a head that begins at `text`, which is terminated and is changed in place. */
enum http_parse http_request_parse(char *text, size_t len,
                                   struct http_request *request);

#endif
