/* verbs.h - what a client can do with resources: one function for each verb.
 *
 * Each answers an authorized call for a resource that is served; false with
 * call->refusal. Pure.
 */
#ifndef BERTH_APISERVER_VERBS_H
#define BERTH_APISERVER_VERBS_H

#include "test/apiserver/server/call.h"

WARN_UNUSED bool verb_get(struct call *call);
WARN_UNUSED bool verb_list(struct call *call);
WARN_UNUSED bool verb_watch(struct call *call);
WARN_UNUSED bool verb_create(struct call *call);
WARN_UNUSED bool verb_update(struct call *call); /* also of status and finalize */
WARN_UNUSED bool verb_patch(struct call *call);  /* also of status */
WARN_UNUSED bool verb_delete(struct call *call);
WARN_UNUSED bool verb_delete_collection(struct call *call);

WARN_UNUSED bool verb_get_scale(struct call *call);
WARN_UNUSED bool verb_update_scale(struct call *call);
WARN_UNUSED bool verb_patch_scale(struct call *call);

WARN_UNUSED bool verb_create_token(struct call *call);
WARN_UNUSED bool verb_create_binding(struct call *call); /* of a pod to a node */

#endif
