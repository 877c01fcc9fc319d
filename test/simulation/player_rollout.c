#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "test/simulation/player_state.h"

static cJSON *ready_status(const cJSON *pod)
{
    static const char SINCE[] = "2026-01-02T03:04:05Z";
    static const char *const TYPES[] = {"Ready", "ContainersReady"};
    cJSON *status = json_object();
    json_set_str(status, "Running", "phase");
    json_set_str(status, SINCE, "startTime");
    cJSON *conditions = json_set(status, json_array(), "conditions");
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        cJSON *condition = json_push(conditions, json_object());
        json_set_str(condition, TYPES[i], "type");
        json_set_str(condition, "True", "status");
        json_set_str(condition, SINCE, "lastTransitionTime");
    }
    cJSON *containers = json_set(status, json_array(), "containerStatuses");
    json_each (spec, json_at(pod, "spec", "containers")) {
        cJSON *container = json_push(containers, json_object());
        json_set_str(container, json_str(spec, "name"), "name");
        json_set_str(container, json_str(spec, "image"), "image");
        json_set_str(container, "", "imageID");
        json_set(container, json_boolean(true), "ready");
        json_set(container, json_number(0), "restartCount");
        json_set_str(container, SINCE, "state", "running", "startedAt");
    }
    return status;
}

static void make_ready(struct player *player, const cJSON *pod)
{
    if (condition_is(json_at(pod, "status", "conditions"), "Ready", CONDITION_TRUE))
        return;
    auto_json cJSON *body = json_object();
    json_set(body, ready_status(pod), "status");
    const struct world_call call = {
        .manager = "kubelet",
        .method = "PATCH",
        .target = arena_printf(player->arena,
                               "/api/v1/namespaces/" PLAYER_NAMESPACE "/pods/%s/status",
                               kube_name(pod)),
        .content_type = "application/merge-patch+json",
        .body = body,
    };
    world_say(player->world, &call, NULL);
}

static bool is_rolled_out(const cJSON *workload)
{
    static const char *const COUNTS[] = {"replicas", "updatedReplicas",
                                         "readyReplicas"};
    int64_t wanted = json_int(workload, 1, "spec", "replicas");
    bool all = json_int(workload, 0, "status", "observedGeneration") ==
               kube_generation(workload);
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        all = all && json_int(workload, 0, "status", COUNTS[i]) == wanted;
    return all;
}

bool play_rollout(struct player *player, const cJSON *reference, const cJSON *step)
{
    int64_t until = world_now_ms(player->world) + 1000 * json_int(step, 30, "within");
    const char *path = player_path(player, reference, false);
    while (world_now_ms(player->world) < until) {
        auto_json cJSON *workload = world_get(player->world, path);
        if (workload && is_rolled_out(workload))
            return true;
        auto_json cJSON *pods =
            player_pods(player, json_at(workload, "spec", "selector", "matchLabels"));
        json_each (pod, pods)
            make_ready(player, pod);
        player_pass(player, 20);
    }
    strbuf_addf(player->options->why, "%s does not roll out\n", path);
    return player->options->lenient;
}
