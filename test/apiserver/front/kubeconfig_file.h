/* kubeconfig_file.h - writes the administrator's kubeconfig, for its user only. */
#ifndef BERTH_APISERVER_KUBECONFIG_FILE_H
#define BERTH_APISERVER_KUBECONFIG_FILE_H

#include "kubeclient/base/err.h"

struct kubeconfig_file {
    int port;
    const char *ca; /* PEM */
    const char *token;
};

/* The file appears whole or not at all; one that is there is replaced. UNAVAILABLE: it
 * cannot be written. */
WARN_UNUSED bool kubeconfig_file_write(const char *path,
                                       const struct kubeconfig_file *content,
                                       struct err *err);

#endif
