#include "test/apiserver/cluster/pod_stage.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/siphash.h"

#include <stdio.h>
#include <string.h>

bool container_is_sidecar(const cJSON *container)
{
    return strcmp(json_str_or(container, "", "restartPolicy"), "Always") == 0;
}

/* ---- reading */

static size_t inits_done(const cJSON *status)
{
    size_t done = 0;
    const cJSON *statuses = json_at(status, "initContainerStatuses");
    json_each (init, statuses)
        done += json_bool(init, false, "ready");
    return done;
}

static bool any_state(const cJSON *statuses, const char *state)
{
    json_each (container, statuses) {
        if (json_at(container, "state", state))
            return true;
    }
    return false;
}

static bool backs_off(const cJSON *status)
{
    const cJSON *statuses = json_at(status, "containerStatuses");
    json_each (container, statuses) {
        if (strcmp(json_str_or(container, "", "state", "waiting", "reason"),
                   "CrashLoopBackOff") == 0)
            return true;
    }
    return false;
}

static enum stage stage_of(const cJSON *pod)
{
    const cJSON *status = json_at(pod, "status");
    const char *phase = json_str_or(status, "", "phase");
    if (strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0)
        return STAGE_ENDED;
    if (backs_off(status))
        return STAGE_BACK_OFF;
    if (condition_is(json_at(status, "conditions"), "Ready", CONDITION_TRUE))
        return STAGE_READY;
    if (strcmp(phase, "Running") == 0)
        return STAGE_RUNNING;
    if (any_state(json_at(status, "initContainerStatuses"), "running"))
        return STAGE_INIT;
    if (json_at(status, "startTime"))
        return STAGE_CREATING;
    return json_at(pod, "spec", "nodeName") ? STAGE_SCHEDULED : STAGE_NEW;
}

struct pod_stage pod_stage_of(const cJSON *pod)
{
    return (struct pod_stage){stage_of(pod), inits_done(json_at(pod, "status"))};
}

static int64_t later(int64_t time_ms, const char *text)
{
    int64_t other_ms;
    bool known = text && rfc3339_parse(text, &other_ms);
    return known && other_ms > time_ms ? other_ms : time_ms;
}

int64_t pod_stage_since_ms(const cJSON *pod)
{
    const cJSON *conditions = json_at(pod, "status", "conditions");
    const cJSON *inits = json_at(pod, "status", "initContainerStatuses");
    int64_t since_ms = 0;
    json_each (condition, conditions)
        since_ms = later(since_ms, json_str(condition, "lastTransitionTime"));
    json_each (init, inits)
        since_ms = later(since_ms, json_str(init, "state", "running", "startedAt"));
    return since_ms;
}

/* ---- writing */

static void add_condition(cJSON *status, const cJSON *former, const char *type,
                          bool holds, const char *now)
{
    cJSON *list = json_member(status, "conditions");
    cJSON *condition = json_push(list, json_object());
    bool same = condition_is(former, type, holds ? CONDITION_TRUE : CONDITION_FALSE);
    json_set_str(condition, type, "type");
    json_set_str(condition, holds ? "True" : "False", "status");
    json_set(condition, json_null(), "lastProbeTime");
    json_set_str(condition,
                 same ? json_str(condition_find(former, type), "lastTransitionTime")
                      : now,
                 "lastTransitionTime");
}

static void add_conditions(cJSON *status, const cJSON *former, enum stage stage,
                           const char *now)
{
    bool ready = stage == STAGE_READY;
    json_set(status, json_array(), "conditions");
    add_condition(status, former, "PodReadyToStartContainers", stage > STAGE_CREATING,
                  now);
    add_condition(status, former, "Initialized", stage > STAGE_INIT, now);
    add_condition(status, former, "Ready", ready, now);
    add_condition(status, former, "ContainersReady", ready, now);
    add_condition(status, former, "PodScheduled", true, now);
}

static void set_waiting(cJSON *container, const char *reason, const char *message)
{
    json_set_str(container, reason, "state", "waiting", "reason");
    json_set_str(container, message, "state", "waiting", "message");
}

static void set_running(cJSON *container, const char *since)
{
    json_set_str(container, since, "state", "running", "startedAt");
    json_set(container, json_boolean(true), "started");
}

/* `where`: "state" or "lastState". */
static void set_terminated(cJSON *container, const char *where, int code,
                           const char *reason, const char *now)
{
    if (!reason)
        reason = code ? "Error" : "Completed";
    json_set(container, json_number(code), where, "terminated", "exitCode");
    json_set_str(container, reason, where, "terminated", "reason");
    json_set_str(container, now, where, "terminated", "startedAt");
    json_set_str(container, now, where, "terminated", "finishedAt");
}

static cJSON *push_container(cJSON *list, const cJSON *spec)
{
    cJSON *container = json_push(list, json_object());
    json_set_str(container, json_str(spec, "name"), "name");
    json_set_str(container, json_str_or(spec, "", "image"), "image");
    json_set_str(container, "", "imageID");
    json_set(container, json_number(0), "restartCount");
    json_set(container, json_boolean(false), "ready");
    json_set(container, json_boolean(false), "started");
    json_set(container, json_object(), "lastState");
    return container;
}

static void add_inits(cJSON *status, const cJSON *specs, struct pod_stage stage,
                      const char *now)
{
    size_t index = 0;
    if (!specs)
        return;
    cJSON *list = json_set(status, json_array(), "initContainerStatuses");
    json_each (spec, specs) {
        cJSON *container = push_container(list, spec);
        bool done = index < stage.inits;
        bool sidecar = container_is_sidecar(spec) && stage.stage != STAGE_ENDED;
        bool next = stage.stage == STAGE_INIT && index == stage.inits;
        json_set(container, json_boolean(done), "ready");
        if (next || (done && sidecar))
            set_running(container, now);
        else if (done)
            set_terminated(container, "state", 0, NULL, now);
        else
            set_waiting(container, "PodInitializing", NULL);
        index++;
    }
}

static void set_first(cJSON *container, enum stage stage, const struct outcome *outcome,
                      const char *now)
{
    if (outcome->waiting) {
        set_waiting(container, outcome->waiting, outcome->message);
    } else if (stage == STAGE_ENDED) {
        set_terminated(container, "state", outcome->exit_code, outcome->ending, now);
    } else if (stage == STAGE_BACK_OFF) {
        set_waiting(container, "CrashLoopBackOff",
                    "back-off 10s restarting failed container");
        set_terminated(container, "lastState", outcome->exit_code, outcome->ending,
                       now);
        json_set(container, json_number(1), "restartCount");
    } else {
        set_running(container, now);
    }
}

static void add_containers(cJSON *status, const cJSON *pod, enum stage stage,
                           const struct outcome *outcome, const char *now)
{
    const cJSON *specs = json_at(pod, "spec", "containers");
    bool inits = json_at(pod, "spec", "initContainers");
    cJSON *list = json_set(status, json_array(), "containerStatuses");
    json_each (spec, specs) {
        cJSON *container = push_container(list, spec);
        json_set(container, json_boolean(stage == STAGE_READY), "ready");
        if (stage <= STAGE_INIT)
            set_waiting(container, inits ? "PodInitializing" : "ContainerCreating",
                        NULL);
        else if (spec == specs->child)
            set_first(container, stage, outcome, now);
        else if (stage == STAGE_ENDED)
            set_terminated(container, "state", 0, NULL, now);
        else
            set_running(container, now);
    }
}

static const char *phase_of(enum stage stage, const struct outcome *outcome)
{
    if (stage == STAGE_ENDED)
        return outcome->exit_code || outcome->pod_reason ? "Failed" : "Succeeded";
    return stage <= STAGE_INIT || outcome->waiting ? "Pending" : "Running";
}

/* An address of its own for nearly every pod. */
static void add_address(cJSON *status, const cJSON *pod)
{
    static const uint64_t KEY[2] = {0x706f642d6164, 0x6472657373};
    char text[32];
    const char *uid = kube_uid(pod);
    unsigned long long hash = siphash(KEY, uid, strlen(uid));
    snprintf(text, sizeof text, "10.%llu.%llu.%llu", 128 + hash % 64, (hash >> 8) % 256,
             1 + (hash >> 16) % 254);
    json_set_str(status, text, "podIP");
    cJSON *list = json_set(status, json_array(), "podIPs");
    json_set_str(json_push(list, json_object()), text, "ip");
}

cJSON *pod_stage_status(const cJSON *pod, struct pod_stage stage,
                        const struct outcome *outcome, const char *now)
{
    const cJSON *former = json_at(pod, "status");
    cJSON *status = json_object();
    const char *qos = json_str(former, "qosClass");
    json_set_str(status, phase_of(stage.stage, outcome), "phase");
    json_set_str(status, json_str_or(former, now, "startTime"), "startTime");
    json_set_str(status, qos, "qosClass");
    json_set_str(status, "127.0.0.1", "hostIP");
    if (stage.stage == STAGE_ENDED)
        json_set_str(status, outcome->pod_reason, "reason");
    if (stage.stage > STAGE_CREATING)
        add_address(status, pod);
    add_conditions(status, json_at(former, "conditions"), stage.stage, now);
    add_inits(status, json_at(pod, "spec", "initContainers"), stage, now);
    add_containers(status, pod, stage.stage, outcome, now);
    return status;
}
