#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "reconcilers/project/project_plan.h"

#include <string.h>

static const char *const CONDITIONS[PROJECT_STEPS] = {
    [STEP_NAMESPACE] = "NamespaceReady",
    [STEP_RBAC] = "RBACReady",
    [STEP_IMAGE_ACCESS] = "ImageAccessReady",
    [STEP_SETTINGS] = "SettingsReady",
    [STEP_SECRETS] = "SecretsReady",
    [STEP_LIMITS] = "LimitsReady",
    [STEP_NETWORK_POLICY] = "NetworkPolicyReady",
    [STEP_POLICY] = "PolicyReady",
    [STEP_GROUP_ACCESS] = "GroupAccessReady",
};

struct conditions {
    cJSON *list;
    struct condition_context context;
};

static void set(struct conditions *conditions, const char *type, bool holds,
                const struct verdict *verdict)
{
    const struct condition condition = {
        .type = type,
        .status = holds ? CONDITION_TRUE : CONDITION_FALSE,
        .reason = verdict->reason,
        .message = verdict->message,
    };
    condition_set(conditions->list, &conditions->context, &condition);
}

/* What was not looked at keeps its word: of a namespace that is not there nothing is
 * known anew. */
static void keep(struct conditions *conditions, const char *type)
{
    const cJSON *former = condition_find(conditions->context.former, type);
    if (former)
        json_push(conditions->list, json_copy(former));
}

static bool waits(const struct step_state *state)
{
    return strcmp(state->verdict.reason, "Pending") == 0;
}

/* The first step that failed, or else the first that waits; PROJECT_STEPS: all hold. */
static enum project_step obstacle(const struct project *project)
{
    enum project_step found = PROJECT_STEPS;
    for (enum project_step step = PROJECT_STEPS; step-- > 0;) {
        const struct step_state *state = &project->steps[step];
        bool failed = !state->holds && state->verdict.reason;
        if (failed &&
            (found == PROJECT_STEPS || !waits(state) || waits(&project->steps[found])))
            found = step;
    }
    return found;
}

static const char *messages(const struct project *project)
{
    const char *text = "";
    for (enum project_step step = 0; step < PROJECT_STEPS; step++) {
        const struct step_state *state = &project->steps[step];
        if (!state->holds && state->verdict.reason)
            text = arena_printf(project->arena, "%s%s%s: %s", text, *text ? "; " : "",
                                CONDITIONS[step], state->verdict.message);
    }
    return text;
}

static void set_ready(const struct project *project, struct conditions *conditions)
{
    enum project_step step = obstacle(project);
    struct verdict verdict = {"Ready", project->object
                                           ? "everything that sessions need is in place"
                                           : "what the settings ask for is in place"};
    if (kube_deleting(project->owner))
        verdict = (struct verdict){"Terminating", "the Project is being deleted"};
    if (step < PROJECT_STEPS)
        verdict =
            (struct verdict){project->steps[step].verdict.reason, messages(project)};
    set(conditions, "Ready", step == PROJECT_STEPS && !kube_deleting(project->owner),
        &verdict);
}

static const char *phase_of(const struct project *project)
{
    enum project_step step = obstacle(project);
    if (kube_deleting(project->owner))
        return "Terminating";
    if (step == PROJECT_STEPS)
        return "Active";
    return waits(&project->steps[step]) ? "Pending" : "Failed";
}

/* ---- events on transition */

static bool is_told(const cJSON *former, const cJSON *condition)
{
    const char *type = json_str(condition, "type");
    bool waits = strcmp(json_str_or(condition, "", "reason"), "Pending") == 0;
    if (waits || strcmp(json_str_or(condition, "", "status"), "False") != 0)
        return false;
    return !condition_is(former, type, CONDITION_FALSE) ||
           strcmp(condition_reason(former, type),
                  json_str_or(condition, "", "reason")) != 0;
}

/* The end of the namespace is what the user asked for. */
static bool is_wanted(const struct project *project, const cJSON *condition)
{
    return kube_deleting(project->owner) &&
           strcmp(json_str_or(condition, "", "reason"), "Terminating") == 0;
}

static void plan_events(const struct project *project, const cJSON *former,
                        const cJSON *now)
{
    if (condition_is(now, "Ready", CONDITION_TRUE) &&
        !condition_is(former, "Ready", CONDITION_TRUE))
        plan_event(project->plan, false, "Ready", "Prepare", "%s",
                   json_str_or(condition_find(now, "Ready"), "", "message"));
    json_each (condition, now) {
        if (strcmp(json_str(condition, "type"), "Ready") != 0 &&
            is_told(former, condition))
            plan_event(project->plan, !is_wanted(project, condition),
                       arena_strdup(project->arena, json_str(condition, "reason")),
                       "Prepare", "%s", json_str_or(condition, "", "message"));
    }
}

/* Sets what every status has; the events tell what is new in it. */
static void fill_status(struct project *project, cJSON *status)
{
    json_set(status, json_number(kube_generation(project->owner)),
             "observedGeneration");
    struct conditions conditions = {
        .list = json_set(status, json_array(), "conditions"),
        .context =
            {
                .former = json_at(project->owner, "status", "conditions"),
                .observed_generation = kube_generation(project->owner),
                .now_ms = project->in->now_ms,
            },
    };
    for (enum project_step step = 0; step < PROJECT_STEPS; step++) {
        const struct step_state *state = &project->steps[step];
        if (state->verdict.reason)
            set(&conditions, CONDITIONS[step], state->holds, &state->verdict);
        else if (project->object)
            keep(&conditions, CONDITIONS[step]);
    }
    set_ready(project, &conditions);
    plan_events(project, conditions.context.former, conditions.list);
    plan_set_status(project->plan, status);
}

void plan_project_status(struct project *project)
{
    cJSON *status = json_object();
    json_set_str(status, phase_of(project), "phase");
    json_set_str(status, project->ns, "namespace");
    fill_status(project, status);
}

void plan_settings_status(struct project *project, size_t bindings)
{
    const struct step_state *limits = &project->steps[STEP_LIMITS];
    bool there = observed_get(project->in->observed, &KUBE_LIMIT_RANGES, project->ns,
                              PROJECT_LIMIT_RANGE);
    cJSON *status = json_object();
    json_set(status, json_number((int64_t)bindings), "groupBindingsCreated");
    json_set(status, json_boolean(limits->verdict.reason ? limits->holds : there),
             "limitRangeReady");
    fill_status(project, status);
}
