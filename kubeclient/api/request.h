/* request.h - one request to the API server as a value, and builders for all kinds.
 *
 * Pure: what is built here is sent by kubeclient/net and answered by a kube_response.
 * Everything a builder makes lives in the arena it is given; the body is JSON text.
 * Paths follow the API conventions; names and values are percent-encoded.
 */
#ifndef BERTH_API_REQUEST_H
#define BERTH_API_REQUEST_H

#include "kubeclient/api/resource.h"
#include "kubeclient/base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kube_method { KUBE_GET, KUBE_POST, KUBE_PUT, KUBE_PATCH, KUBE_DELETE };

/* Requests on different lanes never share a connection. */
enum kube_lane {
    KUBE_LANE_WATCH, /* lists and watches: long streams */
    KUBE_LANE_WRITE, /* writes and single reads */
    KUBE_LANES,
};

enum {
    KUBE_DEADLINE_MS = 30 * 1000,        /* single reads and writes */
    KUBE_RESPONSE_MAX = 4 * 1024 * 1024, /* etcd holds objects up to 1.5 MiB; a JSON
                                            answer with managedFields may double that */
};

struct kube_request {
    enum kube_method method;
    enum kube_lane lane;
    const char *path;         /* begins with '/', with its query */
    const char *content_type; /* NULL without a body */
    const char *accept;       /* NULL: application/json */
    const char *body;         /* NULL: none */
    size_t body_len;
    int64_t deadline_ms; /* from its start to the end of the answer */
    size_t max_response; /* bytes of the body, or of one line of a stream */
    bool stream;         /* the answer is delivered line by line */
    const char *verb; /* for metrics: get list watch create update patch apply delete */
};

struct kube_response {
    int status; /* HTTP status code */
    const char
        *body; /* terminated; borrowed until the callback returns; "" for streams */
    size_t len;
    int64_t retry_after_ms; /* 0: not said */
};

/* "/apis/apps/v1/namespaces/NS/deployments/NAME/status": ns, name and subresource may
 * be NULL or "". */
const char *kube_path(struct arena *arena, const struct kube_resource *resource,
                      const char *ns, const char *name, const char *subresource);

struct kube_request kube_request_get(struct arena *arena,
                                     const struct kube_resource *resource,
                                     const char *ns, const char *name);

struct kube_selection {
    const char *ns;             /* NULL or "": all namespaces */
    const char *label_selector; /* NULL: everything */
    const char *field_selector;
};

/* A page of a list. `token` continues the former page, NULL begins; `limit` objects. */
struct kube_request kube_request_list(struct arena *arena,
                                      const struct kube_resource *resource,
                                      const struct kube_selection *selection,
                                      const char *token, int limit);

struct kube_watch_options {
    const char *resource_version; /* where to resume; with initial_events NULL or a
                                     minimum */
    bool initial_events;          /* WatchList (KEP-3157): the state first */
    int timeout_seconds;          /* the server ends the stream after it */
};

/* A watch with bookmarks. Its own deadline is a little past the server's. */
struct kube_request kube_request_watch(struct arena *arena,
                                       const struct kube_resource *resource,
                                       const struct kube_selection *selection,
                                       const struct kube_watch_options *options);

struct kube_target {
    const struct kube_resource *resource;
    const char *ns, *name;
    const char *subresource; /* NULL: the object itself */
};

/* Server-side apply with force (KEP-555). `intent` carries apiVersion, kind, metadata.
 */
struct kube_request kube_request_apply(struct arena *arena,
                                       const struct kube_target *target,
                                       const char *field_manager, const cJSON *intent);

/* What kube_request_apply() would make of the object: nothing is stored. */
struct kube_request kube_request_apply_dry_run(struct arena *arena,
                                               const struct kube_target *target,
                                               const char *field_manager,
                                               const cJSON *intent);

/* RFC 7386 and RFC 6902. */
struct kube_request kube_request_merge_patch(struct arena *arena,
                                             const struct kube_target *target,
                                             const char *field_manager,
                                             const cJSON *patch);
struct kube_request kube_request_json_patch(struct arena *arena,
                                            const struct kube_target *target,
                                            const char *field_manager,
                                            const cJSON *patch);

struct kube_request kube_request_replace(struct arena *arena,
                                         const struct kube_target *target,
                                         const char *field_manager,
                                         const cJSON *object);

struct kube_request kube_request_create(struct arena *arena,
                                        const struct kube_target *target,
                                        const char *field_manager, const cJSON *object);

/* Deletes exactly the object with this uid, and with `version` not NULL only while that
 * is its resourceVersion (preconditions). */
struct kube_request kube_request_delete(struct arena *arena,
                                        const struct kube_target *target,
                                        const char *uid, const char *version);

/* GET /version. */
struct kube_request kube_request_version(struct arena *arena);

#endif
