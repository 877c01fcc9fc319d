/* release.h - gives workloads back: to their state before enrolment, or to the runtime
 * that waits for them.
 *
 * Used when a runtime is deleted, when it is gone without its finalizer having run, and
 * for a former target after targetRef has changed.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_RELEASE_H
#define BERTH_RECONCILERS_AGENTRUNTIME_RELEASE_H

#include "reconcilers/agentruntime/claims.h"
#include "reconcilers/agentruntime/outcome.h"
#include "reconcilers/reconciler.h"

/* Lets go of each workload that holds something of the runtime in->key, but for
 * `keep` (NULL: none). Returns true when nothing is left to let go of.
 * What the server refused is noted as ReleaseRefused. `runtime` NULL: it is gone. */
bool release_workloads(const struct reconcile_input *in, struct plan *plan,
                       const cJSON *runtime, const struct held_workload *keep,
                       struct outcome *outcome);

/* The plan of a runtime that is being deleted; it may end with a status. */
void plan_deletion(const struct reconcile_input *in, struct plan *plan,
                   const cJSON *runtime);

/* The plan of a runtime that no cache holds any more. */
WARN_UNUSED bool plan_gone(const struct reconcile_input *in, struct plan *plan,
                           struct err *err);

#endif
