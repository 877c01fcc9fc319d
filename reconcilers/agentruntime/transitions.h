/* transitions.h - events, once for each change of a condition that people want to hear
 * of. What stays as it was says nothing. */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_TRANSITIONS_H
#define BERTH_RECONCILERS_AGENTRUNTIME_TRANSITIONS_H

#include "reconcilers/plan.h"

/* Compares two lists of conditions; `former` may be NULL. */
void plan_transition_events(struct plan *plan, const cJSON *former, const cJSON *now);

#endif
