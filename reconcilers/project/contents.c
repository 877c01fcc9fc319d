#include "kubeclient/api/object.h"
#include "kubeclient/api/quantity.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

#define QUOTA "ambient-project-quota"

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

/* The API server writes quantities its own way, "1" for 1000m: what is equal takes the
 * words of the live object, for it is no reason to write again. */
static void take_words(cJSON *wanted, const cJSON *live)
{
    json_each (amount, live) {
        const cJSON *own = json_at(wanted, amount->string);
        struct quantity one, other;
        if (own && quantity_from_json(own, &one) &&
            quantity_from_json(amount, &other) && quantity_compare(&one, &other) == 0)
            json_set(wanted, json_copy(amount), amount->string);
    }
}

/* As the API server does, so that it finds nothing to add: a limit is the request of
 * those that name none. */
static void complete_requests(cJSON *requests, const cJSON *limits)
{
    json_each (amount, limits) {
        if (!json_at(requests, amount->string))
            json_set(requests, json_copy(amount), amount->string);
    }
}

/* The user's quantities over the default ones. Owned. */
static cJSON *quantities(const cJSON *chosen, const char *cpu, const char *memory,
                         const cJSON *live)
{
    cJSON *wanted = json_object();
    json_set_str(wanted, cpu, "cpu");
    json_set_str(wanted, memory, "memory");
    if (chosen)
        json_merge(wanted, chosen);
    take_words(wanted, live);
    return wanted;
}

/* What a Project had for its namespace, and was to keep it, stays as it is. */
static bool is_kept(const struct project *project, const cJSON *live)
{
    return !project->object && live && !child_is_owned(live, project->uid) &&
           child_may_be_taken(live, project->owner_resource);
}

static cJSON *wanted_limit(const struct project *project, const cJSON *live)
{
    const cJSON *chosen = json_at(project->object, "spec", "limits");
    const cJSON *list = json_at(live, "spec", "limits");
    const cJSON *now = list ? list->child : NULL;
    cJSON *limit = json_object();
    json_set_str(limit, "Container", "type");
    cJSON *limits = json_set(
        limit,
        quantities(json_at(chosen, "default"), "2", "4Gi", json_at(now, "default")),
        "default");
    cJSON *requests = json_set(limit,
                               quantities(json_at(chosen, "defaultRequest"), "250m",
                                          "256Mi", json_at(now, "defaultRequest")),
                               "defaultRequest");
    complete_requests(requests, limits);
    return limit;
}

static bool ensure_limit_range(struct project *project)
{
    const cJSON *live = observed_get(project->in->observed, &KUBE_LIMIT_RANGES,
                                     project->ns, PROJECT_LIMIT_RANGE);
    if (is_kept(project, live))
        return true;
    cJSON *object =
        project_child(project, &KUBE_LIMIT_RANGES, project->ns, PROJECT_LIMIT_RANGE);
    json_push(json_set(object, json_array(), "spec", "limits"),
              wanted_limit(project, live));
    return project_ensure(project, STEP_LIMITS, &KUBE_LIMIT_RANGES, object,
                          "write the default limits");
}

/* A quota that is wished for no more goes. */
static bool remove_quota(struct project *project)
{
    struct observed *observed = project->in->observed;
    const cJSON *live =
        observed_get(observed, &KUBE_RESOURCE_QUOTAS, project->ns, QUOTA);
    if (!live || !project->object || !project_may_write(project, live))
        return true;
    const struct err *failure =
        observed_failure(observed, &KUBE_RESOURCE_QUOTAS, project->ns, QUOTA);
    if (failure) {
        step_refused(project, STEP_LIMITS, "deleting the quota", failure);
    } else {
        if (!kube_deleting(live))
            plan_delete(project->plan, &KUBE_RESOURCE_QUOTAS, live, "remove the quota");
        step_waits(project, STEP_LIMITS, "the quota is removed");
    }
    return false;
}

static bool ensure_quota(struct project *project)
{
    const cJSON *hard = json_at(project->object, "spec", "quota", "hard");
    if (!hard)
        return remove_quota(project);
    cJSON *object = project_child(project, &KUBE_RESOURCE_QUOTAS, project->ns, QUOTA);
    cJSON *wanted = json_set(object, json_copy(hard), "spec", "hard");
    take_words(wanted, json_at(observed_get(project->in->observed,
                                            &KUBE_RESOURCE_QUOTAS, project->ns, QUOTA),
                               "spec", "hard"));
    return project_ensure(project, STEP_LIMITS, &KUBE_RESOURCE_QUOTAS, object,
                          "write the quota");
}

void step_limits(struct project *project)
{
    bool limits = ensure_limit_range(project), quota = ensure_quota(project);
    if (limits && quota)
        step_holds(project, STEP_LIMITS, "InPlace", "limits and quota are in place");
}
