/* project_plan.h - a project on its way through the steps of a plan.
 *
 * What is wanted in the namespace comes from a Project; or, where a managed namespace
 * has none, from defaults, and the ProjectSettings own it until a Project comes.
 *
 * Each step looks at what is there, adds the writes that are missing to the plan, and
 * says how it stands; the steps are independent, but for the namespace, which comes
 * first. For reconcilers/project only.
 */
#ifndef BERTH_RECONCILERS_PROJECT_PROJECT_PLAN_H
#define BERTH_RECONCILERS_PROJECT_PROJECT_PLAN_H

#include "reconcilers/project_config.h"
#include "reconcilers/reconciler.h"
#include "reconcilers/shared/child.h"
#include "reconcilers/shared/verdict.h"

/* In the order of their conditions. */
enum project_step {
    STEP_NAMESPACE,
    STEP_RBAC,
    STEP_IMAGE_ACCESS,
    STEP_SETTINGS,
    STEP_SECRETS,
    STEP_LIMITS,
    STEP_NETWORK_POLICY,
    STEP_POLICY,
    STEP_GROUP_ACCESS, /* of ProjectSettings */
    PROJECT_STEPS,
};

/* How a step went. */
struct step_state {
    bool holds;
    struct verdict verdict; /* reason and message of its condition */
};

struct project {
    struct arena *arena;
    const struct reconcile_input *in;
    struct plan *plan;
    const struct project_config *config;
    const cJSON *object; /* the Project; NULL: there is none */
    const cJSON *owner;  /* of what is made: the Project or ProjectSettings */
    const struct kube_resource *owner_resource;
    const char *name, *uid; /* the owner's */
    const char *id;         /* of the label project-id: the name, shortened to fit */
    const char *ns;         /* name of its namespace */
    const cJSON *live_ns;   /* NULL: does not exist */
    bool external;          /* the namespace is not Berth's to create or delete */
    struct kube_keys bound; /* the RoleBindings that are wished for */
    struct step_state steps[PROJECT_STEPS];
};

struct project project_read(const struct reconcile_input *in, struct plan *plan,
                            const cJSON *object);

/* What the label project-id says of a Project of that name. In the arena. */
const char *project_id(struct arena *arena, const char *name);

/* The name of the Project's namespace. In the arena. */
const char *project_namespace(struct arena *arena, const cJSON *object);

void step_holds(struct project *project, enum project_step step, const char *reason,
                const char *message);
void step_fails(struct project *project, enum project_step step, const char *reason,
                const char *message);
/* False/Pending: a write is on its way. */
void step_waits(struct project *project, enum project_step step, const char *message);

/* A write failed: the step says so with the API server's words, and the reconcile is
 * retried. `what` was being done ("deleting RoleBinding a/b"). A refusal that passes by
 * itself only waits: rights that are new, a namespace that went meanwhile. */
void step_refused(struct project *project, enum project_step step, const char *what,
                  const struct err *failure);

/* An object for the project's namespace, or another, with its labels and owned by the
 * Project, which has no namespace and so may own in any. Owned. */
cJSON *project_child(const struct project *project,
                     const struct kube_resource *resource, const char *ns,
                     const char *name);

/* Ensures a child for a step. True: it is held. Else the step says why not, the first
 * time it is found. Consumes the intent. */
bool project_ensure(struct project *project, enum project_step step,
                    const struct kube_resource *resource, cJSON *intent,
                    const char *why);

/* Whether it is the owner's to change and delete: the owner controls it, or it was left
 * behind by one before, or ProjectSettings made it before the Project came. */
bool project_may_write(const struct project *project, const cJSON *live);

/* The namespace is one that no Project may have. */
bool project_is_reserved(const struct project *project);

/* Whether the namespace, which exists, was made for this Project or is labelled so. */
bool project_holds(struct arena *arena, const cJSON *project, const cJSON *ns);

/* Whether a session of the project may run in the OpenShell sandbox. */
bool project_may_sandbox(const struct project *project);

/* What spec.openshift.enabled says; PROJECT_AUTO: the cluster and the configuration
 * tell. */
enum project_openshift { PROJECT_AUTO, PROJECT_OPENSHIFT, PROJECT_NO_OPENSHIFT };
enum project_openshift project_openshift(const struct project *project);

/* Berth bound its rights in the namespace just now: a refusal may pass. */
bool project_rights_are_new(const struct project *project);

/* The steps. step_namespace() returns true when the others may work in it. */
bool step_namespace(struct project *project);
void step_rbac(struct project *project);
void step_own_rights(struct project *project); /* the part without a Project */
void step_image_access(struct project *project);
void step_settings(struct project *project);
void step_secrets(struct project *project);
void step_limits(struct project *project);
void step_network_policy(struct project *project);
void step_policy(struct project *project);

/* After the steps that bind: what was bound and is wished for no more goes. */
void prune_project_bindings(struct project *project);

/* Plans what the end of a Project needs: its objects elsewhere, its namespace, its
 * finalizer. */
void plan_project_deletion(struct project *project);

void plan_project_status(struct project *project);
void plan_settings_status(struct project *project, size_t bindings);

/* What the reconciler watches, and the index of Projects by their namespace. */
extern const struct reconciler_watch project_watches[];
extern const struct reconciler_watch project_settings_watches[];
bool is_managed_namespace(const cJSON *ns);
#define BERTH_MANAGER_ROLE "berth-project-manager" /* and of its binding */
#define PROJECT_LIMIT_RANGE "ambient-default-limits"
#define PROJECTS_BY_NAMESPACE "namespace"
#define PROJECTS_BY_IMAGE_NAMESPACE "imageNamespace" /* what they choose themselves */
#define BINDINGS_BY_OWNER "owner"                    /* uid of the controller */
#define API_SERVICES_BY_GROUP "group"

#endif
