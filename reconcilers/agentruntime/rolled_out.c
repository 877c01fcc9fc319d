#include "reconcilers/agentruntime/rolled_out.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/claims.h"
#include "reconcilers/shared/labels.h"
#include "reconcilers/shared/pod_failures.h"
#include "reconcilers/shared/rollout.h"

#include <string.h>

static struct object_list pods_of(const struct enrolment *e)
{
    return observed_find(
        e->observed, &KUBE_PODS, PODS_BY_WORKLOAD,
        workload_index_value(e->arena, e->resource, e->ns, kube_name(e->target)));
}

static const char *hash_of(const cJSON *pod_or_template)
{
    const char *hash = kube_annotation(pod_or_template, ANNOTATION_CONFIG_HASH);
    return hash ? hash : "";
}

/* A pod of the present template that waits for a skill's image. */
static const char *find_pull_failure(const struct enrolment *e)
{
    const char *hash = hash_of(json_at(e->target, "spec", "template"));
    struct object_list pods = pods_of(e);
    for (size_t i = 0; i < pods.len; i++) {
        struct pull_failure failure;
        if (strcmp(hash_of(pods.items[i]), hash) == 0 &&
            pod_skill_pull_failure(pods.items[i], &e->spec.skills, &failure))
            return arena_printf(e->arena, "skill %s: image %s cannot be pulled: %s",
                                failure.skill->name, failure.skill->image,
                                failure.message);
    }
    return NULL;
}

/* What was said last, about a change that nobody has looked at yet and which is not
 * Berth's: most of those move no pod (an annotation does not). NULL: nothing, or Berth
 * changed the template since. */
static const cJSON *said_before(const struct enrolment *e,
                                const struct rollout *rollout)
{
    const cJSON *status = json_at(e->runtime, "status");
    const char *live = hash_of(json_at(e->target, "spec", "template"));
    if (rollout->state != ROLLOUT_UNSEEN ||
        strcmp(json_str_or(status, "", "configHash"), live) != 0)
        return NULL;
    return condition_find(json_at(status, "conditions"), "RolledOut");
}

struct rolled_out rolled_out_of(const struct enrolment *e)
{
    struct rollout rollout = e->resource == &KUBE_STATEFUL_SETS
                                 ? rollout_of_stateful_set(e->target)
                                 : rollout_of_deployment(e->target);
    const cJSON *before = said_before(e, &rollout);
    if (before)
        return (struct rolled_out){strcmp(json_str_or(before, "", "status"), "True") ==
                                       0,
                                   json_str_or(before, "RollingOut", "reason"),
                                   json_str_or(before, "", "message")};
    if (rollout.state == ROLLOUT_COMPLETE)
        return (struct rolled_out){true, "RolloutComplete", rollout.message};
    const char *failure = find_pull_failure(e);
    if (failure)
        return (struct rolled_out){false, "RolloutStalled", failure};
    return (struct rolled_out){
        false, rollout.state == ROLLOUT_STALLED ? "RolloutStalled" : "RollingOut",
        rollout.message};
}

size_t count_configured_pods(const struct enrolment *e)
{
    struct object_list pods = pods_of(e);
    size_t count = 0;
    for (size_t i = 0; i < pods.len; i++) {
        const char *type = kube_label(pods.items[i], LABEL_TYPE);
        count +=
            type && strcmp(type, e->spec.type) == 0 && !kube_deleting(pods.items[i]);
    }
    return count;
}
