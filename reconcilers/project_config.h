/* project_config.h - what the configuration says of projects. Borrowed texts. */
#ifndef BERTH_RECONCILERS_PROJECT_CONFIG_H
#define BERTH_RECONCILERS_PROJECT_CONFIG_H

#include <stdbool.h>

struct project_config {
    const char *service_account;            /* Berth's own, in its own namespace */
    const char *const *reserved_namespaces; /* NAME or PREFIX*, NULL-terminated; beside
                                               openshift* and Berth's own */
    const char *const *client_namespaces;   /* may reach runners, "." is Berth's own;
 NULL-terminated */
    const char *control_plane_namespace;    /* of upstream's tools */
    const char *control_plane_account;
    const char *image_namespace;   /* whose images project pods pull; "": not set */
    const char *policy_config_map; /* of the OpenShell sandbox */
    bool openshift;                /* securityContext.mode: openshift */
};

#endif
