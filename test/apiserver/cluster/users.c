#include "test/apiserver/cluster/cluster_state.h"

/* May do everything: their permissions are not what is tested. */
static const char *const GROUPS[] = {"system:masters", "system:serviceaccounts",
                                     "system:serviceaccounts:kube-system",
                                     "system:authenticated", NULL};

#define CONTROLLER(name)                                                               \
    {                                                                                  \
        "system:serviceaccount:kube-system:" name, GROUPS                              \
    }

const struct api_user USER_DEPLOYMENTS = CONTROLLER("deployment-controller");
const struct api_user USER_REPLICA_SETS = CONTROLLER("replicaset-controller");
const struct api_user USER_STATEFUL_SETS = CONTROLLER("statefulset-controller");
const struct api_user USER_SERVICE_ACCOUNTS = CONTROLLER("service-account-controller");
const struct api_user USER_ROOT_CA = CONTROLLER("root-ca-cert-publisher");

static const char *const NODES[] = {"system:masters", "system:nodes",
                                    "system:authenticated", NULL};
const struct api_user USER_KUBELET = {"system:node:play", NODES};
