/* belief.h - which part of a session's status is Berth's own word. Pure.
 *
 * The runner may patch the status of its session, and others can: what they wrote into
 * fields that Berth decides by is not believed but found again in the pod.
 */
#ifndef BERTH_RECONCILERS_SESSION_BELIEF_H
#define BERTH_RECONCILERS_SESSION_BELIEF_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"
#include "reconcilers/session/lifecycle.h"

/* Fields of managedFields that the questions below need; for a watch's `keep`. */
#define BELIEF_KEEP                                                                    \
    "metadata managedFields manager", "metadata managedFields operation",              \
        "metadata managedFields subresource",                                          \
        "metadata managedFields fieldsV1 f:metadata f:finalizers",                     \
        "metadata managedFields fieldsV1 f:status"

/* The status without what somebody else wrote there; borrowed, or in the arena. NULL:
 * none. Where managedFields tell nothing of a status, all of it is believed. */
const cJSON *believed_status(struct arena *arena, const cJSON *object);

/* The fields that are the runner's. NULL-terminated. */
extern const char *const session_runner_fields[];

/* The phase of a believed status, found again where it is not believed. */
enum session_phase believed_phase(const cJSON *status);

/* The other controller of sessions that works on this one, or NULL. */
const char *other_controller(const cJSON *object);

#endif
