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

/* The first that waits for something that will not come. */
static const char *trouble_of(const cJSON *statuses)
{
    json_each (container, statuses) {
        const char *reason = json_str_or(container, "", "state", "waiting", "reason");
        if (*reason && strcmp(reason, "PodInitializing") != 0 &&
            strcmp(reason, "ContainerCreating") != 0)
            return reason;
    }
    return "";
}

static enum stage stage_of(const cJSON *pod)
{
    const cJSON *status = json_at(pod, "status");
    const char *phase = json_str_or(status, "", "phase");
    if (strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0)
        return STAGE_ENDED;
    const char *trouble = trouble_of(json_at(status, "containerStatuses"));
    if (strcmp(trouble, "CrashLoopBackOff") == 0)
        return STAGE_BACK_OFF;
    if (condition_is(json_at(status, "conditions"), "Ready", CONDITION_TRUE))
        return STAGE_READY;
    if (strcmp(phase, "Running") == 0 || *trouble)
        return STAGE_RUNNING;
    const cJSON *inits = json_at(status, "initContainerStatuses");
    if (any_state(inits, "running") || *trouble_of(inits))
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

/* Who ends a pod says so, for its owners to know that it was not the pod's fault. */
static void add_disruption(cJSON *status, const struct outcome *outcome,
                           const char *now)
{
    cJSON *condition = json_push(json_member(status, "conditions"), json_object());
    json_set_str(condition, "DisruptionTarget", "type");
    json_set_str(condition, "True", "status");
    json_set_str(condition, "TerminationByKubelet", "reason");
    json_set_str(condition, outcome->message, "message");
    json_set_str(condition, now, "lastTransitionTime");
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

/* What was said of the container before, and the time now. */
struct telling {
    const cJSON *former; /* statuses */
    const char *now;
};

static const cJSON *former_state(const cJSON *container, const struct telling *telling,
                                 const char *state)
{
    const cJSON *former =
        json_find(telling->former, "name", json_str(container, "name"));
    return json_at(former, "state", state);
}

static void set_running(cJSON *container, const struct telling *telling, bool started)
{
    const cJSON *former = former_state(container, telling, "running");
    json_set_str(container, json_str_or(former, telling->now, "startedAt"), "state",
                 "running", "startedAt");
    json_set(container, json_boolean(started), "started");
}

/* `where`: "state" or "lastState". */
static void set_terminated(cJSON *container, const struct telling *telling,
                           const char *where, const struct outcome *end)
{
    const char *reason = end->ending      ? end->ending
                         : end->exit_code ? "Error"
                                          : "Completed";
    const cJSON *ran = former_state(container, telling, "running");
    const cJSON *ended = former_state(container, telling, "terminated");
    if (ended) {
        json_set(container, json_copy(ended), where, "terminated");
        return;
    }
    json_set(container, json_number(end->exit_code), where, "terminated", "exitCode");
    json_set_str(container, reason, where, "terminated", "reason");
    json_set_str(container, json_str_or(ran, telling->now, "startedAt"), where,
                 "terminated", "startedAt");
    json_set_str(container, telling->now, where, "terminated", "finishedAt");
}

static const struct outcome WELL = {.word = "completed"};

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

bool pod_sidecar_waits(const cJSON *pod, struct pod_stage stage,
                       const struct outcome *outcome)
{
    size_t index = 0;
    if (!outcome->sidecar)
        return false;
    json_each (spec, json_at(pod, "spec", "initContainers")) {
        if (index++ == stage.inits)
            return container_is_sidecar(spec);
    }
    return false;
}

static void set_next_init(cJSON *container, const cJSON *spec,
                          const struct outcome *outcome, const struct telling *telling)
{
    bool sidecar = container_is_sidecar(spec);
    if (!sidecar || !outcome->sidecar) {
        set_running(container, telling, !sidecar);
        return;
    }
    set_waiting(container, outcome->sidecar, outcome->message);
    if (strcmp(outcome->sidecar, "CrashLoopBackOff") != 0)
        return;
    json_set(container, json_number(1), "restartCount");
    set_terminated(container, telling, "lastState", &(struct outcome){.exit_code = 1});
}

static void add_inits(cJSON *status, const cJSON *pod, struct pod_stage stage,
                      const struct outcome *outcome, const char *now)
{
    const struct telling telling = {json_at(pod, "status", "initContainerStatuses"),
                                    now};
    const cJSON *specs = json_at(pod, "spec", "initContainers");
    size_t index = 0;
    if (!specs)
        return;
    cJSON *list = json_set(status, json_array(), "initContainerStatuses");
    json_each (spec, specs) {
        cJSON *container = push_container(list, spec);
        bool done = index < stage.inits, sidecar = container_is_sidecar(spec);
        bool runs = sidecar && stage.stage != STAGE_ENDED;
        json_set(container, json_boolean(done && (runs || !sidecar)), "ready");
        if (done && runs)
            set_running(container, &telling, true);
        else if (done)
            set_terminated(container, &telling, "state", &WELL);
        else if (stage.stage == STAGE_INIT && index == stage.inits)
            set_next_init(container, spec, outcome, &telling);
        else
            set_waiting(container, "PodInitializing", NULL);
        index++;
    }
}

static void set_first(cJSON *container, enum stage stage, const struct outcome *outcome,
                      const struct telling *telling)
{
    if (outcome->waiting) {
        set_waiting(container, outcome->waiting, outcome->message);
    } else if (stage == STAGE_ENDED) {
        set_terminated(container, telling, "state", outcome);
    } else if (stage == STAGE_BACK_OFF) {
        set_waiting(container, "CrashLoopBackOff",
                    "back-off 10s restarting failed container");
        set_terminated(container, telling, "lastState", outcome);
        json_set(container, json_number(1), "restartCount");
    } else {
        set_running(container, telling, true);
    }
}

static void add_containers(cJSON *status, const cJSON *pod, enum stage stage,
                           const struct outcome *outcome, const char *now)
{
    const struct telling telling = {json_at(pod, "status", "containerStatuses"), now};
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
            set_first(container, stage, outcome, &telling);
        else if (stage == STAGE_ENDED)
            set_terminated(container, &telling, "state", &WELL);
        else
            set_running(container, &telling, true);
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
    if (stage.stage == STAGE_ENDED && outcome->pod_reason) {
        json_set_str(status, outcome->pod_reason, "reason");
        json_set_str(status, outcome->message, "message");
    }
    if (stage.stage > STAGE_CREATING)
        add_address(status, pod);
    add_conditions(status, json_at(former, "conditions"), stage.stage, now);
    if (stage.stage == STAGE_ENDED && outcome->pod_reason)
        add_disruption(status, outcome, now);
    add_inits(status, pod, stage, outcome, now);
    add_containers(status, pod, stage.stage, outcome, now);
    return status;
}
