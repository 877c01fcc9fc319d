#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/cluster/cluster_state.h"
#include "test/apiserver/cluster/outcomes.h"

#include <string.h>

#define OUTCOME_ANNOTATION "play.berth.dev/outcome"

/* How far a pod has come: each stage is one status, and the next comes after a time. */
enum stage { STAGE_NEW, STAGE_CREATING, STAGE_RUNNING, STAGE_READY, STAGE_ENDED };

static enum stage stage_of(const cJSON *pod)
{
    const cJSON *status = json_at(pod, "status");
    const char *phase = json_str_or(status, "", "phase");
    if (strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0)
        return STAGE_ENDED;
    if (pod_is_ready(pod))
        return STAGE_READY;
    if (strcmp(phase, "Running") == 0)
        return STAGE_RUNNING;
    return json_at(status, "startTime") ? STAGE_CREATING : STAGE_NEW;
}

static struct outcome outcome_for(struct cluster *cluster, const cJSON *pod)
{
    const cJSON *ns =
        informer_get(cluster, CLUSTER_NAMESPACES,
                     arena_printf(cluster->arena, "/%s", kube_namespace(pod)));
    const char *own = kube_annotation(pod, OUTCOME_ANNOTATION);
    return outcome_of(own ? own : kube_annotation(ns, OUTCOME_ANNOTATION));
}

/* ---- statuses */

static void add_condition(struct cluster *cluster, cJSON *status, const char *type,
                          bool holds, const char *reason, const char *message)
{
    cJSON *list = json_member(status, "conditions");
    cJSON *condition = json_push(
        list ? list : json_set(status, json_array(), "conditions"), json_object());
    json_set_str(condition, type, "type");
    json_set_str(condition, holds ? "True" : "False", "status");
    json_set_str(condition, timestamp(cluster), "lastTransitionTime");
    json_set_str(condition, reason, "reason");
    json_set_str(condition, message, "message");
}

static void set_state(struct cluster *cluster, cJSON *container, enum stage stage,
                      const struct outcome *outcome)
{
    const char *since = timestamp(cluster);
    if (outcome->waiting || stage == STAGE_CREATING) {
        json_set_str(container,
                     outcome->waiting ? outcome->waiting : "ContainerCreating", "state",
                     "waiting", "reason");
        json_set_str(container, outcome->message, "state", "waiting", "message");
    } else if (stage == STAGE_ENDED) {
        const char *reason = outcome->ending      ? outcome->ending
                             : outcome->exit_code ? "Error"
                                                  : "Completed";
        json_set(container, json_number(outcome->exit_code), "state", "terminated",
                 "exitCode");
        json_set_str(container, reason, "state", "terminated", "reason");
        json_set_str(container, since, "state", "terminated", "finishedAt");
        json_set_str(container, since, "state", "terminated", "startedAt");
    } else {
        json_set_str(container, since, "state", "running", "startedAt");
    }
}

static void add_containers(struct cluster *cluster, const cJSON *pod, cJSON *status,
                           enum stage stage, const struct outcome *outcome)
{
    static const struct {
        const char *spec, *status;
    } LISTS[] = {{"initContainers", "initContainerStatuses"},
                 {"containers", "containerStatuses"}};
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        const cJSON *specs = json_at(pod, "spec", LISTS[i].spec);
        if (!specs)
            continue;
        cJSON *list = json_set(status, json_array(), LISTS[i].status);
        json_each (spec, specs) {
            cJSON *container = json_push(list, json_object());
            json_set_str(container, json_str(spec, "name"), "name");
            json_set_str(container, json_str_or(spec, "", "image"), "image");
            json_set_str(container, "", "imageID");
            json_set(container, json_number(0), "restartCount");
            json_set(container, json_boolean(stage == STAGE_READY), "ready");
            json_set(container,
                     json_boolean(stage == STAGE_READY || stage == STAGE_RUNNING),
                     "started");
            set_state(cluster, container, stage, outcome);
        }
    }
}

static const char *phase_of(enum stage stage, const struct outcome *outcome)
{
    if (stage == STAGE_ENDED)
        return outcome->exit_code ? "Failed" : "Succeeded";
    return stage == STAGE_CREATING ? "Pending" : "Running";
}

static void put_stage(struct cluster *cluster, const cJSON *pod, enum stage stage,
                      const struct outcome *outcome)
{
    auto_json cJSON *object = json_copy(pod);
    cJSON *status = json_set(object, json_object(), "status");
    const char *started = json_str(pod, "status", "startTime");
    bool ready = stage == STAGE_READY;
    json_set_str(status, phase_of(stage, outcome), "phase");
    json_set_str(status, started ? started : timestamp(cluster), "startTime");
    json_set_str(status, stage == STAGE_ENDED ? outcome->pod_reason : NULL, "reason");
    if (stage != STAGE_CREATING)
        json_set_str(status, "10.0.0.1", "podIP");
    add_condition(cluster, status, "PodScheduled", true, NULL, NULL);
    add_condition(cluster, status, "Initialized", stage != STAGE_CREATING, NULL, NULL);
    add_condition(cluster, status, "ContainersReady", ready, NULL, NULL);
    add_condition(cluster, status, "Ready", ready, NULL, NULL);
    add_containers(cluster, pod, status, stage, outcome);
    call_put(cluster, CLUSTER_PODS, object, "status");
}

static void put_unschedulable(struct cluster *cluster, const cJSON *pod,
                              const struct outcome *outcome)
{
    if (condition_find(json_at(pod, "status", "conditions"), "PodScheduled"))
        return;
    auto_json cJSON *object = json_copy(pod);
    cJSON *status = json_set(object, json_object(), "status");
    json_set_str(status, "Pending", "phase");
    add_condition(cluster, status, "PodScheduled", false, "Unschedulable",
                  outcome->message);
    call_put(cluster, CLUSTER_PODS, object, "status");
}

/* ---- the way through the stages */

/* Milliseconds from reaching the stage to leaving it; -1: it stays. */
static int64_t stay_ms(enum stage stage, const struct outcome *outcome)
{
    switch (stage) {
    case STAGE_NEW:
        return 0;
    case STAGE_CREATING:
        return outcome->waiting ? -1 : OUTCOME_START_MS;
    case STAGE_RUNNING:
        return outcome->ready ? OUTCOME_READY_MS : -1;
    case STAGE_READY:
        return outcome->ends ? OUTCOME_END_MS : -1;
    case STAGE_ENDED:
        break;
    }
    return -1;
}

/* When the pod came to where it is. */
static int64_t since_ms(const cJSON *pod)
{
    int64_t latest = 0;
    const cJSON *conditions = json_at(pod, "status", "conditions");
    json_each (condition, conditions) {
        int64_t at_ms;
        if (rfc3339_parse(json_str_or(condition, "", "lastTransitionTime"), &at_ms) &&
            at_ms > latest)
            latest = at_ms;
    }
    return latest;
}

void sync_pod(struct cluster *cluster, const char *key)
{
    const cJSON *pod = informer_get(cluster, CLUSTER_PODS, key);
    if (!pod || !cluster->options.kubelet || kube_deleting(pod))
        return;
    struct outcome outcome = outcome_for(cluster, pod);
    enum stage stage = stage_of(pod);
    int64_t stay = stay_ms(stage, &outcome);
    if (!outcome.scheduled) {
        put_unschedulable(cluster, pod, &outcome);
        return;
    }
    if (stay < 0)
        return;
    int64_t left = since_ms(pod) + stay - cluster->now.wall_ms;
    if (stage != STAGE_NEW && left > 0) {
        task_add_later(cluster, CLUSTER_PODS, key, left);
        return;
    }
    put_stage(cluster, pod, stage + 1, &outcome);
}
