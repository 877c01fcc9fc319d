/* rolled_out.h - do the target's pods run what was applied, and if not, why?
 *
 * Reads the workload's status and its pods, as far as caches hold them.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_ROLLED_OUT_H
#define BERTH_RECONCILERS_AGENTRUNTIME_ROLLED_OUT_H

#include "reconcilers/agentruntime/enrolment.h"

struct rolled_out {
    bool complete;
    const char *reason, *message;
};

struct rolled_out rolled_out_of(const struct enrolment *e);

/* Pods of the target that bear the type label and are not on their way out. */
size_t count_configured_pods(const struct enrolment *e);

#endif
