/* endpoint.h - where the API server is, taken apart from its URL.
 *
 * Pure. libcurl checks a certificate against the host of the URL and nothing else; so
 * with a tls-server-name that name becomes the URL's host, and `connect_to` and
 * `host_header` say where the connection and the request really go.
 */
#ifndef BERTH_NET_ENDPOINT_H
#define BERTH_NET_ENDPOINT_H

#include "kubeclient/base/err.h"

#include <stdbool.h>

struct endpoint {
    char *base;        /* request paths are appended to it: no slash at its end */
    char *authority;   /* "host:port" of the server: for messages and metrics */
    char *connect_to;  /* an entry for CURLOPT_CONNECT_TO; NULL: as the URL says */
    char *host_header; /* "Host: host:port"; NULL: as the URL says */
    bool tls;
};

/* Takes "https://host[:port][/prefix]" apart; `tls_server_name` may be NULL. The port
 * defaults to the scheme's. Fails with INVALID; a name in the URL's user part is
 * refused without being quoted, for it may carry a password. */
WARN_UNUSED bool endpoint_parse(const char *server, const char *tls_server_name,
                                struct endpoint *endpoint, struct err *err);

void endpoint_fini(struct endpoint *endpoint);

#endif
