/* session_config.h - what the configuration says of sessions. Borrowed texts. */
#ifndef BERTH_RECONCILERS_SESSION_CONFIG_H
#define BERTH_RECONCILERS_SESSION_CONFIG_H

#include "kubeclient/base/json.h"
#include "reconcilers/shared/hardening.h"

#include <stdbool.h>
#include <stdint.h>

enum { RUNNER_PORT = 8001 }; /* agui, the only one that clients reach */

/* A sidecar that serves MCP. One whose image is not configured does not exist. */
struct session_sidecar {
    const char *provider; /* of credentials; "": every session has it */
    const char *container, *port_name;
    const char *image;          /* "": not configured */
    const char *const *command; /* NULL-terminated; empty: the image's own */
    const char *const *args;    /* NULL-terminated; $(CREDENTIAL_FILE) is put in */
    const char *const
        *bind_all; /* further arguments, with OpenShell only; NULL-terminated */
    int port;
    bool loopback;                  /* listens on 127.0.0.1 unless told otherwise */
    const cJSON *requests, *limits; /* {resource: quantity} */
};

enum ip_family { IP_AUTO, IP_V4, IP_V6 };
enum host_users { HOST_USERS_DEFAULT, HOST_USERS_TRUE, HOST_USERS_FALSE };

/* Claude by way of Google's Vertex AI. */
struct session_vertex {
    bool enabled;
    const char *project_id, *region;
    const char *secret;           /* in each session's namespace */
    const char *credentials_file; /* in the runner; its name is the Secret's key */
};

struct session_config {
    const char *runner_image;               /* "": not configured */
    const char *image_pull_secret;          /* "": none */
    const char *log_level;                  /* of runners */
    const char *sandbox_log_level;          /* of the OpenShell supervisor */
    const char *token_audience;             /* "": the API server's own */
    const char *const *capabilities;        /* of OpenShell runners; NULL-terminated */
    const struct session_sidecar *sidecars; /* ends with one without container */
    struct session_vertex vertex;
    const char *http_proxy, *https_proxy, *no_proxy; /* "": none */
    const char *const *protected_variables; /* beside the built-in ones; with '!' in
                                               front not; NULL-terminated */
    enum hardening_profile hardening;       /* of runners outside of the sandbox */
    enum host_users host_users;
    enum ip_family pod_ip_family;
    const char *app_armor_profile; /* of OpenShell runners: "Unconfined"; "": none */
    int64_t inactivity_seconds; /* where neither session nor project says; 0: never */
    int64_t image_pull_grace_ms;
    int64_t sidecar_start_ms;                     /* how long a sidecar may take */
    const cJSON *runner_requests, *runner_limits; /* {resource: quantity} */
};

#endif
