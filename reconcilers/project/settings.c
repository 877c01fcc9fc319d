#include "kubeclient/api/object.h"
#include "reconcilers/project/group_access.h"
#include "reconcilers/project/project.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

/* Whether the namespace is a Project's. One that merely names it does not count. */
static bool has_project(const struct project *settings)
{
    struct object_list found =
        observed_find(settings->in->observed, &KUBE_PROJECTS, PROJECTS_BY_NAMESPACE,
                      kube_key_text(settings->arena, "", settings->ns));
    for (size_t i = 0; i < found.len; i++) {
        if (project_holds(settings->arena, found.items[i], settings->live_ns))
            return true;
    }
    return false;
}

static struct project settings_read(const struct reconcile_input *in, struct plan *plan,
                                    const cJSON *settings)
{
    struct project project = {
        .arena = plan->arena,
        .in = in,
        .plan = plan,
        .config = in->config->project,
        .owner = settings,
        .owner_resource = &KUBE_PROJECT_SETTINGS,
        .name = kube_name(settings),
        .uid = kube_uid(settings),
        .ns = kube_namespace(settings),
    };
    project.bound.arena = plan->arena;
    project.live_ns = observed_get(in->observed, &KUBE_NAMESPACES, "", project.ns);
    const char *id = kube_label(project.live_ns, AMBIENT_LABEL_PROJECT);
    project.id = id ? id : project_id(plan->arena, project.ns);
    return project;
}

/* Why nothing is done; no reason: all is well. */
static struct verdict obstacle(const struct project *project)
{
    if (strcmp(project->name, PROJECT_SETTINGS_NAME) != 0)
        return (struct verdict){"WrongName",
                                "only the ProjectSettings named " PROJECT_SETTINGS_NAME
                                " count"};
    if (!project->live_ns || !is_managed_namespace(project->live_ns))
        return (struct verdict){
            "NotManaged", arena_printf(project->arena,
                                       "namespace %s lacks the label %s: it is left "
                                       "alone",
                                       project->ns, AMBIENT_LABEL_MANAGED "=true")};
    if (kube_deleting(project->live_ns))
        return (struct verdict){
            "Terminating",
            arena_printf(project->arena, "namespace %s is being deleted", project->ns)};
    return (struct verdict){0};
}

static bool plan_settings(const struct reconcile_input *in, struct plan *plan,
                          struct err *err)
{
    const cJSON *settings =
        observed_get(in->observed, &KUBE_PROJECT_SETTINGS, in->key.ns, in->key.name);
    if (!settings || kube_deleting(settings))
        return true; /* garbage collection takes what they own */
    if (!kube_uid(settings)[0])
        return err_set(err, ERR_INVALID, "ProjectSettings %s/%s have no uid",
                       in->key.ns, in->key.name);
    struct project project = settings_read(in, plan, settings);
    struct verdict found = obstacle(&project);
    size_t bindings = 0;
    if (found.reason) {
        step_fails(&project, STEP_GROUP_ACCESS, found.reason, found.message);
    } else {
        bindings = ensure_group_access(&project, STEP_GROUP_ACCESS);
        if (!project.steps[STEP_GROUP_ACCESS].verdict.reason)
            step_holds(&project, STEP_GROUP_ACCESS, "Bound",
                       arena_printf(plan->arena, "%zu bindings of groups are in place",
                                    bindings));
        /* A managed namespace without a Project, as upstream has them. */
        if (!has_project(&project)) {
            step_own_rights(&project);
            step_limits(&project);
            step_policy(&project);
            step_network_policy(&project);
        }
    }
    plan_settings_status(&project, bindings);
    return true;
}

const struct reconciler project_settings_reconciler = {
    .name = "projectsettings",
    .primary = &KUBE_PROJECT_SETTINGS,
    .watches = project_settings_watches,
    .plan = plan_settings,
};
