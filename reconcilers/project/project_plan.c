#include "reconcilers/project/project_plan.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/short_name.h"

#include <string.h>

const char *project_namespace(struct arena *arena, const cJSON *object)
{
    const char *chosen = json_str(object, "spec", "namespace");
    if (chosen)
        return chosen;
    char *name = arena_strdup(arena, kube_name(object));
    for (char *c = name; *c; c++)
        *c = ascii_to_lower(*c);
    return name;
}

const char *project_id(struct arena *arena, const char *name)
{
    return short_name(arena, "", name, "", name);
}

struct project project_read(const struct reconcile_input *in, struct plan *plan,
                            const cJSON *object)
{
    struct project project = {
        .arena = plan->arena,
        .in = in,
        .plan = plan,
        .config = in->config->project,
        .object = object,
        .owner = object,
        .owner_resource = &KUBE_PROJECTS,
        .name = kube_name(object),
        .uid = kube_uid(object),
        .ns = project_namespace(plan->arena, object),
        .external =
            strcmp(json_str_or(object, "", "spec", "namespacePolicy"), "External") == 0,
    };
    project.bound.arena = plan->arena;
    project.id = project_id(plan->arena, project.name);
    project.live_ns = observed_get(in->observed, &KUBE_NAMESPACES, "", project.ns);
    return project;
}

void step_holds(struct project *project, enum project_step step, const char *reason,
                const char *message)
{
    project->steps[step] = (struct step_state){true, {reason, message}};
}

/* What was found first is told. */
static bool may_tell(const struct project *project, enum project_step step)
{
    return project->steps[step].holds || !project->steps[step].verdict.reason;
}

void step_fails(struct project *project, enum project_step step, const char *reason,
                const char *message)
{
    if (may_tell(project, step))
        project->steps[step] = (struct step_state){false, {reason, message}};
}

void step_waits(struct project *project, enum project_step step, const char *message)
{
    step_fails(project, step, "Pending", message);
}

static bool passes(const struct project *project, const struct err *failure)
{
    if (failure->kind == ERR_FORBIDDEN)
        return project_rights_are_new(project);
    return failure->kind == ERR_NOT_FOUND &&
           strstr(failure->msg,
                  arena_printf(project->arena, "namespaces \"%s\"", project->ns));
}

void step_refused(struct project *project, enum project_step step, const char *what,
                  const struct err *failure)
{
    const char *text = arena_printf(project->arena, "%s: %s", what, failure->msg);
    if (passes(project, failure)) {
        plan_requeue(project->plan, 1000);
        step_waits(project, step, text);
    } else {
        project->plan->retry = true;
        step_fails(project, step, verdict_reason_of(failure), text);
    }
}

cJSON *project_child(const struct project *project,
                     const struct kube_resource *resource, const char *ns,
                     const char *name)
{
    cJSON *object = kube_object(project->arena, resource, ns, name);
    json_set_str(object, "true", "metadata", "labels", AMBIENT_LABEL_MANAGED);
    json_set_str(object, project->id, "metadata", "labels", AMBIENT_LABEL_PROJECT);
    json_set_str(object, AMBIENT_MANAGED_BY, "metadata", "labels",
                 AMBIENT_LABEL_MANAGED_BY);
    child_set_owner(project->arena, object, project->owner_resource, project->owner);
    return object;
}

bool project_may_write(const struct project *project, const cJSON *live)
{
    return child_is_owned(live, project->uid) ||
           child_may_be_taken(live, project->owner_resource);
}

bool project_ensure(struct project *project, enum project_step step,
                    const struct kube_resource *resource, cJSON *intent,
                    const char *why)
{
    const struct err *failure;
    const char *what = arena_printf(project->arena, "%s %s/%s", resource->kind,
                                    kube_namespace(intent), kube_name(intent));
    const cJSON *live = observed_get(project->in->observed, resource,
                                     kube_namespace(intent), kube_name(intent));
    const struct child child = {
        .resource = resource,
        .intent = intent,
        .owner_uid = project_may_write(project, live) ? NULL : project->uid,
        .why = why,
    };
    switch (child_ensure(project->in->observed, project->plan, &child, &failure)) {
    case CHILD_HELD:
        return true;
    case CHILD_PENDING:
        step_waits(project, step, arena_printf(project->arena, "%s is written", what));
        return false;
    case CHILD_FAILED:
        step_refused(project, step, what, failure);
        return false;
    case CHILD_FOREIGN:
        break;
    }
    step_fails(project, step, "NotOurs",
               arena_printf(project->arena,
                            "%s exists and does not belong to this %s: it stays as it "
                            "is",
                            what, project->owner_resource->kind));
    return false;
}
