/* rollout.h - has a Deployment or StatefulSet brought its pods to its template?
 *
 * The same questions that `kubectl rollout status` asks. Messages hold no counts, for
 * they would change with every pod.
 */
#ifndef BERTH_RECONCILERS_SHARED_ROLLOUT_H
#define BERTH_RECONCILERS_SHARED_ROLLOUT_H

#include "kubeclient/base/json.h"

enum rollout_state {
    ROLLOUT_COMPLETE,
    ROLLOUT_UNSEEN, /* the workload's controller has not looked at its last change */
    ROLLOUT_ROLLING,
    ROLLOUT_STALLED,
};

struct rollout {
    enum rollout_state state;
    const char *message; /* static */
};

struct rollout rollout_of_deployment(const cJSON *deployment);
struct rollout rollout_of_stateful_set(const cJSON *stateful_set);

#endif
