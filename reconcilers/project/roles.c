#include "reconcilers/project/roles.h"

#include "kubeclient/api/object.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

#define RBAC_GROUP "rbac.authorization.k8s.io"

#define MANAGE "get", "list", "watch", "create", "delete", "deletecollection"
#define BUILD "get", "list", "create", "update", "delete"

static const struct {
    const char *group;
    const char *resources[5], *verbs[7]; /* NULL-terminated */
    bool optional;                       /* only where the group is served */
} RULES[] = {
    {"", {"secrets", "serviceaccounts", "services"}, {MANAGE}, false},
    {"", {"pods"}, {MANAGE}, false},
    {RBAC_GROUP, {"rolebindings"}, {"get", "list", "watch", "create", "delete"}, false},
    {"build.openshift.io",
     {"buildconfigs", "buildconfigs/instantiate", "builds", "builds/log"},
     {BUILD},
     true},
    {"image.openshift.io",
     {"imagestreams", "imagestreamtags", "imagestreamimages"},
     {BUILD},
     true},
    {"route.openshift.io", {"routes"}, {BUILD}, true},
};

static cJSON *strings(const char *const *texts)
{
    cJSON *list = json_array();
    for (; *texts; texts++)
        json_push(list, json_string(*texts));
    return list;
}

static bool has_group(const cJSON *rules, const char *group)
{
    json_each (rule, rules) {
        const cJSON *groups = json_at(rule, "apiGroups");
        json_each (one, groups) {
            if (cJSON_IsString(one) && strcmp(one->valuestring, group) == 0)
                return true;
        }
    }
    return false;
}

/* An APIService stands for every group that is served, a CRD's too. */
static bool is_served(const struct project *project, const char *group,
                      const cJSON *live)
{
    struct observed *observed = project->in->observed;
    enum project_openshift chosen = project_openshift(project);
    if (chosen != PROJECT_AUTO)
        return chosen == PROJECT_OPENSHIFT;
    if (!observed_complete(observed, &KUBE_API_SERVICES, ""))
        return has_group(json_at(live, "rules"), group);
    return observed_find(observed, &KUBE_API_SERVICES, API_SERVICES_BY_GROUP,
                         kube_key_text(project->arena, "", group))
               .len > 0;
}

cJSON *control_plane_rules(const struct project *project, const cJSON *live)
{
    cJSON *rules = json_array();
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        if (RULES[i].optional && !is_served(project, RULES[i].group, live))
            continue;
        const char *const group[] = {RULES[i].group, NULL};
        cJSON *rule = json_push(rules, json_object());
        json_set(rule, strings(group), "apiGroups");
        json_set(rule, strings(RULES[i].resources), "resources");
        json_set(rule, strings(RULES[i].verbs), "verbs");
    }
    return rules;
}

static cJSON *binding_object(const struct project *project,
                             const struct binding *binding, const char *extra_role)
{
    cJSON *object =
        project_child(project, &KUBE_ROLE_BINDINGS, binding->ns, binding->name);
    json_set_str(object, extra_role, "metadata", "labels", AMBIENT_LABEL_ROLE);
    json_set_str(object, RBAC_GROUP, "roleRef", "apiGroup");
    json_set_str(object, binding->role_kind, "roleRef", "kind");
    json_set_str(object, binding->role, "roleRef", "name");
    cJSON *subject =
        json_push(json_set(object, json_array(), "subjects"), json_object());
    json_set_str(subject, binding->subject_kind, "kind");
    json_set_str(subject, binding->subject, "name");
    json_set_str(subject, binding->subject_ns, "namespace");
    if (strcmp(binding->subject_kind, "ServiceAccount") != 0)
        json_set_str(subject, RBAC_GROUP, "apiGroup");
    return object;
}

/* A roleRef cannot be changed: the binding is deleted, and made anew by a later plan.
 */
static bool replace_wrong_role(struct project *project, const struct binding *binding,
                               const cJSON *intent)
{
    const cJSON *live = observed_get(project->in->observed, &KUBE_ROLE_BINDINGS,
                                     binding->ns, binding->name);
    if (!live || !project_may_write(project, live) ||
        observed_failure(project->in->observed, &KUBE_ROLE_BINDINGS, binding->ns,
                         binding->name) ||
        json_equal(json_at(live, "roleRef"), json_at(intent, "roleRef")))
        return false;
    if (!kube_deleting(live))
        plan_delete(project->plan, &KUBE_ROLE_BINDINGS, live,
                    "replace a RoleBinding of another role");
    return true;
}

/* The API server answers 404 for a binding to a role that it does not let Berth see. */
static bool lacks_cluster_role(struct project *project, enum project_step step,
                               const struct binding *binding)
{
    const struct err *failure = observed_failure(
        project->in->observed, &KUBE_ROLE_BINDINGS, binding->ns, binding->name);
    if (!failure || failure->kind != ERR_NOT_FOUND ||
        !strstr(failure->msg, binding->role))
        return false;
    project->plan->retry = true;
    step_fails(
        project, step, "ClusterRoleMissing",
        arena_printf(project->arena,
                     "RoleBinding %s/%s: ClusterRole %s does not exist, or Berth "
                     "may not bind it; the chart and manifests/rbac have it",
                     binding->ns, binding->name, binding->role));
    return true;
}

bool ensure_binding(struct project *project, enum project_step step,
                    const struct binding *binding, const char *extra_role)
{
    keep_binding(project, binding);
    if (lacks_cluster_role(project, step, binding))
        return false;
    cJSON *intent = binding_object(project, binding, extra_role);
    if (replace_wrong_role(project, binding, intent)) {
        json_free(intent);
        step_waits(project, step, "a RoleBinding of another role is replaced");
        return false;
    }
    return project_ensure(project, step, &KUBE_ROLE_BINDINGS, intent,
                          "bind a role in the project");
}

void keep_binding(struct project *project, const struct binding *binding)
{
    kube_keys_add(&project->bound, binding->ns, binding->name);
}

static bool is_kept(const struct project *project, const cJSON *binding)
{
    for (size_t i = 0; i < project->bound.len; i++) {
        const struct kube_key *key = &project->bound.items[i];
        if (strcmp(key->name, kube_name(binding)) == 0 &&
            strcmp(key->ns, kube_namespace(binding)) == 0)
            return true;
    }
    return false;
}

void prune_bindings(struct project *project, enum project_step step,
                    enum project_step elsewhere)
{
    struct observed *observed = project->in->observed;
    struct object_list found =
        observed_find(observed, &KUBE_ROLE_BINDINGS, BINDINGS_BY_OWNER,
                      kube_key_text(project->arena, "", project->uid));
    for (size_t i = 0; i < found.len; i++) {
        const cJSON *live = found.items[i];
        const char *ns = kube_namespace(live), *name = kube_name(live);
        enum project_step told = strcmp(ns, project->ns) == 0 ? step : elsewhere;
        const struct err *failure =
            observed_failure(observed, &KUBE_ROLE_BINDINGS, ns, name);
        if (!child_is_owned(live, project->uid) || is_kept(project, live))
            continue;
        const char *what =
            arena_printf(project->arena, "deleting RoleBinding %s/%s", ns, name);
        if (failure) {
            step_refused(project, told, what, failure);
            continue;
        }
        if (!kube_deleting(live))
            plan_delete(project->plan, &KUBE_ROLE_BINDINGS, live,
                        "access that is given no longer ends");
        step_waits(project, told, what);
    }
}
