#include "reconcilers/project/project.h"

#include "kubeclient/api/object.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

/* The finalizer is there before the first thing that it has to clean up. True: it is.
 */
static bool ensure_finalizer(struct project *project)
{
    const struct err *failure =
        observed_failure(project->in->observed, &KUBE_PROJECTS, "", project->name);
    if (failure) {
        step_refused(project, STEP_NAMESPACE, "adding the finalizer", failure);
        return false;
    }
    if (kube_has_finalizer(project->object, FINALIZER_PROJECT))
        return true;
    plan_patch(project->plan, PLAN_MERGE_PATCH, &KUBE_PROJECTS, project->object,
               kube_finalizer_patch(project->object, FINALIZER_PROJECT, true),
               "add the finalizer");
    return false;
}

/* A Berth for some namespaces leaves the Projects of others alone. */
static bool is_watched(const struct reconcile_config *config, const char *ns)
{
    const char *const *name = config->watch_namespaces;
    if (!name || !*name)
        return true;
    while (*name && strcmp(*name, ns) != 0)
        name++;
    return *name;
}

/* One failing step does not keep the others from running. */
static void plan_contents(struct project *project)
{
    step_rbac(project);
    step_image_access(project);
    prune_project_bindings(project);
    step_settings(project);
    step_secrets(project);
    step_limits(project);
    step_policy(project);
    step_network_policy(project);
}

static bool plan_project(const struct reconcile_input *in, struct plan *plan,
                         struct err *err)
{
    const cJSON *object = observed_get(in->observed, &KUBE_PROJECTS, "", in->key.name);
    if (!object)
        return true; /* its finalizer has cleaned up */
    if (!kube_uid(object)[0])
        return err_set(err, ERR_INVALID, "Project %s has no uid", in->key.name);
    struct project project = project_read(in, plan, object);
    if (!is_watched(in->config, project.ns))
        return true;
    if (kube_deleting(object)) {
        plan_project_deletion(&project);
        return true;
    }
    if (ensure_finalizer(&project) && step_namespace(&project))
        plan_contents(&project);
    plan_project_status(&project);
    return true;
}

const struct reconciler project_reconciler = {
    .name = "project",
    .primary = &KUBE_PROJECTS,
    .watches = project_watches,
    .plan = plan_project,
};
