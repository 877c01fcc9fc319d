/* own_request.h - requests that the server makes of itself, as controllers would.
 *
 * Garbage collection and the end of namespaces and CRDs go through the front door, so
 * that their writes meet the same checks, and stand in the audit log. Pure.
 */
#ifndef BERTH_APISERVER_OWN_REQUEST_H
#define BERTH_APISERVER_OWN_REQUEST_H

#include "kubeclient/base/arena.h"
#include "test/apiserver/server/api_server.h"

struct own_request {
    const char *account; /* a controller's ServiceAccount in kube-system */
    const char *method, *target;
    const char *content_type; /* NULL: JSON */
    const char *body;         /* NULL: none */
};

/* True: 2xx. */
bool own_request_send(struct api_server *server, const struct own_request *request,
                      struct instant now);

/* Sets the conditions of an object's status (consumed); those whose status and message
 * are as they were keep their time. False where nothing changes. */
bool own_request_set_conditions(struct api_server *server, const char *account,
                                const char *path, cJSON *conditions,
                                struct instant now);

/* metav1.Time in the arena. */
const char *own_request_time(struct arena *arena, struct instant now);

#endif
