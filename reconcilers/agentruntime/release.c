#include "reconcilers/agentruntime/release.h"

#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/desired.h"
#include "reconcilers/agentruntime/enrol.h"
#include "reconcilers/agentruntime/ownership.h"
#include "reconcilers/agentruntime/status.h"
#include "reconcilers/agentruntime/takeover.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

/* "; container side mounts volume skill-a at /x" for each mount of others that keeps a
 * volume of Berth's from going. */
static const char *foreign_mounts(struct arena *arena, const cJSON *workload)
{
    static const char *const LISTS[] = {"containers", "initContainers"};
    const char *text = "";
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        const cJSON *list = json_at(workload, "spec", "template", "spec", LISTS[i]);
        json_each (container, list) {
            const char *name = json_str_or(container, "", "name");
            json_each (mount, json_at(container, "volumeMounts")) {
                const char *volume = json_str_or(mount, "", "name");
                const char *at = json_str_or(mount, "", "mountPath");
                struct field_path volume_path = path_of_volume(arena, volume);
                struct field_path mount_path = path_of_mount(arena, name, at);
                if (owned_by_berth(workload, &volume_path) &&
                    !owned_by_berth(workload, &mount_path))
                    text =
                        arena_printf(arena, "%s; container %s mounts volume %s at %s",
                                     text, name, volume, at);
            }
        }
    }
    return text;
}

static void note_refusal(struct arena *arena, const struct held_workload *held,
                         const struct err *failure, struct outcome *outcome)
{
    bool refused = failure->kind == ERR_FORBIDDEN || failure->kind == ERR_INVALID;
    outcome_block(outcome, refused ? "ReleaseRefused" : verdict_reason_of(failure),
                  arena_printf(arena, "releasing %s %s: %s%s", held->resource->kind,
                               kube_name(held->object), failure->msg,
                               foreign_mounts(arena, held->object)));
}

/* Plans the successor's apply in place of a release, so that the pods roll once; false:
 * nobody waits for the workload who could have it now. */
static bool hand_over(const struct reconcile_input *in, struct plan *plan,
                      const struct held_workload *held, const char *from)
{
    const cJSON *successor =
        winner_of_target(plan->arena, in->observed, held->resource,
                         kube_namespace(held->object), kube_name(held->object));
    if (!successor || strcmp(kube_name(successor), from) == 0)
        return false;
    struct enrolment e = enrolment_read(plan->arena, in, successor);
    if (e.spec.suspend || runtime_spec_problem(plan->arena, successor))
        return false;
    struct plan *scratch = plan_new(plan->arena);
    struct outcome outcome = {0};
    enrol(&e, scratch, &outcome);
    if (outcome.obstacle.reason)
        return false;
    struct plan_write **end = &plan->writes;
    while (*end)
        end = &(*end)->next;
    *end = scratch->writes;
    return true;
}

static void let_go(const struct reconcile_input *in, struct plan *plan,
                   const struct held_workload *held, struct outcome *outcome)
{
    const char *ns = kube_namespace(held->object), *name = kube_name(held->object);
    const struct err *failure =
        observed_failure(in->observed, held->resource, ns, name);
    if (failure) {
        plan->retry = true;
        note_refusal(plan->arena, held, failure, outcome);
    } else if (!hand_over(in, plan, held, in->key.name))
        plan_apply(plan, held->resource,
                   released_intent(plan->arena, held->resource, held->object),
                   PLAN_UPDATE, held->object, "release the workload");
}

bool release_workloads(const struct reconcile_input *in, struct plan *plan,
                       const cJSON *runtime, const struct held_workload *keep,
                       struct outcome *outcome)
{
    struct held_workload *held =
        workloads_held(plan->arena, in->observed, in->key.ns, in->key.name,
                       json_at(runtime, "status", "target"));
    bool done = true;
    for (; held; held = held->next) {
        if (keep && held->resource == keep->resource &&
            strcmp(kube_name(held->object), kube_name(keep->object)) == 0)
            continue;
        let_go(in, plan, held, outcome);
        done = false;
    }
    return done;
}

/* What Berth put on the target must be Berth's before an empty apply takes it off. */
static bool take_back_lost(const struct reconcile_input *in, struct plan *plan,
                           const cJSON *runtime)
{
    struct enrolment e = enrolment_read(plan->arena, in, runtime);
    if (!target_is_known(&e) ||
        observed_failure(in->observed, e.resource, e.ns, e.spec.target.name))
        return false;
    cJSON *moves = takeover_patch_for_release(&e);
    if (!moves)
        return false;
    plan_patch(plan, PLAN_JSON_PATCH, e.resource, e.target, moves,
               "take ownership back before the release");
    return true;
}

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_PENDING };

/* Asked only after a refusal: in a namespace that is going, workloads go anyway. */
static enum answer namespace_is_going(const struct reconcile_input *in,
                                      struct plan *plan)
{
    const cJSON *namespace = NULL;
    switch (observed_fetched(in->observed, &KUBE_NAMESPACES, "", in->key.ns, &namespace,
                             NULL)) {
    case LOOKUP_UNKNOWN:
        plan_need(plan, &KUBE_NAMESPACES, "", in->key.ns);
        return ANSWER_PENDING;
    case LOOKUP_ABSENT:
        return ANSWER_YES;
    case LOOKUP_FOUND:
        return kube_deleting(namespace) ? ANSWER_YES : ANSWER_NO;
    case LOOKUP_FAILED:
        break;
    }
    return ANSWER_NO;
}

/* Takes Berth's mark off what is left as it is: a workload that bears it and has no
 * runtime any more is released otherwise. No pod is touched by that. */
static void forget_workloads(const struct reconcile_input *in, struct plan *plan,
                             const cJSON *runtime)
{
    const struct held_workload *held =
        workloads_held(plan->arena, in->observed, in->key.ns, in->key.name,
                       json_at(runtime, "status", "target"));
    for (; held; held = held->next) {
        const char *name = kube_name(held->object);
        if (!kube_annotation(held->object, ANNOTATION_RUNTIME) ||
            observed_failure(in->observed, held->resource, in->key.ns, name))
            continue;
        cJSON *patch = json_object();
        json_set_str(patch, kube_uid(held->object), "metadata", "uid");
        json_set_str(patch, kube_resource_version(held->object), "metadata",
                     "resourceVersion");
        json_set(patch, json_null(), "metadata", "annotations", ANNOTATION_RUNTIME);
        plan_patch(plan, PLAN_MERGE_PATCH, held->resource, held->object, patch,
                   "leave the workload as it is");
    }
}

static void drop_finalizer(struct plan *plan, const cJSON *runtime, const char *why)
{
    plan->retry = false;
    plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_AGENT_RUNTIMES, runtime,
               kube_finalizer_patch(runtime, FINALIZER_CLEANUP, false), why);
}

void plan_deletion(const struct reconcile_input *in, struct plan *plan,
                   const cJSON *runtime)
{
    if (!kube_has_finalizer(runtime, FINALIZER_CLEANUP))
        return;
    const struct err *failure =
        observed_failure(in->observed, &KUBE_AGENT_RUNTIMES, in->key.ns, in->key.name);
    struct outcome outcome = {0};
    if (failure) {
        plan->retry = true;
        outcome_block(
            &outcome, verdict_reason_of(failure),
            arena_printf(plan->arena, "removing the finalizer: %s", failure->msg));
        plan_status_of_deletion(in, plan, runtime, &outcome);
        return;
    }
    const char *abandon = kube_annotation(runtime, ANNOTATION_ABANDON);
    if (abandon && strcmp(abandon, "true") == 0) {
        forget_workloads(in, plan, runtime);
        drop_finalizer(plan, runtime, "remove the finalizer, the workload stays");
        return;
    }
    if (take_back_lost(in, plan, runtime))
        return;
    if (release_workloads(in, plan, runtime, NULL, &outcome)) {
        drop_finalizer(plan, runtime, "remove the finalizer, all is released");
        return;
    }
    if (!outcome.obstacle.reason)
        return;
    switch (namespace_is_going(in, plan)) {
    case ANSWER_YES:
        drop_finalizer(plan, runtime, "remove the finalizer, the namespace is going");
        break;
    case ANSWER_NO:
        plan_status_of_deletion(in, plan, runtime, &outcome);
        break;
    case ANSWER_PENDING:
        break;
    }
}

bool plan_gone(const struct reconcile_input *in, struct plan *plan, struct err *err)
{
    if (!workloads_held(plan->arena, in->observed, in->key.ns, in->key.name, NULL))
        return true;
    if (!observed_served(in->observed, &KUBE_AGENT_RUNTIMES))
        return err_set(err, ERR_UNAVAILABLE,
                       "workloads of runtime %s/%s are not released: the API server "
                       "does not serve AgentRuntimes",
                       in->key.ns, in->key.name);
    const struct err *failure = NULL;
    struct outcome outcome = {0};
    switch (observed_fetched(in->observed, &KUBE_AGENT_RUNTIMES, in->key.ns,
                             in->key.name, NULL, &failure)) {
    case LOOKUP_UNKNOWN:
        plan_need(plan, &KUBE_AGENT_RUNTIMES, in->key.ns, in->key.name);
        return true;
    case LOOKUP_FOUND:
        return true; /* the cache will have it soon, and then it is planned again */
    case LOOKUP_FAILED:
        *err = *failure;
        return err_wrap(err, "is runtime %s/%s gone?", in->key.ns, in->key.name);
    case LOOKUP_ABSENT:
        break;
    }
    release_workloads(in, plan, NULL, NULL, &outcome);
    if (outcome.obstacle.reason)
        return err_set(err, ERR_INVALID, "%s: %s", outcome.obstacle.reason,
                       outcome.obstacle.message);
    return true;
}
