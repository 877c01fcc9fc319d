/* status.h - what a session's status says, and the events of its transitions. Pure. */
#ifndef BERTH_RECONCILERS_SESSION_STATUS_H
#define BERTH_RECONCILERS_SESSION_STATUS_H

#include "reconcilers/session/failures.h"
#include "reconcilers/session/lifecycle.h"
#include "reconcilers/session/session_plan.h"

/* Only says why nothing is done for the session: phase and times are left to whoever
 * wrote them. */
void session_set_held(struct session *session, const char *reason, const char *message);

/* Only says that the pod cannot be read; all else stays as it was told. */
void session_set_unread(struct session *session, const struct err *failure);

void session_set_status(struct session *session, const struct life_output *life,
                        const struct pod_view *view);

#endif
