#include "reconcilers/agentruntime/status.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/ownership.h"
#include "reconcilers/agentruntime/rolled_out.h"
#include "reconcilers/agentruntime/seen_skills.h"
#include "reconcilers/agentruntime/transitions.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

/* A list of conditions under construction. */
struct conditions {
    cJSON *list;
    struct condition_context context;
};

static void set(struct conditions *conditions, const char *type, bool holds,
                const char *reason, const char *message)
{
    const struct condition condition = {
        .type = type,
        .status = holds ? CONDITION_TRUE : CONDITION_FALSE,
        .reason = reason,
        .message = message,
    };
    condition_set(conditions->list, &conditions->context, &condition);
}

/* True with the given reason, or False with what the verdict says. */
static void judge(struct conditions *conditions, const char *type,
                  const struct verdict *verdict, const char *reason,
                  const char *message)
{
    if (verdict->reason)
        set(conditions, type, false, verdict->reason, verdict->message);
    else
        set(conditions, type, true, reason, message);
}

static struct verdict skills_verdict(const struct enrolment *e,
                                     const struct outcome *outcome)
{
    if (outcome->mounted.reason)
        return outcome->mounted;
    if (!e->config->features.on[FEATURE_SKILL_IMAGE_VOLUMES])
        return (struct verdict){"FeatureGateDisabled",
                                "the feature gate skillImageVolumes is off"};
    return outcome->obstacle;
}

static void set_skills_mounted(const struct enrolment *e, const struct outcome *outcome,
                               struct conditions *conditions)
{
    size_t len = e->spec.skills.len;
    if (len == 0)
        return;
    struct verdict verdict = skills_verdict(e, outcome);
    judge(conditions, "SkillsMounted", &verdict, "SkillsApplied",
          arena_printf(e->arena, "%zu skill%s mounted in container %s", len,
                       len == 1 ? "" : "s", e->container ? e->container : "?"));
}

static void set_rolled_out(const struct enrolment *e, struct conditions *conditions)
{
    if (!e->target || !target_has_template(e) || !holds_anything(e->target))
        return;
    struct rolled_out rolled = rolled_out_of(e);
    set(conditions, "RolledOut", rolled.complete, rolled.reason, rolled.message);
}

static void set_ready(const struct enrolment *e, const struct outcome *outcome,
                      struct conditions *conditions)
{
    judge(conditions, "Ready", &outcome->obstacle, "Configured",
          arena_printf(e->arena, "configuration %.12s is applied to %s", e->hash,
                       enrolment_target_text(e)));
}

/* The names in the annotation; where they cannot be read a condition says so, which
 * also keeps the event from being sent again. */
static void set_linked_skills(const struct enrolment *e, cJSON *status,
                              struct conditions *conditions)
{
    if (!e->config->features.on[FEATURE_SKILL_DISCOVERY])
        return;
    bool malformed;
    json_set(status, skills_as_linked(e, &malformed), "linkedSkills");
    if (malformed)
        set(conditions, "SkillsDiscovered", false, "SkillAnnotationParseError",
            arena_printf(e->arena, "annotation %s of %s is no JSON array of strings",
                         ANNOTATION_SKILLS, enrolment_target_text(e)));
}

static void set_target(const struct enrolment *e, cJSON *status)
{
    const char *holder = kube_annotation(e->target, ANNOTATION_RUNTIME);
    if (!holder || strcmp(holder, e->name) != 0 || !holds_anything(e->target)) {
        json_set(status, json_copy(json_at(e->runtime, "status", "target")), "target");
        return;
    }
    json_set_str(status, kube_api_version(e->arena, e->resource), "target",
                 "apiVersion");
    json_set_str(status, e->resource->kind, "target", "kind");
    json_set_str(status, kube_name(e->target), "target", "name");
    json_set_str(status, kube_uid(e->target), "target", "uid");
    json_set_str(
        status,
        kube_annotation(json_at(e->target, "spec", "template"), ANNOTATION_CONFIG_HASH),
        "configHash");
}

static struct conditions conditions_begin(const cJSON *runtime, cJSON *status,
                                          int64_t now_ms)
{
    json_set(status, json_number(kube_generation(runtime)), "observedGeneration");
    return (struct conditions){
        .list = json_set(status, json_array(), "conditions"),
        .context =
            {
                .former = json_at(runtime, "status", "conditions"),
                .observed_generation = kube_generation(runtime),
                .now_ms = now_ms,
            },
    };
}

static void finish(struct plan *plan, cJSON *status,
                   const struct conditions *conditions)
{
    bool ready = condition_is(conditions->list, "Ready", CONDITION_TRUE);
    json_set_str(status, ready ? "Active" : "Error", "phase");
    plan_transition_events(plan, conditions->context.former, conditions->list);
    plan_set_status(plan, status);
}

void plan_status(const struct enrolment *e, const struct outcome *outcome,
                 struct plan *plan)
{
    cJSON *status = json_object();
    struct conditions conditions = conditions_begin(e->runtime, status, e->now_ms);
    judge(&conditions, "Accepted", &outcome->accepted, "Accepted", "the spec is valid");
    set_target(e, status);
    if (!outcome->accepted.reason) {
        judge(&conditions, "TargetResolved", &outcome->resolved, "TargetFound",
              arena_printf(e->arena, "%s is there", enrolment_target_text(e)));
        set(&conditions, "ConfigResolved", true,
            e->defaults.warning ? "ConfigWarning" : "ConfigResolved",
            e->defaults.warning ? e->defaults.warning : "the defaults are merged");
        set_skills_mounted(e, outcome, &conditions);
    }
    set_rolled_out(e, &conditions);
    set_linked_skills(e, status, &conditions);
    set_ready(e, outcome, &conditions);
    json_set(status, skills_as_mounted(e), "skills");
    if (e->target && target_has_template(e))
        json_set(status, json_number((int64_t)count_configured_pods(e)),
                 "configuredPods");
    finish(plan, status, &conditions);
}

void plan_status_of_deletion(const struct reconcile_input *in, struct plan *plan,
                             const cJSON *runtime, const struct outcome *outcome)
{
    const cJSON *former = json_at(runtime, "status");
    cJSON *status = cJSON_IsObject(former) ? json_copy(former) : json_object();
    struct conditions conditions = conditions_begin(runtime, status, in->now_ms);
    json_each (condition, conditions.context.former) {
        if (strcmp(json_str_or(condition, "", "type"), "Ready") != 0)
            json_push(conditions.list, json_copy(condition));
    }
    set(&conditions, "Ready", false, outcome->obstacle.reason,
        outcome->obstacle.message);
    finish(plan, status, &conditions);
}
