/* namespace.h - the life of namespaces, as the API server and its namespace controller
 * play it together: Active, Terminating, emptied, gone. Pure.
 */
#ifndef BERTH_APISERVER_NAMESPACE_H
#define BERTH_APISERVER_NAMESPACE_H

#include "test/apiserver/server/call.h"

enum namespace_state { NAMESPACE_MISSING, NAMESPACE_ACTIVE, NAMESPACE_TERMINATING };

enum namespace_state namespace_state(const struct api_server *server, const char *ns);

/* Completes a new one: its label, which belongs to who made it, and what does not:
 * finalizer and phase. */
void namespace_begin(cJSON *object);
void namespace_hold(cJSON *object);

/* spec.finalizers change through the finalize subresource, and only they through it. */
void namespace_keep(const struct call *call, const cJSON *live, cJSON *object);

/* One that may never be deleted? */
bool namespace_is_immortal(const char *ns);

/* One step of the end of a namespace: delete what is in it, resource by resource, then
 * let it go. False: it waits for finalizers. */
bool namespace_step(struct api_server *server, const char *ns, struct instant now);

#endif
