/* deployment_status.h - what a Deployment's controller reports. */
#ifndef BERTH_APISERVER_CLUSTER_DEPLOYMENT_STATUS_H
#define BERTH_APISERVER_CLUSTER_DEPLOYMENT_STATUS_H

#include "test/apiserver/cluster/cluster_state.h"

/* Writes the status if it changed. `fresh` is the ReplicaSet of the current template,
 * NULL: not there yet. Where the progress deadline can still pass it looks again then.
 */
void put_deployment_status(struct cluster *cluster, const cJSON *deployment,
                           const cJSON *fresh, bool created);

#endif
