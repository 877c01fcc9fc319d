#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/cluster/cluster_state.h"
#include "test/apiserver/cluster/pod_stage.h"

#include <string.h>

#define OUTCOME_PREFIX "play.berth.dev/"
#define OUTCOME_ANNOTATION OUTCOME_PREFIX "outcome"

enum { GRACE_S = 30 };

/* The pod's own word, that of its namespace for a pod of its name, or that for all. */
static struct outcome outcome_for(struct cluster *cluster, const cJSON *pod)
{
    const cJSON *ns =
        informer_get(cluster, CLUSTER_NAMESPACES,
                     arena_printf(cluster->arena, "/%s", kube_namespace(pod)));
    const char *word = kube_annotation(pod, OUTCOME_ANNOTATION);
    if (!word)
        word = kube_annotation(
            ns, arena_printf(cluster->arena, OUTCOME_PREFIX "%s", kube_name(pod)));
    return outcome_of(word ? word : kube_annotation(ns, OUTCOME_ANNOTATION));
}

static bool put_stage(struct cluster *cluster, const cJSON *pod, struct pod_stage stage,
                      const struct outcome *outcome)
{
    auto_json cJSON *object = json_copy(pod);
    json_set(object, pod_stage_status(pod, stage, outcome, timestamp(cluster)),
             "status");
    return call_put(cluster, CLUSTER_PODS, object, "status");
}

/* ---- the scheduler's part */

static void bind(struct cluster *cluster, const cJSON *pod)
{
    auto_json cJSON *binding = json_object();
    json_set_str(binding, "v1", "apiVersion");
    json_set_str(binding, "Binding", "kind");
    json_set_str(binding, kube_name(pod), "metadata", "name");
    json_set_str(binding, "Node", "target", "kind");
    json_set_str(binding, "play", "target", "name");
    call_post(cluster,
              arena_printf(cluster->arena, "/api/v1/namespaces/%s/pods/%s/binding",
                           kube_namespace(pod), kube_name(pod)),
              binding);
}

static void put_unschedulable(struct cluster *cluster, const cJSON *pod,
                              const struct outcome *outcome)
{
    if (condition_find(json_at(pod, "status", "conditions"), "PodScheduled"))
        return;
    auto_json cJSON *object = json_copy(pod);
    cJSON *list = json_set(object, json_array(), "status", "conditions");
    cJSON *condition = json_push(list, json_object());
    json_set_str(condition, "PodScheduled", "type");
    json_set_str(condition, "False", "status");
    json_set_str(condition, "Unschedulable", "reason");
    json_set_str(condition, outcome->message, "message");
    json_set_str(condition, timestamp(cluster), "lastTransitionTime");
    call_put(cluster, CLUSTER_PODS, object, "status");
}

static void schedule(struct cluster *cluster, const cJSON *pod,
                     const struct outcome *outcome)
{
    if (outcome->unschedulable)
        put_unschedulable(cluster, pod, outcome);
    else
        bind(cluster, pod);
}

/* ---- the way through the stages */

static bool restarts(const cJSON *pod, const struct outcome *outcome)
{
    const char *policy = json_str_or(pod, "Always", "spec", "restartPolicy");
    if (outcome->pod_reason || strcmp(policy, "Never") == 0)
        return false;
    return outcome->exit_code || strcmp(policy, "Always") == 0;
}

/* Milliseconds in a stage; -1: it is the last. */
static int64_t stay_ms(const cJSON *pod, struct pod_stage now,
                       const struct outcome *outcome)
{
    switch (now.stage) {
    case STAGE_NEW:
    case STAGE_SCHEDULED:
        return 0;
    case STAGE_CREATING:
        return OUTCOME_CREATE_MS;
    case STAGE_INIT:
        return pod_sidecar_waits(pod, now, outcome) ? -1 : OUTCOME_INIT_MS;
    case STAGE_RUNNING:
        if (outcome->waiting)
            return -1;
        if (outcome->never_ready)
            return outcome->ends ? OUTCOME_READY_MS : -1;
        return OUTCOME_READY_MS;
    case STAGE_READY:
        return outcome->ends ? OUTCOME_END_MS : -1;
    case STAGE_BACK_OFF:
    case STAGE_ENDED:
        break;
    }
    return -1;
}

static struct pod_stage next_stage(const cJSON *pod, struct pod_stage now,
                                   const struct outcome *outcome)
{
    size_t inits = json_count(json_at(pod, "spec", "initContainers"));
    enum stage end = restarts(pod, outcome) ? STAGE_BACK_OFF : STAGE_ENDED;
    switch (now.stage) {
    case STAGE_CREATING:
        return (struct pod_stage){inits ? STAGE_INIT : STAGE_RUNNING, 0};
    case STAGE_INIT:
        now.inits++;
        return (struct pod_stage){now.inits < inits ? STAGE_INIT : STAGE_RUNNING,
                                  now.inits};
    case STAGE_RUNNING:
        return (struct pod_stage){outcome->never_ready ? end : STAGE_READY, now.inits};
    case STAGE_READY:
        return (struct pod_stage){end, now.inits};
    case STAGE_NEW:
    case STAGE_SCHEDULED:
    case STAGE_BACK_OFF:
    case STAGE_ENDED:
        break;
    }
    return (struct pod_stage){STAGE_CREATING, 0};
}

/* A stage is left when its time is over. Statuses tell whole seconds only: a timer that
 * is set knows better. */
static void play(struct cluster *cluster, const cJSON *pod, const char *key)
{
    struct outcome outcome = outcome_for(cluster, pod);
    struct pod_stage stage = pod_stage_of(pod);
    int64_t stay = stay_ms(pod, stage, &outcome);
    if (stage.stage == STAGE_NEW) {
        schedule(cluster, pod, &outcome);
        return;
    }
    if (stay < 0 || task_is_delayed(cluster, CLUSTER_PODS, key))
        return;
    int64_t left = pod_stage_since_ms(pod) + stay - cluster->now.wall_ms;
    if (stay > 0 && left > 0) {
        task_add_later(cluster, CLUSTER_PODS, key, left);
        return;
    }
    struct pod_stage next = next_stage(pod, stage, &outcome);
    stay = stay_ms(pod, next, &outcome);
    if (put_stage(cluster, pod, next, &outcome) && stay > 0)
        task_add_later(cluster, CLUSTER_PODS, key, stay);
}

/* ---- the end */

/* When the containers of a deleted pod have ended, wall clock milliseconds. */
static int64_t stopped_ms(struct cluster *cluster, const cJSON *pod)
{
    struct outcome outcome = outcome_for(cluster, pod);
    int64_t killed_ms,
        grace_s = json_int(pod, GRACE_S, "metadata", "deletionGracePeriodSeconds");
    if (!rfc3339_parse(json_str_or(pod, "", "metadata", "deletionTimestamp"),
                       &killed_ms))
        return 0;
    int64_t stopped = killed_ms - 1000 * grace_s + OUTCOME_STOP_MS;
    return outcome.stubborn || stopped > killed_ms ? killed_ms : stopped;
}

static void stop(struct cluster *cluster, const cJSON *pod, const char *key)
{
    const struct outcome stopped = {.word = "stopped",
                                    .exit_code = outcome_for(cluster, pod).stubborn
                                                     ? OUTCOME_KILLED
                                                     : OUTCOME_TERMINATED};
    int64_t left = stopped_ms(cluster, pod) - cluster->now.wall_ms;
    struct pod_stage stage = pod_stage_of(pod);
    if (left > 0) {
        task_add_later(cluster, CLUSTER_PODS, key, left);
        return;
    }
    if (stage.stage > STAGE_CREATING && stage.stage < STAGE_ENDED) {
        put_stage(cluster, pod, (struct pod_stage){STAGE_ENDED, stage.inits}, &stopped);
        return;
    }
    call_delete_now(cluster, CLUSTER_PODS, pod);
}

void sync_pod(struct cluster *cluster, const char *key)
{
    const cJSON *pod = informer_get(cluster, CLUSTER_PODS, key);
    if (!pod || !cluster->options.kubelet)
        return;
    if (!kube_deleting(pod))
        play(cluster, pod, key);
    else if (json_at(pod, "spec", "nodeName"))
        stop(cluster, pod, key);
}
