/* pod_stage.h - the stages of a pod's life, and the status that shows each.
 *
 * Reading a status and writing one are inverse: the stage is kept nowhere else. Pure.
 */
#ifndef BERTH_APISERVER_CLUSTER_POD_STAGE_H
#define BERTH_APISERVER_CLUSTER_POD_STAGE_H

#include "kubeclient/base/json.h"
#include "test/apiserver/cluster/outcomes.h"

enum stage {
    STAGE_NEW,       /* not scheduled */
    STAGE_SCHEDULED, /* a node is chosen, which has not seen it yet */
    STAGE_CREATING,
    STAGE_INIT, /* `inits` are done, and the next runs */
    STAGE_RUNNING,
    STAGE_READY,
    STAGE_BACK_OFF, /* CrashLoopBackOff */
    STAGE_ENDED,
};

struct pod_stage {
    enum stage stage;
    size_t inits; /* init containers that are done: ended, or sidecars that started */
};

struct pod_stage pod_stage_of(const cJSON *pod);

/* When it came there, wall clock milliseconds. In whole seconds, as a status tells. */
int64_t pod_stage_since_ms(const cJSON *pod);

/* A native sidecar: an init container that stays. */
bool container_is_sidecar(const cJSON *container);

/* Whether it comes no further: the outcome keeps its next sidecar from starting. */
bool pod_sidecar_waits(const cJSON *pod, struct pod_stage stage,
                       const struct outcome *outcome);

/* The status of the pod in a stage. Owned. */
cJSON *pod_stage_status(const cJSON *pod, struct pod_stage stage,
                        const struct outcome *outcome, const char *now);

#endif
