/* incluster.h - the configuration of a pod: its service account.
 *
 * The kubelet sets KUBERNETES_SERVICE_HOST and _PORT, and mounts a folder with token,
 * ca.crt and namespace, which it keeps fresh. Only the namespace is read here; token
 * and authority are given as files, to be read again when they change.
 */
#ifndef BERTH_NET_INCLUSTER_H
#define BERTH_NET_INCLUSTER_H

#include "kubeclient/net/kube_config.h"

#define INCLUSTER_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount"

/* Where to look: borrowed, each may be NULL but the folder. */
struct incluster {
    const char *host, *port; /* an IPv6 host has no brackets */
    const char *folder;      /* INCLUSTER_FOLDER, but for tests */
};

/* True in a pod with a mounted service account, as client-go decides it. */
bool incluster_possible(const struct incluster *incluster);

/* Fills *config, which the caller gives to kube_config_fini(). Fails when host or port
 * are no such, or a file is missing or cannot be read; *config is then untouched. */
WARN_UNUSED bool incluster_load(const struct incluster *incluster,
                                struct kube_config *config, struct err *err);

#endif
