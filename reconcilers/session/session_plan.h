/* session_plan.h - a session on its way through the steps of a plan.
 *
 * session_read() collects what is known; the steps that must hold before there is a pod
 * say how they went; session_pod() makes the pod. Everything lives in the arena of the
 * reconcile. Pure.
 */
#ifndef BERTH_RECONCILERS_SESSION_SESSION_PLAN_H
#define BERTH_RECONCILERS_SESSION_SESSION_PLAN_H

#include "reconcilers/reconciler.h"
#include "reconcilers/session_config.h"
#include "reconcilers/shared/verdict.h"

#define FINALIZER_SESSION "vteam.ambient-code/cleanup"
#define SESSION_ANNOTATION_ATTEMPT "berth.dev/attempt"
#define SESSION_ANNOTATION_POLICY "berth.dev/sandbox-policy-hash"
#define SESSION_LABEL_CREDENTIAL "ambient-code.io/credential-provider"
#define SESSION_RUNNER "ambient-code-runner"
#define SESSION_SERVICE_CA_FILE "/etc/pki/ca-trust/extracted/pem/service-ca.crt"
#define SESSION_VARIABLE_OF_JIRA "JIRA_READ_ONLY_MODE" /* its sidecar's alone */
#define SESSION_PROJECTS "session-projects-by-namespace"

/* What must hold before there is a pod, in the order of its conditions. */
enum session_step {
    SESSION_NAMESPACE,
    SESSION_ACCEPTED,
    SESSION_SECRETS,
    SESSION_CREDENTIALS,
    SESSION_SANDBOX,
    SESSION_POD_SECURITY,
    SESSION_CHILDREN,
    SESSION_STEPS,
};

struct session_step_state {
    bool holds;
    bool blocks;  /* no pod because of it */
    bool unknown; /* it cannot be told yet */
    struct verdict verdict;
};

/* A sidecar that the session has. */
struct sidecar_use {
    const struct session_sidecar *sidecar;
    const char *secret, *key; /* NULL: without credential */
};

struct session {
    struct arena *arena;
    const struct reconcile_input *in;
    struct plan *plan;
    const struct session_config *config;
    const cJSON *object, *spec, *status;
    const char *name, *ns, *uid;
    const char *id; /* label value, and the middle of all names */
    const char *pod_name, *service_name, *account_name;
    const char *project_id;
    const cJSON *live_ns, *project, *settings;
    const cJSON *pod; /* the session's own; NULL: none */
    bool foreign;     /* a pod that is not the session's has the name */
    const char *runner_secret;
    bool openshell;
    bool ipv6;
    bool resumes;              /* a runner has had the prompt */
    const char *late_provider; /* without whose sidecar the pod is made once more */
    int64_t attempt;
    const char *policy_name, *policy_hash;
    struct sidecar_use *sidecars;
    size_t sidecar_count;
    struct session_step_state steps[SESSION_STEPS];
};

struct session session_read(const struct reconcile_input *in, struct plan *plan,
                            const cJSON *object);

/* What is found first is told; a step that blocks outweighs one that holds. */
void session_holds(struct session *session, enum session_step step, const char *reason,
                   const char *message);
void session_blocks(struct session *session, enum session_step step, const char *reason,
                    const char *message);
/* Keeps the pod back for what is not read yet. */
void session_waits(struct session *session, enum session_step step,
                   const char *message);
/* Says something without keeping the pod back. */
void session_notes(struct session *session, enum session_step step, const char *reason,
                   const char *message);

/* The steps; true: nothing keeps the pod back so far. */
bool session_check_namespace(struct session *session);
bool session_check_images(struct session *session); /* SESSION_ACCEPTED */
bool session_check_secrets(struct session *session);
/* False: what the cache lacks of Secrets may exist all the same, and the step waits. */
bool session_secrets_are_read(struct session *session, enum session_step step);
bool session_choose_sandbox(struct session *session);
bool session_check_sandbox(struct session *session);   /* chooses, and has the policy */
void session_choose_sidecars(struct session *session); /* SESSION_CREDENTIALS */
bool session_ensure_children(struct session *session);
bool session_ensure_service(struct session *session);
/* After all others: what a cache may be wrong about, read live before each pod in the
 * sandbox. */
bool session_look_again(struct session *session);
/* All of them are asked, so that all that is missing is told at once. To choose writes
 * and reads nothing and suffices to say what the pod would be, but for its family of
 * addresses. */
bool session_choose_all(struct session *session);
bool session_check_all(struct session *session);

/* The policy's hash by the copy that the cache has; without one it stays. */
void session_look_at_copy(struct session *session);

/* Keeps the pod back for `what`, an object of others that has the name of a child. */
void session_meets_foreign(struct session *session, const char *what);

/* An object of the session's: labels and owner set. Owned. */
cJSON *session_child(const struct session *session,
                     const struct kube_resource *resource, const char *name);

/* The variables of the runner, in their order: an array. Names that are not the user's
 * to set are told in SESSION_ACCEPTED. Owned. */
cJSON *session_environment(struct session *session);

/* The value of a variable that arrives as it is: each '$' is doubled, for the kubelet
 * would take $(NAME) for a reference. */
const char *session_literal(struct arena *arena, const char *value);

/* Whether the variable is not the session's to set: by the built-in list and that of
 * the configuration, where an exception counts against every pattern. */
bool session_protects(const struct session *session, const char *name);

/* Adds {name, value} to a list of variables; the value may hold references. */
void session_add_variable(cJSON *list, const char *name, const char *value);
/* HTTP_PROXY, HTTPS_PROXY and NO_PROXY, those that are configured. */
void session_add_proxies(const struct session *session, cJSON *list);

/* Resources of the runner: session over Project over the configuration, each value by
 * itself; a request above its limit raises the limit. Owned. */
cJSON *session_resources(const struct session *session);

/* The sidecars, as init containers that stay. Owned. */
cJSON *session_sidecars(const struct session *session);
void session_add_credential_volumes(const struct session *session, cJSON *volumes);

/* Security of the pod, the runner and the sidecars: the runner's profile or the
 * sandbox's privileges, and always the restricted one for sidecars. */
void session_harden(const struct session *session, cJSON *pod);

/* The pod of this attempt, and of it only what it is known by. Owned. */
cJSON *session_pod(struct session *session);
cJSON *session_pod_identity(const struct session *session);

extern const struct reconciler_watch session_watches[];

#endif
