#include "test/apiserver/server/pod_cells.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/server/age.h"

#include <string.h>

enum { STATUS_MAX = 1024 };

/* What a row says of a pod, gathered as the real server does it: containers that ended
 * have the last word, init containers before them, what is being deleted after all. */
struct summary {
    struct strbuf status;
    size_t ready, total;
    int64_t restarts;
    int64_t restarted_ms; /* the last time; 0: never, or nobody knows */
};

static bool is_sidecar(const cJSON *pod, const cJSON *status)
{
    const cJSON *spec = json_find(json_at(pod, "spec", "initContainers"), "name",
                                  json_str_or(status, "", "name"));
    return strcmp(json_str_or(spec, "", "restartPolicy"), "Always") == 0;
}

static bool has(const cJSON *pod, const char *condition)
{
    return condition_is(json_at(pod, "status", "conditions"), condition,
                        CONDITION_TRUE);
}

static void count_restarts(struct summary *summary, const cJSON *status)
{
    const char *time = json_str(status, "lastState", "terminated", "finishedAt");
    int64_t ms;
    summary->restarts += json_int(status, 0, "restartCount");
    if (time && rfc3339_parse(time, &ms) && ms > summary->restarted_ms)
        summary->restarted_ms = ms;
}

/* Why a container ended, behind the prefix: its reason, signal or exit code. */
static void set_ended(struct strbuf *out, const char *prefix, const cJSON *ended)
{
    const char *reason = json_str_or(ended, "", "reason");
    int64_t signal = json_int(ended, 0, "signal");
    strbuf_reset(out);
    if (*reason)
        strbuf_addf(out, "%s%s", prefix, reason);
    else
        strbuf_addf(out, "%s%s:%lld", prefix, signal ? "Signal" : "ExitCode",
                    (long long)(signal ? signal : json_int(ended, 0, "exitCode")));
}

/* ---- init containers */

static void set_initializing(struct summary *summary, const cJSON *pod,
                             const cJSON *status, size_t done)
{
    const cJSON *ended = json_at(status, "state", "terminated");
    const char *waits = json_str_or(status, "", "state", "waiting", "reason");
    if (ended) {
        set_ended(&summary->status, "Init:", ended);
        return;
    }
    strbuf_reset(&summary->status);
    if (*waits && strcmp(waits, "PodInitializing") != 0)
        strbuf_addf(&summary->status, "Init:%s", waits);
    else
        strbuf_addf(&summary->status, "Init:%zu/%zu", done,
                    json_count(json_at(pod, "spec", "initContainers")));
}

/* True: one of them keeps the pod from going on. */
static bool gather_init(struct summary *summary, const cJSON *pod)
{
    const cJSON *statuses = json_at(pod, "status", "initContainerStatuses");
    size_t done = 0;
    json_each (status, statuses) {
        count_restarts(summary, status);
        bool ended = json_at(status, "state", "terminated") &&
                     json_int(status, 1, "state", "terminated", "exitCode") == 0;
        bool started = is_sidecar(pod, status) && json_bool(status, false, "started");
        if (!ended && !started) {
            set_initializing(summary, pod, status, done);
            return true;
        }
        summary->ready += !ended && json_bool(status, false, "ready");
        done++;
    }
    return false;
}

/* Of those that are done only sidecars go on counting. */
static void forget_init_restarts(struct summary *summary, const cJSON *pod)
{
    const cJSON *statuses = json_at(pod, "status", "initContainerStatuses");
    summary->restarts = summary->restarted_ms = 0;
    json_each (status, statuses) {
        if (is_sidecar(pod, status))
            count_restarts(summary, status);
    }
}

/* ---- containers */

/* What the first of them says counts; `failed` is that of the first that failed. */
struct outcome {
    const cJSON *waiting, *ended, *failed;
    bool running;
};

static void note_container(struct outcome *outcome, const cJSON *status)
{
    const cJSON *ended = json_at(status, "state", "terminated");
    const char *waits = json_str_or(status, "", "state", "waiting", "reason");
    bool told = outcome->waiting || outcome->ended;
    if (*waits) {
        outcome->waiting = told ? outcome->waiting : status;
    } else if (ended) {
        outcome->ended = told ? outcome->ended : ended;
        if (!outcome->failed && json_int(ended, 0, "exitCode") != 0)
            outcome->failed = ended;
    }
}

/* Where one is complete, others may still run or have failed. */
static void look_beyond_completed(struct summary *summary, const cJSON *pod,
                                  const struct outcome *outcome)
{
    const char *status = NULL;
    if (strcmp(summary->status.text, "Completed") != 0)
        return;
    if (outcome->running && has(pod, "Ready"))
        status = "Running";
    else if (outcome->failed)
        set_ended(&summary->status, "", outcome->failed);
    else if (outcome->running)
        status = "NotReady";
    if (status) {
        strbuf_reset(&summary->status);
        strbuf_adds(&summary->status, status);
    }
}

static void gather_containers(struct summary *summary, const cJSON *pod)
{
    const cJSON *statuses = json_at(pod, "status", "containerStatuses");
    struct outcome outcome = {0};
    json_each (status, statuses) {
        count_restarts(summary, status);
        note_container(&outcome, status);
        if (json_at(status, "state", "running") && json_bool(status, false, "ready")) {
            outcome.running = true;
            summary->ready++;
        }
    }
    if (outcome.ended)
        set_ended(&summary->status, "", outcome.ended);
    if (outcome.waiting) {
        strbuf_reset(&summary->status);
        strbuf_adds(&summary->status,
                    json_str(outcome.waiting, "state", "waiting", "reason"));
    }
    look_beyond_completed(summary, pod, &outcome);
}

/* ---- the pod */

static const char *status_before(const cJSON *pod)
{
    const char *reason = json_str_or(pod, "", "status", "reason");
    const cJSON *scheduled =
        condition_find(json_at(pod, "status", "conditions"), "PodScheduled");
    if (strcmp(json_str_or(scheduled, "", "reason"), "SchedulingGated") == 0)
        return "SchedulingGated";
    return *reason ? reason : json_str_or(pod, "", "status", "phase");
}

static void note_deletion(struct summary *summary, const cJSON *pod)
{
    const char *phase = json_str_or(pod, "", "status", "phase");
    const char *reason = json_str_or(pod, "", "status", "reason");
    bool lost = strcmp(reason, "NodeLost") == 0;
    bool over = strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
    if (!kube_deleting(pod) || (over && !lost))
        return;
    strbuf_reset(&summary->status);
    strbuf_adds(&summary->status, lost ? "Unknown" : "Terminating");
}

static void summary_init(struct summary *summary, const cJSON *pod)
{
    *summary = (struct summary){
        .total = json_count(json_at(pod, "spec", "containers")),
    };
    strbuf_init(&summary->status, STATUS_MAX);
    strbuf_adds(&summary->status, status_before(pod));
    const cJSON *inits = json_at(pod, "spec", "initContainers");
    json_each (container, inits)
        summary->total += is_sidecar(pod, container);
    bool initializing = gather_init(summary, pod);
    if (!initializing || has(pod, "Initialized")) {
        forget_init_restarts(summary, pod);
        gather_containers(summary, pod);
    }
    note_deletion(summary, pod);
}

void print_pod_ready(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    struct summary summary;
    summary_init(&summary, pod);
    strbuf_addf(out, "%zu/%zu", summary.ready, summary.total);
    strbuf_fini(&summary.status);
}

void print_pod_status(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    struct summary summary;
    summary_init(&summary, pod);
    strbuf_add(out, summary.status.text, summary.status.len);
    strbuf_fini(&summary.status);
}

void print_pod_restarts(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    struct summary summary;
    summary_init(&summary, pod);
    strbuf_addf(out, "%lld", (long long)summary.restarts);
    if (summary.restarts && summary.restarted_ms) {
        strbuf_adds(out, " (");
        age_print(out, now_ms - summary.restarted_ms);
        strbuf_adds(out, " ago)");
    }
    strbuf_fini(&summary.status);
}

static void print_or_none(struct strbuf *out, const char *text)
{
    strbuf_adds(out, text && *text ? text : "<none>");
}

void print_pod_ip(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *ips = json_at(pod, "status", "podIPs");
    print_or_none(out, json_str(ips ? ips->child : NULL, "ip"));
}

void print_pod_node(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    print_or_none(out, json_str(pod, "spec", "nodeName"));
}

void print_pod_nominated_node(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    print_or_none(out, json_str(pod, "status", "nominatedNodeName"));
}

void print_pod_gates(struct strbuf *out, const cJSON *pod, int64_t now_ms)
{
    (void)now_ms;
    const cJSON *gates = json_at(pod, "spec", "readinessGates");
    size_t open = 0;
    json_each (gate, gates)
        open += has(pod, json_str_or(gate, "", "conditionType"));
    if (gates && gates->child)
        strbuf_addf(out, "%zu/%zu", open, json_count(gates));
    else
        strbuf_adds(out, "<none>");
}
