/* kube_config.h - how to reach an API server and who we are there.
 *
 * One value, whichever way it was found: kubeconfig files (kubeconfig.h) or the pod's
 * service account (incluster.h). Owned by whoever loaded it; secrets are wiped on fini.
 */
#ifndef BERTH_NET_KUBE_CONFIG_H
#define BERTH_NET_KUBE_CONFIG_H

#include "kubeclient/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct kube_exec_config {
    char *command;
    char **args;       /* NULL-terminated */
    char **env;        /* "NAME=value", NULL-terminated: added to our own environment */
    char *api_version; /* client.authentication.k8s.io/v1 or v1beta1 */
    char *install_hint;
    bool provide_cluster_info;
    char *cluster_config; /* the cluster's extension for plug-ins: JSON; or NULL */
};

struct kube_config {
    char *server; /* "https://host:port/prefix" without a trailing slash */
    char *ns;     /* the context's namespace; NULL: not said */
    char *tls_server_name;
    char *proxy_url;
    bool insecure_skip_tls_verify;

    /* File or data; data wins, as in client-go. PEM. */
    char *ca_file, *ca_data;
    char *cert_file, *cert_data;
    char *key_file, *key_data;

    char *token, *token_file; /* token_file wins and is read again when it changes */
    char *username, *password;
    struct kube_exec_config *exec;

    char
        *source; /* for messages: "context dev in /home/x/.kube/config", "in-cluster" */
};

void kube_config_fini(struct kube_config *config);

struct kube_config_options {
    const char
        *kubeconfig; /* --kubeconfig; NULL: $KUBECONFIG, in-cluster, ~/.kube/config */
    const char *context; /* --context; NULL: current-context */
};

/* Finds and loads the configuration, in the order of kubectl: the flag, $KUBECONFIG (a
 * list of files, merged: the first to set a value wins), the service account of a pod,
 * ~/.kube/config. Reads files synchronously: for start-up only. On failure err names
 * file, line and what is missing; never a secret. */
WARN_UNUSED bool kube_config_load(const struct kube_config_options *options,
                                  struct kube_config *config, struct err *err);

#endif
