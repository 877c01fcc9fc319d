#include "reconcilers/session/failures.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/session/session_plan.h"

#include <string.h>

enum { OVERDUE_MS = 60 * 1000 };

void pod_breaks(struct pod_view *view, const char *reason, const char *message)
{
    view->state = POD_BROKEN;
    view->failure = (struct verdict){reason, message};
}

void pod_look_again(struct pod_view *view, int64_t after_ms)
{
    if (!view->look_again_ms || after_ms < view->look_again_ms)
        view->look_again_ms = after_ms;
}

static int64_t attempt_of(const cJSON *pod)
{
    int64_t attempt = 0;
    const char *text = kube_annotation(pod, SESSION_ANNOTATION_ATTEMPT);
    return text && ascii_parse_i64(text, &attempt) ? attempt : 0;
}

int64_t pod_time(const char *text)
{
    int64_t ms = 0;
    return text && rfc3339_parse(text, &ms) ? ms : 0;
}

int64_t pod_begun(const cJSON *pod)
{
    const char *start = json_str(pod, "status", "startTime");
    if (!start && (json_at(pod, "status", "containerStatuses") ||
                   json_at(pod, "status", "initContainerStatuses")))
        start = json_str(pod, "metadata", "creationTimestamp");
    return pod_time(start);
}

static void look_at_end(struct arena *arena, const cJSON *end, struct pod_view *view)
{
    int64_t code = json_int(end, 1, "exitCode");
    const char *reason = json_str_or(end, "Error", "reason");
    const char *message = json_str_or(end, "", "message");
    if (code == 0) {
        view->state = POD_SUCCEEDED;
        return;
    }
    const char *word = code == 2 ? "PrerequisiteFailed" : "RunnerExit";
    if (strcmp(reason, "OOMKilled") == 0)
        word = "OOMKilled";
    pod_breaks(view, word,
               arena_printf(arena, "the runner ended with exit code %lld (%s)%s%s",
                            (long long)code, reason, *message ? ": " : "", message));
}

static bool is_pull_error(const char *reason)
{
    return strcmp(reason, "ErrImagePull") == 0 ||
           strcmp(reason, "ImagePullBackOff") == 0;
}

static bool is_final(const char *reason)
{
    static const char *const FINAL[] = {
        "CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName"};
    for (size_t i = 0; i < sizeof FINAL / sizeof *FINAL; i++) {
        if (strcmp(FINAL[i], reason) == 0)
            return true;
    }
    return false;
}

/* A pull that fails may succeed the next time: it counts after a grace period. */
static void look_at_waiting(struct arena *arena, const struct pod_question *question,
                            const cJSON *status, struct pod_view *view)
{
    const char *reason = json_str_or(status, "", "state", "waiting", "reason");
    const char *message = json_str_or(status, "", "state", "waiting", "message");
    bool pull = is_pull_error(reason);
    if (!pull && !is_final(reason))
        return;
    int64_t left =
        pod_begun(question->pod) + question->pull_grace_ms - question->now_ms;
    const char *text =
        arena_printf(arena, "container %s: %s%s%s", json_str_or(status, "", "name"),
                     reason, *message ? ": " : "", message);
    if (pull && left > 0) {
        pod_look_again(view, left);
        view->pull = (struct verdict){"ImagePull", text};
        return;
    }
    pod_breaks(view, pull ? "ImagePullFailed" : arena_strdup(arena, reason), text);
}

enum { RESTARTS_MAX = 5 };

/* The runner and what is initialised before it; sidecars do not end a session. */
static void look_at_container(struct arena *arena, const struct pod_question *question,
                              const cJSON *status, struct pod_view *view)
{
    int64_t restarts = json_int(status, 0, "restartCount");
    if (restarts >= RESTARTS_MAX)
        pod_breaks(view, "TooManyRestarts",
                   arena_printf(arena, "container %s was restarted %lld times",
                                json_str_or(status, "", "name"), (long long)restarts));
    else
        look_at_waiting(arena, question, status, view);
}

static void look_at_init(struct arena *arena, const struct pod_question *question,
                         struct pod_view *view)
{
    const cJSON *containers = json_at(question->pod, "spec", "initContainers");
    json_each (status, json_at(question->pod, "status", "initContainerStatuses")) {
        const char *name = json_str_or(status, "", "name");
        const cJSON *container = json_find(containers, "name", name);
        const cJSON *end = json_at(status, "state", "terminated");
        int64_t code = json_int(end, 0, "exitCode");
        if (!container || json_str(container, "restartPolicy"))
            continue;
        look_at_container(arena, question, status, view);
        if (code != 0)
            pod_breaks(view, "InitContainerFailed",
                       arena_printf(arena,
                                    "init container %s ended with exit code %lld", name,
                                    (long long)code));
    }
}

static void look_at_runner(struct arena *arena, const struct pod_question *question,
                           struct pod_view *view)
{
    const cJSON *statuses = json_at(question->pod, "status", "containerStatuses");
    const cJSON *runner = json_find(statuses, "name", SESSION_RUNNER);
    const cJSON *end = json_at(runner, "state", "terminated");
    const cJSON *running = json_at(runner, "state", "running");
    if (end) {
        view->over = true;
        view->started_ms = pod_time(json_str(end, "startedAt"));
        look_at_end(arena, end, view);
    } else if (running) {
        view->state = POD_RUNNING;
        view->started_ms = pod_time(json_str(running, "startedAt"));
        view->ready = json_bool(runner, false, "ready");
    } else {
        look_at_container(arena, question, runner, view);
    }
}

static bool is_disruption(const char *reason)
{
    static const char *const WORDS[] = {"Evicted",    "Preempting", "Shutdown",
                                        "Terminated", "NodeLost",   "NodeShutdown"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(WORDS[i], reason) == 0)
            return true;
    }
    return false;
}

static const cJSON *condition_of(const cJSON *pod, const char *type)
{
    return json_find(json_at(pod, "status", "conditions"), "type", type);
}

/* The scheduler, an eviction or the node wants the pod away. */
static bool look_at_disruption(const cJSON *pod, struct pod_view *view)
{
    const cJSON *disruption = condition_of(pod, "DisruptionTarget");
    if (strcmp(json_str_or(disruption, "", "status"), "True") != 0)
        return false;
    if (!view->failure.reason)
        view->failure = (struct verdict){
            json_str_or(disruption, "Disrupted", "reason"),
            json_str_or(disruption, "the pod has to leave its node", "message")};
    return true;
}

static void look_at_pod(struct arena *arena, const cJSON *pod, struct pod_view *view)
{
    const char *phase = json_str_or(pod, "", "status", "phase");
    const char *reason = json_str_or(pod, "PodFailed", "status", "reason");
    const char *message =
        json_str_or(pod, "the pod failed and does not say why", "status", "message");
    if (strcmp(phase, "Failed") == 0 &&
        (view->state != POD_BROKEN || json_str(pod, "status", "reason")))
        pod_breaks(view, arena_strdup(arena, reason),
                   arena_printf(arena, "%s: %s", reason, message));
    else if (strcmp(phase, "Succeeded") == 0)
        view->state = POD_SUCCEEDED;
    view->over =
        view->over || strcmp(phase, "Failed") == 0 || strcmp(phase, "Succeeded") == 0;
    bool fell = strcmp(phase, "Failed") == 0 && is_disruption(reason);
    view->disrupted = look_at_disruption(pod, view) || fell;
    const cJSON *scheduled = condition_of(pod, "PodScheduled");
    if (strcmp(json_str_or(scheduled, "", "status"), "False") == 0)
        view->unscheduled =
            json_str_or(scheduled, "the scheduler does not say why", "message");
}

/* The deletionTimestamp is when its grace period is over. Berth never forces an end. */
static void look_at_the_end(struct arena *arena, const struct pod_question *question,
                            struct pod_view *view)
{
    const cJSON *pod = question->pod;
    int64_t over = pod_time(json_str(pod, "metadata", "deletionTimestamp"));
    int64_t left = over + OVERDUE_MS - question->now_ms;
    if (view->state != POD_FORMER)
        view->state = POD_LEAVING;
    if (left > 0)
        pod_look_again(view, left);
    else
        view->overdue = arena_printf(arena,
                                     "Pod %s should have ended by now, but node %s "
                                     "does not say that it has: see "
                                     "whether the node is up",
                                     kube_name(pod),
                                     json_str_or(pod, "(none)", "spec", "nodeName"));
}

struct pod_view pod_look(struct arena *arena, const struct pod_question *question)
{
    struct pod_view view = {.state = POD_STARTING};
    if (!question->pod) {
        view.state = POD_ABSENT;
        return view;
    }
    look_at_init(arena, question, &view);
    look_at_runner(arena, question, &view);
    pod_look_at_sidecars(arena, question, &view);
    look_at_pod(arena, question->pod, &view);
    if (attempt_of(question->pod) != question->attempt)
        view.state = POD_FORMER;
    if (kube_deleting(question->pod))
        look_at_the_end(arena, question, &view);
    return view;
}
