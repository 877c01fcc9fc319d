/* status.h - what a session's status says, and the events of its transitions. Pure. */
#ifndef BERTH_RECONCILERS_SESSION_STATUS_H
#define BERTH_RECONCILERS_SESSION_STATUS_H

#include "reconcilers/session/failures.h"
#include "reconcilers/session/lifecycle.h"
#include "reconcilers/session/session_plan.h"

void session_set_status(struct session *session, const struct life_output *life,
                        const struct pod_view *view);

#endif
