#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/project/roles.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/short_name.h"

#include <string.h>

#define CONTROL_PLANE_ROLE "ambient-control-plane-project-manager"
#define SERVICE_ACCOUNT_USER "system:serviceaccount:"

/* What a new binding allows is allowed everywhere only some time later. */
static const int64_t ESCALATION_MS = 10 * 1000;

/* ---- Berth's own rights in the namespace, which it needs to hand them on */

static bool ensure_own_rights(struct project *project)
{
    const struct binding own = {
        .ns = project->ns,
        .name = BERTH_MANAGER_ROLE,
        .role_kind = "ClusterRole",
        .role = BERTH_MANAGER_ROLE,
        .subject_kind = "ServiceAccount",
        .subject = project->config->service_account,
        .subject_ns = project->in->config->controller_namespace,
    };
    return ensure_binding(project, STEP_RBAC, &own, NULL);
}

bool project_rights_are_new(const struct project *project)
{
    const cJSON *own = observed_get(project->in->observed, &KUBE_ROLE_BINDINGS,
                                    project->ns, BERTH_MANAGER_ROLE);
    int64_t bound_ms;
    const char *created = json_str(own, "metadata", "creationTimestamp");
    return created && rfc3339_parse(created, &bound_ms) &&
           project->in->now_ms - bound_ms < ESCALATION_MS;
}

/* ---- upstream's control plane */

static bool escalates(struct project *project, const struct err *failure)
{
    if (!failure || failure->kind != ERR_FORBIDDEN)
        return false;
    if (project_rights_are_new(project)) {
        plan_requeue(project->plan, 1000);
        step_waits(project, STEP_RBAC, "waiting for Berth's rights in the namespace");
    } else {
        project->plan->retry = true;
        step_fails(project, STEP_RBAC, "Escalation",
                   arena_printf(project->arena, "Role %s/%s: %s", project->ns,
                                CONTROL_PLANE_ROLE, failure->msg));
    }
    return true;
}

static bool ensure_control_plane_role(struct project *project)
{
    struct observed *observed = project->in->observed;
    if (escalates(project, observed_failure(observed, &KUBE_ROLES, project->ns,
                                            CONTROL_PLANE_ROLE)))
        return false;
    const cJSON *live =
        observed_get(observed, &KUBE_ROLES, project->ns, CONTROL_PLANE_ROLE);
    cJSON *role = project_child(project, &KUBE_ROLES, project->ns, CONTROL_PLANE_ROLE);
    json_set(role, control_plane_rules(project, live), "rules");
    return project_ensure(project, STEP_RBAC, &KUBE_ROLES, role,
                          "write the control plane's role");
}

static struct binding control_plane_binding(const struct project *project)
{
    return (struct binding){
        .ns = project->ns,
        .name = CONTROL_PLANE_ROLE,
        .role_kind = "Role",
        .role = CONTROL_PLANE_ROLE,
        .subject_kind = "ServiceAccount",
        .subject = project->config->control_plane_account,
        .subject_ns = project->config->control_plane_namespace,
    };
}

/* ---- the creator */

/* spec.createdBy, else the annotation: a name, or JSON with userId. NULL: nobody. */
static const char *creator_of(const struct project *project)
{
    const char *chosen = json_str(project->object, "spec", "createdBy");
    if (chosen && *chosen)
        return chosen;
    const char *note = kube_annotation(project->object, AMBIENT_ANNOTATION_CREATED_BY);
    if (!note || !note[strspn(note, " \t\n")])
        return NULL;
    if (*note != '{')
        return note;
    struct err ignored;
    cJSON *parsed = json_parse(note, strlen(note), &ignored);
    const char *user = json_str(json_adopt(project->arena, parsed), "userId");
    return user && *user ? user : NULL;
}

/* "system:serviceaccount:NAMESPACE:NAME" in two; false: a user. */
static bool split_account(struct arena *arena, const char *creator, const char **ns,
                          const char **name)
{
    if (!ascii_has_prefix(creator, SERVICE_ACCOUNT_USER))
        return false;
    const char *rest = creator + strlen(SERVICE_ACCOUNT_USER);
    const char *colon = strchr(rest, ':');
    if (!colon || colon == rest || !colon[1])
        return false;
    *ns = arena_strndup(arena, rest, (size_t)(colon - rest));
    *name = colon + 1;
    return true;
}

static bool bind_creator(struct project *project)
{
    const char *creator = creator_of(project), *ns, *name;
    if (!creator)
        return true;
    struct binding binding = {
        .ns = project->ns,
        .name = short_name(project->arena, "ambient-admin-", creator, "", creator),
        .role_kind = "ClusterRole",
        .role = "ambient-project-admin",
        .subject_kind = "User",
        .subject = creator,
    };
    if (split_account(project->arena, creator, &ns, &name)) {
        binding.subject_kind = "ServiceAccount";
        binding.subject = name;
        binding.subject_ns = ns;
    }
    return ensure_binding(project, STEP_RBAC, &binding, "admin");
}

/* ---- OpenShift */

enum project_openshift project_openshift(const struct project *project)
{
    const char *word =
        json_str_or(project->object, "auto", "spec", "openshift", "enabled");
    if (strcmp(word, "true") == 0)
        return PROJECT_OPENSHIFT;
    return strcmp(word, "false") == 0 ? PROJECT_NO_OPENSHIFT : PROJECT_AUTO;
}

static bool bind_sandbox_scc(struct project *project)
{
    enum project_openshift chosen = project_openshift(project);
    bool openshift = chosen == PROJECT_AUTO ? project->config->openshift
                                            : chosen == PROJECT_OPENSHIFT;
    if (!openshift || !project_may_sandbox(project))
        return true;
    const struct binding binding = {
        .ns = project->ns,
        .name = "berth-openshell-scc",
        .role_kind = "ClusterRole",
        .role = "system:openshift:scc:openshell-sandbox",
        .subject_kind = "Group",
        .subject =
            arena_printf(project->arena, "system:serviceaccounts:%s", project->ns),
    };
    return ensure_binding(project, STEP_RBAC, &binding, NULL);
}

void step_rbac(struct project *project)
{
    const struct binding control_plane = control_plane_binding(project);
    bool own = ensure_own_rights(project);
    keep_binding(project, &control_plane);
    bool role = own && ensure_control_plane_role(project) &&
                ensure_binding(project, STEP_RBAC, &control_plane, NULL);
    bool creator = bind_creator(project), scc = bind_sandbox_scc(project);
    if (role && creator && scc)
        step_holds(project, STEP_RBAC, "Bound", "roles and bindings are in place");
}

void step_own_rights(struct project *project)
{
    if (ensure_own_rights(project))
        step_holds(project, STEP_RBAC, "Bound", "Berth has its rights");
}

void prune_project_bindings(struct project *project)
{
    prune_bindings(project, STEP_RBAC, STEP_IMAGE_ACCESS);
}
