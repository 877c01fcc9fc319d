/* claims.h - whose a workload is: runtimes find targets, and targets their runtimes.
 *
 * The indexes of the caches, and the rule for two runtimes with one target: the oldest
 * wins, by creationTimestamp, then uid.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_CLAIMS_H
#define BERTH_RECONCILERS_AGENTRUNTIME_CLAIMS_H

#include "reconcilers/reconciler.h"

#define RUNTIMES_BY_TARGET "runtimes-by-target"     /* "NS/Kind|NAME" */
#define WORKLOADS_BY_RUNTIME "workloads-by-runtime" /* "NS/RUNTIME" */
#define PODS_BY_WORKLOAD "pods-by-workload"         /* "NS/Kind|NAME" */

reconciler_index_fn index_runtime_target, index_workload_runtime, index_pod_workload;

/* Index value of a workload: for RUNTIMES_BY_TARGET and PODS_BY_WORKLOAD. */
const char *workload_index_value(struct arena *arena,
                                 const struct kube_resource *resource, const char *ns,
                                 const char *name);

/* Runtimes that name the workload as their target. */
struct object_list runtimes_of_target(struct arena *arena, struct observed *observed,
                                      const struct kube_resource *resource,
                                      const char *ns, const char *name);

/* The runtime that may write to the workload, or NULL: the oldest that is not being
 * deleted and whose spec is valid, or that holds the workload already. */
const cJSON *winner_of_target(struct arena *arena, struct observed *observed,
                              const struct kube_resource *resource, const char *ns,
                              const char *name);

/* Workloads that hold something of the runtime, because their annotation says so, or
 * because `status_target` (status.target of the runtime, or NULL) does. Each knows its
 * own kind by resource. */
struct held_workload {
    const struct kube_resource *resource;
    const cJSON *object;
    struct held_workload *next;
};

struct held_workload *workloads_held(struct arena *arena, struct observed *observed,
                                     const char *ns, const char *name,
                                     const cJSON *status_target);

#endif
