/* rollout.h - the arithmetic of a Deployment's rolling update. Pure values. */
#ifndef BERTH_APISERVER_CLUSTER_ROLLOUT_H
#define BERTH_APISERVER_CLUSTER_ROLLOUT_H

#include "kubeclient/base/json.h"

/* One ReplicaSet as the arithmetic sees it. */
struct rollout_set {
    const cJSON *object;
    int64_t replicas;  /* spec */
    int64_t available; /* status */
    int64_t wanted;    /* the result: what spec should say */
};

struct rollout_limits {
    int64_t desired;         /* spec.replicas */
    int64_t max_surge;       /* pods beyond desired */
    int64_t max_unavailable; /* pods short of desired */
};

/* "25%" or a number of `desired`, surge rounded up and unavailable down; both zero
 * count as one unavailable. */
struct rollout_limits rollout_limits_of(const cJSON *deployment);

/* Sets `wanted`: the new set grows as far as surge allows, old ones shrink as far as
 * availability allows, the unhealthy first. `fresh` may be NULL. */
void rollout_step(const struct rollout_limits *limits, struct rollout_set *fresh,
                  struct rollout_set *old, size_t old_count);

#endif
