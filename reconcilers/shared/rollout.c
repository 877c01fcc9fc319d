#include "reconcilers/shared/rollout.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"

#include <string.h>

static const struct rollout COMPLETE = {ROLLOUT_COMPLETE, "all pods are up to date"};

static bool unseen(const cJSON *workload)
{
    return json_int(workload, 0, "status", "observedGeneration") <
           kube_generation(workload);
}

struct rollout rollout_of_deployment(const cJSON *deployment)
{
    const cJSON *status = json_at(deployment, "status");
    int64_t wanted = json_int(deployment, 1, "spec", "replicas");
    int64_t updated = json_int(status, 0, "updatedReplicas");
    if (unseen(deployment))
        return (struct rollout){ROLLOUT_UNSEEN,
                                "the Deployment's change has not been seen by its "
                                "controller yet"};
    if (strcmp(condition_reason(json_at(status, "conditions"), "Progressing"),
               "ProgressDeadlineExceeded") == 0)
        return (struct rollout){ROLLOUT_STALLED,
                                "the Deployment exceeded its progress deadline"};
    if (updated < wanted && json_bool(deployment, false, "spec", "paused"))
        return (struct rollout){ROLLOUT_ROLLING, "the Deployment is paused"};
    if (updated < wanted)
        return (struct rollout){ROLLOUT_ROLLING, "waiting for new pods"};
    if (json_int(status, 0, "replicas") > updated)
        return (struct rollout){ROLLOUT_ROLLING, "waiting for old pods to end"};
    if (json_int(status, 0, "availableReplicas") < updated)
        return (struct rollout){ROLLOUT_ROLLING,
                                "waiting for new pods to be available"};
    return COMPLETE;
}

/* Whether pods of an old revision are left, and why; ROLLOUT_COMPLETE: none. */
static struct rollout old_pods(const cJSON *stateful_set)
{
    const cJSON *status = json_at(stateful_set, "status");
    const cJSON *strategy = json_at(stateful_set, "spec", "updateStrategy");
    int64_t wanted = json_int(stateful_set, 1, "spec", "replicas");
    int64_t updated = json_int(status, 0, "updatedReplicas");
    int64_t kept_old = json_int(strategy, 0, "rollingUpdate", "partition");
    bool one_revision = strcmp(json_str_or(status, "", "updateRevision"),
                               json_str_or(status, "", "currentRevision")) == 0;

    /* With OnDelete the controller never declares the new revision current. */
    if (strcmp(json_str_or(strategy, "", "type"), "OnDelete") == 0) {
        if (updated < wanted)
            return (struct rollout){ROLLOUT_ROLLING,
                                    "the StatefulSet updates pods when they are "
                                    "deleted"};
    } else if (kept_old > 0 && updated < wanted) {
        return (struct rollout){ROLLOUT_ROLLING,
                                updated < wanted - kept_old
                                    ? "waiting for new pods"
                                    : "the StatefulSet's partition keeps old pods"};
    } else if (!one_revision)
        return (struct rollout){ROLLOUT_ROLLING, "waiting for new pods"};
    return COMPLETE;
}

struct rollout rollout_of_stateful_set(const cJSON *stateful_set)
{
    if (unseen(stateful_set))
        return (struct rollout){ROLLOUT_UNSEEN,
                                "the StatefulSet's change has not been seen by its "
                                "controller yet"};
    struct rollout old = old_pods(stateful_set);
    if (old.state != ROLLOUT_COMPLETE)
        return old;
    if (json_int(stateful_set, 0, "status", "readyReplicas") <
        json_int(stateful_set, 1, "spec", "replicas"))
        return (struct rollout){ROLLOUT_ROLLING, "waiting for pods to be ready"};
    return COMPLETE;
}
