/* cluster.h - what else runs in a cluster, in so far as Berth can see it.
 *
 * Stand-ins for the controllers that answer to workloads: deployments make ReplicaSets,
 * these and StatefulSets make pods, service accounts and kube-root-ca.crt appear in
 * namespaces; and, where asked for, a kubelet that moves pods through their phases.
 * They speak to the server by requests, as users of it, and keep nothing that they
 * cannot read again. Pure: one turn at a time.
 */
#ifndef BERTH_APISERVER_CLUSTER_H
#define BERTH_APISERVER_CLUSTER_H

#include "test/apiserver/server/api_server.h"

struct cluster;

struct cluster_options {
    bool kubelet; /* play pods; without it they stay Pending and unscheduled */
};

struct cluster *cluster_new(struct api_server *server,
                            const struct cluster_options *options, struct instant now);
void cluster_free(struct cluster **cluster);

/* One small step; false: nothing to do until the server's version rises or the
 * deadline comes. */
bool cluster_turn(struct cluster *cluster, struct instant now);
int64_t cluster_deadline(const struct cluster *cluster); /* monotonic ms; -1: none */

/* How the kubelet plays the pods of a namespace from now on is read from the pod's
 * annotation "play.berth.dev/outcome", else from the namespace's: one of the words in
 * cluster/outcomes.c ("running", "completed", "exit:3", "image-pull-back-off",
 * "oom-killed", "unschedulable", "never-ready", ...). */

#endif
