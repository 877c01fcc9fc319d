/* call_setup.h - the options of an easy handle: what never changes, and what a request
 * changes.
 *
 * Each option that libcurl copies or parses costs time, so only what differs from the
 * handle's former request is set again.
 */
#ifndef BERTH_NET_CALL_SETUP_H
#define BERTH_NET_CALL_SETUP_H

#include "kubeclient/api/request.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/call.h"

#include <curl/curl.h>

struct call_setup {
    const struct wire *wire;
    struct strbuf url;
    struct curl_slist *headers, *connect_to;
    /* What the headers were built for. */
    char *content_type, *accept;
    /* Compared only: whoever owns the setup holds a reference. */
    const struct credential *credential;
};

/* Sets what stays for the life of the handle. `wire` outlives it. */
void call_setup_init(struct call_setup *setup, CURL *easy, const struct wire *wire);

/* After the easy handle is gone, which borrows the lists. */
void call_setup_fini(struct call_setup *setup);

/* Sets what this request needs. `request` and `credential` are borrowed by the handle
 * until the next call. */
void call_setup_apply(struct call_setup *setup, CURL *easy,
                      const struct kube_request *request,
                      const struct credential *credential);

#endif
