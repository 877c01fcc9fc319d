#include "kubeclient/base/ascii.h"
#include "reconcilers/session/failures.h"

#include <string.h>

/* "registry says no", "waiting for its image": never empty. */
static const char *trouble_of(struct arena *arena, const cJSON *status)
{
    const cJSON *waiting = json_at(status, "state", "waiting");
    const cJSON *end = json_at(status, "state", "terminated");
    if (!end)
        end = json_at(status, "lastState", "terminated");
    const char *reason = json_str_or(waiting, "", "reason");
    const char *message = json_str_or(waiting, "", "message");
    if (!*message)
        message = json_str_or(end, "", "message");
    if (!*reason)
        reason = json_str_or(end, "NotStarted", "reason");
    if (end)
        return arena_printf(arena, "%s, last exit code %lld%s%s", reason,
                            (long long)json_int(end, 0, "exitCode"),
                            *message ? ": " : "", message);
    return arena_printf(arena, "%s%s%s", reason, *message ? ": " : "", message);
}

static bool is_up(const cJSON *status)
{
    return json_bool(status, false, "started") && json_at(status, "state", "running");
}

static void look_at(struct arena *arena, const struct pod_question *question,
                    const cJSON *container, struct pod_view *view)
{
    const char *name = json_str_or(container, "", "name");
    const cJSON *status = json_find(
        json_at(question->pod, "status", "initContainerStatuses"), "name", name);
    if (is_up(status))
        return;
    if (view->state != POD_STARTING) {
        view->sidecar = (struct verdict){
            "SidecarRestarting",
            arena_printf(arena, "%s: %s", name, trouble_of(arena, status))};
        return;
    }
    int64_t begun = pod_begun(question->pod);
    int64_t left = begun + question->sidecar_start_ms - question->now_ms;
    if (!begun)
        return; /* it waits for a node, and may do so */
    if (left > 0) {
        pod_look_again(view, left);
        return;
    }
    pod_breaks(view, "SidecarNotReady",
               arena_printf(arena, "sidecar %s did not start: %s", name,
                            trouble_of(arena, status)));
    view->late_sidecar = name;
}

void pod_look_at_sidecars(struct arena *arena, const struct pod_question *question,
                          struct pod_view *view)
{
    bool asked = view->state == POD_STARTING || view->state == POD_RUNNING;
    json_each (container, json_at(question->pod, "spec", "initContainers")) {
        const char *policy = json_str_or(container, "", "restartPolicy");
        if (asked && view->state != POD_BROKEN && strcmp(policy, "Always") == 0)
            look_at(arena, question, container, view);
    }
}
