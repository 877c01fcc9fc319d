#include "reconcilers/agentruntime/agentruntime.h"

#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/claims.h"
#include "reconcilers/agentruntime/enrol.h"
#include "reconcilers/agentruntime/release.h"
#include "reconcilers/agentruntime/status.h"
#include "reconcilers/agentruntime/watches.h"

#include <string.h>

static bool is_usable_target(const struct enrolment *e, struct outcome *outcome)
{
    const struct target_ref *target = &e->spec.target;
    if (!e->resource)
        outcome->resolved = (struct verdict){
            "UnsupportedWorkloadKind",
            arena_printf(e->arena,
                         "%s %s: a Deployment or StatefulSet of apps/v1, or a Sandbox "
                         "of agents.x-k8s.io/v1alpha1 is needed",
                         target->api_version, target->kind)};
    else if (!observed_served(e->observed, e->resource))
        outcome->resolved = (struct verdict){
            "TargetNotFound",
            arena_printf(e->arena, "the API server does not serve %s %s",
                         target->api_version, target->kind)};
    else if (!e->target)
        outcome->resolved = (struct verdict){
            "TargetNotFound",
            arena_printf(e->arena, "%s does not exist", enrolment_target_text(e))};
    if (outcome->resolved.reason)
        outcome_block(outcome, outcome->resolved.reason, outcome->resolved.message);
    return !outcome->resolved.reason;
}

static bool wins_target(const struct enrolment *e, struct outcome *outcome)
{
    const cJSON *winner = winner_of_target(e->arena, e->observed, e->resource, e->ns,
                                           e->spec.target.name);
    if (!winner || strcmp(kube_name(winner), e->name) == 0)
        return true;
    outcome_block(outcome, "TargetConflict",
                  arena_printf(e->arena, "%s belongs to the older AgentRuntime %s",
                               enrolment_target_text(e), kube_name(winner)));
    return false;
}

static void release_former_targets(const struct reconcile_input *in,
                                   const struct enrolment *e, struct plan *plan,
                                   struct outcome *outcome)
{
    const struct held_workload present = {.resource = e->resource, .object = e->target};
    release_workloads(in, plan, e->runtime, e->target ? &present : NULL, outcome);
}

static bool plan_runtime(const struct reconcile_input *in, struct plan *plan,
                         struct err *err)
{
    /* With what this reconcile has written so far; in->primary is how it began. */
    const cJSON *runtime =
        observed_get(in->observed, &KUBE_AGENT_RUNTIMES, in->key.ns, in->key.name);
    if (!runtime)
        return plan_gone(in, plan, err);
    if (kube_deleting(runtime)) {
        plan_deletion(in, plan, runtime);
        return true;
    }
    struct outcome outcome = {0};
    const struct enrolment e = enrolment_read(plan->arena, in, runtime);
    const char *problem = runtime_spec_problem(plan->arena, runtime);
    if (problem) {
        outcome.accepted = (struct verdict){"InvalidSpec", problem};
        outcome_block(&outcome, "InvalidSpec", problem);
    } else {
        release_former_targets(in, &e, plan, &outcome);
        if (is_usable_target(&e, &outcome) && wins_target(&e, &outcome)) {
            if (e.spec.suspend)
                enrol_suspended(&e, plan, &outcome);
            else
                enrol(&e, plan, &outcome);
        }
    }
    plan_status(&e, &outcome, plan);
    return true;
}

const struct reconciler agentruntime_reconciler = {
    .name = "agentruntime",
    .primary = &KUBE_AGENT_RUNTIMES,
    .watches = agentruntime_watches,
    .plan = plan_runtime,
};
