/* outcome.h - how a reconcile went, as the status has to tell it.
 *
 * The steps of a plan fill it in; status.c makes conditions and events of it. A verdict
 * without a reason means that nothing is wrong. Texts live in the reconcile's arena.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_OUTCOME_H
#define BERTH_RECONCILERS_AGENTRUNTIME_OUTCOME_H

#include "reconcilers/shared/verdict.h"

struct outcome {
    struct verdict accepted; /* the spec is invalid */
    struct verdict resolved; /* the target is not usable */
    struct verdict mounted;  /* the skills are not mounted */
    struct verdict obstacle; /* Ready is false; the first that was found */
};

/* Notes why Ready is false; the first obstacle stays. */
static inline void outcome_block(struct outcome *outcome, const char *reason,
                                 const char *message)
{
    if (!outcome->obstacle.reason)
        outcome->obstacle = (struct verdict){reason, message};
}

#endif
