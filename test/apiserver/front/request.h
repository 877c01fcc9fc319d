/* request.h - one HTTP request as it was received, by whichever protocol.
 *
 * Of the headers those are kept that the API server reads; all are counted against the
 * limits. Owns its texts. Pure.
 */
#ifndef BERTH_APISERVER_REQUEST_H
#define BERTH_APISERVER_REQUEST_H

#include "kubeclient/base/strbuf.h"

enum {
    REQUEST_HEAD_MAX = 64 * 1024, /* bytes of request line and headers together */
    REQUEST_HEADERS_MAX = 128,
    REQUEST_GROUPS_MAX = 32,
    REQUEST_BODY_MAX = 3 * 1024 * 1024, /* as kube-apiserver */
};

enum request_header {
    REQUEST_CONTENT_TYPE,
    REQUEST_ACCEPT,
    REQUEST_AUTHORIZATION,
    REQUEST_USER_AGENT,
    REQUEST_IMPERSONATE_USER,
    REQUEST_HEADER_KINDS,
};

struct request {
    char *method, *target; /* NULL until known */
    char *headers[REQUEST_HEADER_KINDS];
    char *groups[REQUEST_GROUPS_MAX + 1]; /* Impersonate-Group, NULL-terminated */
    size_t group_count;
    struct strbuf body;
    size_t head_len, header_count;
};

void request_init(struct request *request);
void request_fini(struct request *request);

/* "" without. */
const char *request_header(const struct request *request, enum request_header header);

/* The token after "Bearer "; NULL: none. */
const char *request_token(const struct request *request);

/* Takes in a header, its name in any case. Returns 0, or the HTTP status to refuse the
 * request with: 431 when a limit is passed, 400 when one that may be there once comes
 * again. */
int request_add_header(struct request *request, const char *name, size_t name_len,
                       const char *value, size_t value_len);

/* Appends to the body. 0, or 413 once it is longer than REQUEST_BODY_MAX. */
int request_add_body(struct request *request, const char *bytes, size_t len);

#endif
