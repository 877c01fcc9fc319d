#include "reconcilers/session/failures.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/session/session_plan.h"

#include <string.h>

static void breaks(struct pod_view *view, const char *reason, const char *message)
{
    view->state = POD_BROKEN;
    view->failure = (struct verdict){reason, message};
}

static int64_t attempt_of(const cJSON *pod)
{
    int64_t attempt = 0;
    const char *text = kube_annotation(pod, SESSION_ANNOTATION_ATTEMPT);
    return text && ascii_parse_i64(text, &attempt) ? attempt : 0;
}

static int64_t time_at(const char *text)
{
    int64_t ms = 0;
    return text && rfc3339_parse(text, &ms) ? ms : 0;
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
    breaks(view, word,
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
    int64_t made = time_at(json_str(question->pod, "metadata", "creationTimestamp"));
    int64_t left = made + question->pull_grace_ms - question->now_ms;
    if (pull && left > 0) {
        view->look_again_ms = left;
        return;
    }
    breaks(view, pull ? "ImagePullFailed" : arena_strdup(arena, reason),
           arena_printf(arena, "container %s: %s%s%s", json_str_or(status, "", "name"),
                        reason, *message ? ": " : "", message));
}

static void look_at_runner(struct arena *arena, const struct pod_question *question,
                           struct pod_view *view)
{
    const cJSON *statuses = json_at(question->pod, "status", "containerStatuses");
    const cJSON *runner = json_find(statuses, "name", SESSION_RUNNER);
    const cJSON *end = json_at(runner, "state", "terminated");
    const cJSON *running = json_at(runner, "state", "running");
    if (end) {
        view->started_ms = time_at(json_str(end, "startedAt"));
        look_at_end(arena, end, view);
    } else if (running) {
        view->state = POD_RUNNING;
        view->started_ms = time_at(json_str(running, "startedAt"));
        view->ready = json_bool(runner, false, "ready");
    } else {
        look_at_waiting(arena, question, runner, view);
    }
}

static void look_at_pod(struct arena *arena, const cJSON *pod, struct pod_view *view)
{
    const char *phase = json_str_or(pod, "", "status", "phase");
    const char *reason = json_str_or(pod, "PodFailed", "status", "reason");
    const char *message =
        json_str_or(pod, "the pod failed and does not say why", "status", "message");
    if (strcmp(phase, "Failed") == 0 &&
        (view->state != POD_BROKEN || json_str(pod, "status", "reason")))
        breaks(view, arena_strdup(arena, reason),
               arena_printf(arena, "%s: %s", reason, message));
    else if (strcmp(phase, "Succeeded") == 0)
        view->state = POD_SUCCEEDED;
}

struct pod_view pod_look(struct arena *arena, const struct pod_question *question)
{
    struct pod_view view = {.state = POD_STARTING};
    if (!question->pod) {
        view.state = POD_ABSENT;
        return view;
    }
    look_at_runner(arena, question, &view);
    look_at_pod(arena, question->pod, &view);
    if (attempt_of(question->pod) != question->attempt)
        view.state = POD_FORMER;
    if (kube_deleting(question->pod))
        view.state = POD_LEAVING;
    return view;
}
