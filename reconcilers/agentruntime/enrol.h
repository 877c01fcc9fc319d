/* enrol.h - brings a target to what its runtime wants, in one step a round.
 *
 * Each round looks at the target as it is and adds at most one write to it: a move of
 * ownership, or the apply. The rounds end when nothing is left to write.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_ENROL_H
#define BERTH_RECONCILERS_AGENTRUNTIME_ENROL_H

#include "reconcilers/agentruntime/enrolment.h"
#include "reconcilers/agentruntime/outcome.h"

/* The target must have been found. What stands in the way is noted in `outcome`. */
void enrol(const struct enrolment *e, struct plan *plan, struct outcome *outcome);

/* The target keeps what it has, but for the skills; once. */
void enrol_suspended(const struct enrolment *e, struct plan *plan,
                     struct outcome *outcome);

#endif
