#include "kubeclient/api/object.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

/* ---- settings, with nothing set: made once, and the user's from then on */

void step_settings(struct project *project)
{
    struct observed *observed = project->in->observed;
    const struct err *failure = observed_failure(observed, &KUBE_PROJECT_SETTINGS,
                                                 project->ns, PROJECT_SETTINGS_NAME);
    if (observed_get(observed, &KUBE_PROJECT_SETTINGS, project->ns,
                     PROJECT_SETTINGS_NAME)) {
        step_holds(project, STEP_SETTINGS, "Found", "the ProjectSettings are there");
    } else if (failure) {
        step_refused(project, STEP_SETTINGS,
                     arena_printf(project->arena, "ProjectSettings %s/%s", project->ns,
                                  PROJECT_SETTINGS_NAME),
                     failure);
    } else {
        cJSON *settings = kube_object(project->arena, &KUBE_PROJECT_SETTINGS,
                                      project->ns, PROJECT_SETTINGS_NAME);
        json_set(settings, json_array(), "spec", "groupAccess");
        plan_apply(project->plan, &KUBE_PROJECT_SETTINGS, settings, PLAN_CREATE, NULL,
                   "create default settings");
        step_waits(project, STEP_SETTINGS, "the ProjectSettings are written");
    }
}

/* ---- the runner's secret: made once, and never touched again */

static const char *runner_secret_name(const struct project *project)
{
    const cJSON *settings = observed_get(project->in->observed, &KUBE_PROJECT_SETTINGS,
                                         project->ns, PROJECT_SETTINGS_NAME);
    const char *chosen = json_str(settings, "spec", "runnerSecretsName");
    return chosen && *chosen ? chosen : RUNNER_SECRET;
}

/* Not owned: garbage collection would take the user's key with the Project. */
static cJSON *empty_secret(const struct project *project)
{
    cJSON *secret =
        kube_object(project->arena, &KUBE_SECRETS, project->ns, RUNNER_SECRET);
    json_set_str(secret, RUNNER_SECRET, "metadata", "labels", "app");
    json_set_str(secret, "true", "metadata", "annotations",
                 AMBIENT_ANNOTATION_RUNNER_SECRET);
    json_set_str(secret, "Opaque", "type");
    json_set_str(secret, "", "data", RUNNER_SECRET_KEY);
    return secret;
}

static void create_secret(struct project *project)
{
    const struct err *failure = observed_failure(project->in->observed, &KUBE_SECRETS,
                                                 project->ns, RUNNER_SECRET);
    if (failure) {
        step_refused(
            project, STEP_SECRETS,
            arena_printf(project->arena, "Secret %s/%s", project->ns, RUNNER_SECRET),
            failure);
        return;
    }
    plan_apply(project->plan, &KUBE_SECRETS, empty_secret(project), PLAN_CREATE, NULL,
               "create the runner's secret");
    step_waits(project, STEP_SECRETS, "the runner's secret is written");
}

void step_secrets(struct project *project)
{
    const char *name = runner_secret_name(project);
    if (!observed_complete(project->in->observed, &KUBE_SECRETS, project->ns)) {
        step_waits(project, STEP_SECRETS,
                   arena_printf(project->arena,
                                "the Secrets of namespace %s cannot be listed yet",
                                project->ns));
        return;
    }
    bool there = observed_get(project->in->observed, &KUBE_SECRETS, project->ns, name);
    if (there)
        step_holds(project, STEP_SECRETS, "Found",
                   arena_printf(project->arena, "Secret %s is there", name));
    else if (strcmp(name, RUNNER_SECRET) == 0)
        create_secret(project);
    else
        step_fails(project, STEP_SECRETS, "SecretNotFound",
                   arena_printf(project->arena,
                                "Secret %s/%s, which ProjectSettings name, does not "
                                "exist",
                                project->ns, name));
}

/* ---- limits */

/* The user's quantities over the default ones. Owned. */
static cJSON *quantities(const cJSON *chosen, const char *cpu, const char *memory)
{
    cJSON *wanted = json_object();
    json_set_str(wanted, cpu, "cpu");
    json_set_str(wanted, memory, "memory");
    if (chosen)
        json_merge(wanted, chosen);
    return wanted;
}

static bool ensure_limit_range(struct project *project)
{
    const cJSON *limits = json_at(project->object, "spec", "limits");
    cJSON *object = project_child(project, &KUBE_LIMIT_RANGES, project->ns,
                                  "ambient-default-limits");
    cJSON *limit =
        json_push(json_set(object, json_array(), "spec", "limits"), json_object());
    json_set_str(limit, "Container", "type");
    json_set(limit, quantities(json_at(limits, "default"), "2", "4Gi"), "default");
    json_set(limit, quantities(json_at(limits, "defaultRequest"), "250m", "256Mi"),
             "defaultRequest");
    return project_ensure(project, STEP_LIMITS, &KUBE_LIMIT_RANGES, object,
                          "write the default limits");
}

/* A quota that is wished for no more goes. */
static bool remove_quota(struct project *project, const char *name)
{
    struct observed *observed = project->in->observed;
    const cJSON *live =
        observed_get(observed, &KUBE_RESOURCE_QUOTAS, project->ns, name);
    if (!live || !child_is_owned(live, project->uid))
        return true;
    const struct err *failure =
        observed_failure(observed, &KUBE_RESOURCE_QUOTAS, project->ns, name);
    if (failure) {
        step_refused(project, STEP_LIMITS, "deleting the quota", failure);
    } else {
        plan_delete(project->plan, &KUBE_RESOURCE_QUOTAS, live, "remove the quota");
        step_waits(project, STEP_LIMITS, "the quota is removed");
    }
    return false;
}

static bool ensure_quota(struct project *project)
{
    static const char NAME[] = "ambient-project-quota";
    const cJSON *hard = json_at(project->object, "spec", "quota", "hard");
    if (!hard)
        return remove_quota(project, NAME);
    cJSON *object = project_child(project, &KUBE_RESOURCE_QUOTAS, project->ns, NAME);
    json_set(object, json_copy(hard), "spec", "hard");
    return project_ensure(project, STEP_LIMITS, &KUBE_RESOURCE_QUOTAS, object,
                          "write the quota");
}

void step_limits(struct project *project)
{
    bool limits = ensure_limit_range(project), quota = ensure_quota(project);
    if (limits && quota)
        step_holds(project, STEP_LIMITS, "InPlace", "limits and quota are in place");
}
