#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

#define CRD_NAME "projects.vteam.ambient-code"

/* True: nothing is left to wait for. */
static bool remove_bindings_elsewhere(struct project *project)
{
    struct observed *observed = project->in->observed;
    struct object_list found =
        observed_find(observed, &KUBE_ROLE_BINDINGS, BINDINGS_BY_OWNER,
                      kube_key_text(project->arena, "", project->uid));
    bool gone = true;
    for (size_t i = 0; i < found.len; i++) {
        const cJSON *binding = found.items[i];
        const char *ns = kube_namespace(binding), *name = kube_name(binding);
        if (strcmp(ns, project->ns) == 0 || !child_is_owned(binding, project->uid))
            continue;
        const struct err *failure =
            observed_failure(observed, &KUBE_ROLE_BINDINGS, ns, name);
        gone = false;
        if (failure)
            step_refused(
                project, STEP_IMAGE_ACCESS,
                arena_printf(project->arena, "deleting RoleBinding %s/%s", ns, name),
                failure);
        else if (!kube_deleting(binding))
            plan_delete(project->plan, &KUBE_ROLE_BINDINGS, binding,
                        "the project's rights in another namespace end");
    }
    return gone;
}

/* ---- the namespace stays */

static const struct kube_resource *const OWNED[] = {
    &KUBE_CONFIG_MAPS,     &KUBE_LIMIT_RANGES, &KUBE_NETWORK_POLICIES,
    &KUBE_RESOURCE_QUOTAS, &KUBE_ROLES,        &KUBE_ROLE_BINDINGS,
};

static void disown(struct project *project, const struct kube_resource *resource,
                   const cJSON *object)
{
    cJSON *patch = json_object();
    cJSON *kept = json_set(patch, json_array(), "metadata", "ownerReferences");
    const cJSON *references = json_at(object, "metadata", "ownerReferences");
    json_each (reference, references) {
        if (strcmp(json_str_or(reference, "", "uid"), project->uid) != 0)
            json_push(kept, json_copy(reference));
    }
    json_set_str(patch, kube_uid(object), "metadata", "uid");
    json_set_str(patch, kube_resource_version(object), "metadata", "resourceVersion");
    plan_patch(project->plan, PLAN_MERGE_PATCH, resource, object, patch,
               "keep it when the Project goes");
}

/* Garbage collection takes what the Project owns; so it must own nothing. True: so it
 * is. */
static bool disown_children(struct project *project)
{
    struct observed *observed = project->in->observed;
    bool done = true;
    for (size_t i = 0; i < sizeof OWNED / sizeof *OWNED; i++) {
        struct kube_keys keys = {.arena = project->arena};
        observed_find_keys(observed, OWNED[i], NULL, project->ns, &keys);
        for (size_t k = 0; k < keys.len; k++) {
            const char *name = keys.items[k].name;
            const cJSON *object = observed_get(observed, OWNED[i], project->ns, name);
            if (!object || !child_is_owned(object, project->uid))
                continue;
            const struct err *failure =
                observed_failure(observed, OWNED[i], project->ns, name);
            done = false;
            if (failure) {
                step_refused(project, STEP_NAMESPACE,
                             arena_printf(project->arena, "keeping %s %s/%s",
                                          OWNED[i]->kind, project->ns, name),
                             failure);
            } else
                disown(project, OWNED[i], object);
        }
    }
    return done;
}

/* ---- the namespace goes */

/* What keeps a namespace from going, in the words of the namespace controller. */
static const char *blockers(struct arena *arena, const cJSON *ns)
{
    const char *text = "";
    const cJSON *conditions = json_at(ns, "status", "conditions");
    json_each (condition, conditions) {
        if (strcmp(json_str_or(condition, "", "status"), "True") == 0)
            text = arena_printf(arena, "%s; %s", text,
                                json_str_or(condition, "", "message"));
    }
    return text;
}

static void wait_for_namespace(struct project *project, const cJSON *ns)
{
    step_fails(project, STEP_NAMESPACE, "Terminating",
               arena_printf(project->arena, "namespace %s is being deleted%s",
                            project->ns, blockers(project->arena, ns)));
}

/* Read live, for a label or an old cache proves nothing. True: it is gone, or not
 * ours. */
static bool delete_namespace(struct project *project)
{
    const cJSON *ns;
    const struct err *err;
    switch (observed_fetched(project->in->observed, &KUBE_NAMESPACES, "", project->ns,
                             &ns, &err)) {
    case LOOKUP_UNKNOWN:
        plan_need(project->plan, &KUBE_NAMESPACES, "", project->ns);
        return false;
    case LOOKUP_ABSENT:
        return true;
    case LOOKUP_FAILED:
        project->plan->retry = true;
        step_fails(project, STEP_NAMESPACE, "APIError",
                   arena_printf(project->arena, "reading namespace %s: %s", project->ns,
                                err->msg));
        return false;
    case LOOKUP_FOUND:
        break;
    }
    const char *creator = kube_annotation(ns, ANNOTATION_CREATED_BY_PROJECT);
    if (!creator || strcmp(creator, project->uid) != 0)
        return true;
    const struct err *failure =
        observed_failure(project->in->observed, &KUBE_NAMESPACES, "", project->ns);
    if (failure) {
        step_refused(project, STEP_NAMESPACE,
                     arena_printf(project->arena, "deleting namespace %s", project->ns),
                     failure);
    } else if (kube_deleting(ns) || !project->live_ns ||
               kube_deleting(project->live_ns))
        wait_for_namespace(project, project->live_ns ? project->live_ns : ns);
    else {
        plan_delete(project->plan, &KUBE_NAMESPACES, ns, "the Project is deleted");
        wait_for_namespace(project, ns);
    }
    return false;
}

/* ---- which of both */

/* A cache may hold a Project that is gone, and another of its name has the namespace
 * now: it is read live, before the CRD is. LOOKUP_FOUND: it is the one that is deleted.
 */
static enum lookup project_is_there(struct project *project)
{
    const cJSON *live;
    const struct err *err;
    enum lookup lookup = observed_fetched(project->in->observed, &KUBE_PROJECTS, "",
                                          project->name, &live, &err);
    if (lookup == LOOKUP_UNKNOWN)
        plan_need(project->plan, &KUBE_PROJECTS, "", project->name);
    if (lookup == LOOKUP_FAILED) {
        project->plan->retry = true;
        step_fails(project, STEP_NAMESPACE, "APIError",
                   arena_printf(project->arena, "reading the Project: %s", err->msg));
    }
    bool same = lookup == LOOKUP_FOUND && strcmp(kube_uid(live), project->uid) == 0;
    return lookup == LOOKUP_FOUND && !same ? LOOKUP_ABSENT : lookup;
}

/* With the CRD all Projects are deleted, and that is no wish to lose their namespaces:
 * it is read live before any goes. LOOKUP_FOUND: it is there to stay. */
static enum lookup crd_stays(struct project *project)
{
    const cJSON *crd;
    const struct err *err;
    enum lookup lookup =
        observed_fetched(project->in->observed, &KUBE_CUSTOM_RESOURCE_DEFINITIONS, "",
                         CRD_NAME, &crd, &err);
    if (lookup == LOOKUP_UNKNOWN)
        plan_need(project->plan, &KUBE_CUSTOM_RESOURCE_DEFINITIONS, "", CRD_NAME);
    if (lookup == LOOKUP_FAILED) {
        project->plan->retry = true;
        step_fails(
            project, STEP_NAMESPACE, "APIError",
            arena_printf(project->arena, "reading the CRD %s: %s", CRD_NAME, err->msg));
    }
    return lookup == LOOKUP_FOUND && kube_deleting(crd) ? LOOKUP_ABSENT : lookup;
}

static bool wants_namespace_gone(const struct project *project)
{
    return !project->external && !project_is_reserved(project) &&
           strcmp(json_str_or(project->object, "", "spec", "deletionPolicy"),
                  "Retain") != 0;
}

/* True: the namespace is as it should be without the Project. */
static bool leave_namespace(struct project *project)
{
    if (!wants_namespace_gone(project))
        return disown_children(project);
    switch (crd_stays(project)) {
    case LOOKUP_FOUND:
        return delete_namespace(project);
    case LOOKUP_ABSENT:
        return disown_children(project);
    case LOOKUP_UNKNOWN:
    case LOOKUP_FAILED:
        break;
    }
    return false;
}

void plan_project_deletion(struct project *project)
{
    if (!kube_has_finalizer(project->object, FINALIZER_PROJECT))
        return;
    enum lookup there =
        wants_namespace_gone(project) ? project_is_there(project) : LOOKUP_FOUND;
    if (there == LOOKUP_ABSENT || there == LOOKUP_UNKNOWN)
        return;
    bool elsewhere = remove_bindings_elsewhere(project);
    if (there == LOOKUP_FOUND && leave_namespace(project) && elsewhere)
        plan_patch(project->plan, PLAN_MERGE_PATCH, &KUBE_PROJECTS, project->object,
                   kube_finalizer_patch(project->object, FINALIZER_PROJECT, false),
                   "everything is cleaned up");
    else
        plan_project_status(project);
}
