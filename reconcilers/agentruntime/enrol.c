#include "reconcilers/agentruntime/enrol.h"

#include "kubeclient/api/intent.h"
#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/collisions.h"
#include "reconcilers/agentruntime/desired.h"
#include "reconcilers/agentruntime/dropped.h"
#include "reconcilers/agentruntime/ownership.h"
#include "reconcilers/agentruntime/takeover.h"
#include "reconcilers/shared/labels.h"

/* How often a server that drops image volumes is asked whether it still does. */
static const int64_t DROPPED_RETRY_MS = 60 * 60 * 1000;

/* The finalizer is there before the first thing that it has to clean up. */
static void ensure_finalizer(const struct enrolment *e, struct plan *plan)
{
    if (!kube_has_finalizer(e->runtime, FINALIZER_CLEANUP))
        plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_AGENT_RUNTIMES, e->runtime,
                   kube_finalizer_patch(e->runtime, FINALIZER_CLEANUP, true),
                   "add the finalizer");
}

static void apply(const struct enrolment *e, struct plan *plan, cJSON *intent,
                  const char *why)
{
    ensure_finalizer(e, plan);
    plan_apply(plan, e->resource, intent, PLAN_UPDATE, e->target, why);
}

/* A failed write is stated, not asked for again before the next reconcile. */
static bool failed_before(const struct enrolment *e, struct plan *plan,
                          struct outcome *outcome)
{
    const struct err *failure =
        observed_failure(e->observed, &KUBE_AGENT_RUNTIMES, e->ns, e->name);
    const char *doing = "adding the finalizer";
    if (!failure) {
        failure =
            observed_failure(e->observed, e->resource, e->ns, e->spec.target.name);
        doing = arena_printf(e->arena, "applying to %s", enrolment_target_text(e));
    }
    if (!failure)
        return false;
    plan->retry = true;
    outcome_block(outcome, verdict_reason_of(failure),
                  arena_printf(e->arena, "%s: %s", doing, failure->msg));
    return true;
}

static bool collides(const struct enrolment *e, struct outcome *outcome)
{
    struct collision label = find_label_collision(e);
    struct collision skills = find_skill_collision(e);
    if (label.reason)
        outcome_block(outcome, label.reason, label.message);
    if (skills.reason) {
        outcome_block(outcome, skills.reason, skills.message);
        outcome->mounted = (struct verdict){skills.reason, skills.message};
    }
    return label.reason || skills.reason;
}

/* The server holds all of `intent` but for what it dropped. */
static bool took(const struct enrolment *e, const cJSON *intent)
{
    const cJSON *whole = with_dropped_skills(e->arena, e->target, intent);
    return intent_check(e->arena, intent, whole, BERTH_FIELD_MANAGER).held;
}

/* Image volumes were dropped: what is left is to take SKILL_FOLDERS back, and to ask by
 * dry run whether the server keeps them now. */
static void enrol_dropped(const struct enrolment *e, struct plan *plan,
                          struct outcome *outcome)
{
    outcome->mounted = (struct verdict){
        "ImageVolumeUnsupported",
        "the API server drops image volumes: its feature gate ImageVolume is off"};
    outcome_block(outcome, outcome->mounted.reason, outcome->mounted.message);
    plan_requeue(plan, DROPPED_RETRY_MS);

    cJSON *full = json_adopt(e->arena, desired_intent(e));
    struct field_path folders = path_of_env(e->arena, e->container, ENV_SKILL_FOLDERS);
    if (took(e, full) && owned_by_berth(e->target, &folders)) {
        apply(e, plan, desired_intent_without_folders(e),
              "take SKILL_FOLDERS back, for the skills were dropped");
        return;
    }
    const cJSON *tried;
    switch (observed_tried(e->observed, e->resource, e->ns, e->spec.target.name, &tried,
                           NULL)) {
    case LOOKUP_UNKNOWN:
        plan_try(plan, e->resource, json_copy(full), e->target);
        break;
    case LOOKUP_FOUND:
        if (keeps_skills(tried, full))
            apply(e, plan, json_copy(full), "mount the skills, now that they are kept");
        break;
    case LOOKUP_ABSENT:
    case LOOKUP_FAILED:
        break;
    }
}

/* A Sandbox is labelled all the same. */
static void refuse_skills_of_sandbox(const struct enrolment *e, struct outcome *outcome)
{
    bool wanted =
        e->spec.skills.len > 0 && e->config->features.on[FEATURE_SKILL_IMAGE_VOLUMES];
    if (target_has_template(e) || !wanted)
        return;
    outcome->mounted = (struct verdict){"UnsupportedWorkloadKind",
                                        "skills cannot be mounted into a Sandbox"};
    outcome_block(outcome, outcome->mounted.reason, outcome->mounted.message);
}

void enrol(const struct enrolment *e, struct plan *plan, struct outcome *outcome)
{
    if (failed_before(e, plan, outcome))
        return;
    refuse_skills_of_sandbox(e, outcome);
    cJSON *moves = takeover_patch(e);
    if (moves) {
        ensure_finalizer(e, plan);
        plan_patch(plan, PLAN_JSON_PATCH, e->resource, e->target, moves,
                   "take ownership back");
        return;
    }
    if (collides(e, outcome))
        return;
    if (e->skills.len && skills_were_dropped(e->arena, e->target)) {
        enrol_dropped(e, plan, outcome);
        return;
    }
    apply(e, plan, desired_intent(e), "apply labels, hash and skills");
}

void enrol_suspended(const struct enrolment *e, struct plan *plan,
                     struct outcome *outcome)
{
    const cJSON *containers = json_at(managed_fields(e->target, &BERTH_MANAGER),
                                      "f:spec", "f:template", "f:spec", "f:containers");
    if (containers && !failed_before(e, plan, outcome)) {
        struct enrolment bare = enrolment_without_skills(e);
        apply(&bare, plan, desired_intent(&bare),
              "take the skills out while suspended");
    }
    if (e->spec.skills.len)
        outcome->mounted = (struct verdict){"Suspended", "the runtime is suspended"};
    outcome_block(outcome, "Suspended",
                  "the runtime is suspended: its target is not written to");
}
