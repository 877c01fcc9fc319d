/* status.h - an AgentRuntime's status, made of what is true. */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_STATUS_H
#define BERTH_RECONCILERS_AGENTRUNTIME_STATUS_H

#include "reconcilers/agentruntime/enrolment.h"
#include "reconcilers/agentruntime/outcome.h"

/* Sets the plan's status and adds the events of what has changed in it. */
void plan_status(const struct enrolment *e, const struct outcome *outcome,
                 struct plan *plan);

/* The same while a deleted runtime cannot go: all stays but for Ready. */
void plan_status_of_deletion(const struct reconcile_input *in, struct plan *plan,
                             const cJSON *runtime, const struct outcome *outcome);

#endif
