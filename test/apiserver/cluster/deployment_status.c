#include "test/apiserver/cluster/deployment_status.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/cluster/rollout.h"

#include <string.h>

struct counts {
    int64_t wanted; /* what the ReplicaSets' specs come to */
    int64_t replicas, updated, ready, available, terminating;
};

static struct counts count(struct cluster *cluster, const cJSON *deployment,
                           const cJSON *fresh)
{
    struct counts counts = {0};
    struct list *family =
        informer_family(cluster, CLUSTER_REPLICA_SETS, kube_uid(deployment));
    cluster_each(set, family)
    {
        counts.wanted += json_int(set, 0, "spec", "replicas");
        counts.terminating += json_int(set, 0, "status", "terminatingReplicas");
        counts.replicas += json_int(set, 0, "status", "replicas");
        counts.ready += json_int(set, 0, "status", "readyReplicas");
        counts.available += json_int(set, 0, "status", "availableReplicas");
    }
    counts.updated = json_int(fresh, 0, "status", "replicas");
    return counts;
}

static void set_count(cJSON *status, int64_t value, const char *field)
{
    if (value)
        json_set(status, json_number(value), field);
}

/* ---- conditions */

static cJSON *condition_of(struct cluster *cluster, const cJSON *deployment,
                           const char *type, const char *value, const char *reason)
{
    const cJSON *former =
        condition_find(json_at(deployment, "status", "conditions"), type);
    cJSON *condition = json_object();
    bool same = strcmp(json_str_or(former, "", "status"), value) == 0;
    bool told = same && strcmp(json_str_or(former, "", "reason"), reason) == 0;
    json_set_str(condition, type, "type");
    json_set_str(condition, value, "status");
    json_set_str(condition, reason, "reason");
    json_set_str(condition,
                 told ? json_str(former, "lastUpdateTime") : timestamp(cluster),
                 "lastUpdateTime");
    json_set_str(condition,
                 same ? json_str(former, "lastTransitionTime") : timestamp(cluster),
                 "lastTransitionTime");
    return condition;
}

static void add_available(struct cluster *cluster, const cJSON *deployment,
                          const struct counts *counts, cJSON *list)
{
    struct rollout_limits limits = rollout_limits_of(deployment);
    bool enough = counts->available >= limits.desired - limits.max_unavailable;
    cJSON *condition = json_push(
        list, condition_of(cluster, deployment, "Available", enough ? "True" : "False",
                           enough ? "MinimumReplicasAvailable"
                                  : "MinimumReplicasUnavailable"));
    json_set_str(condition,
                 enough ? "Deployment has minimum availability."
                        : "Deployment does not have minimum availability.",
                 "message");
}

static bool is_complete(const cJSON *deployment, const struct counts *counts)
{
    int64_t wanted = json_int(deployment, 1, "spec", "replicas");
    return counts->updated == wanted && counts->replicas == wanted &&
           counts->available == wanted;
}

static bool is_progressing(const cJSON *deployment, const struct counts *counts)
{
    const cJSON *former = json_at(deployment, "status");
    int64_t replicas = json_int(former, 0, "replicas");
    int64_t updated = json_int(former, 0, "updatedReplicas");
    return counts->updated > updated ||
           counts->replicas - counts->updated < replicas - updated ||
           counts->ready > json_int(former, 0, "readyReplicas") ||
           counts->available > json_int(former, 0, "availableReplicas");
}

/* Milliseconds until the deadline passes; 0 or less: it has. */
static int64_t time_left(struct cluster *cluster, const cJSON *deployment)
{
    const cJSON *former =
        condition_find(json_at(deployment, "status", "conditions"), "Progressing");
    int64_t deadline_ms =
        1000 * json_int(deployment, 600, "spec", "progressDeadlineSeconds");
    int64_t updated_ms;
    if (!former ||
        !rfc3339_parse(json_str_or(former, "", "lastUpdateTime"), &updated_ms))
        return deadline_ms;
    return updated_ms + deadline_ms - cluster->now.wall_ms;
}

struct progress {
    const char *value, *reason, *message;
    bool renewed; /* something happened: the deadline counts from now */
};

static struct progress progress_of(struct cluster *cluster, const cJSON *deployment,
                                   const cJSON *fresh, const struct counts *counts,
                                   bool created)
{
    struct arena *arena = cluster->arena;
    const char *name = fresh ? kube_name(fresh) : "";
    const cJSON *former = json_at(deployment, "status", "conditions");
    const char *reason = condition_reason(former, "Progressing");
    if (json_bool(deployment, false, "spec", "paused"))
        return (struct progress){"Unknown", "DeploymentPaused", "Deployment is paused",
                                 false};
    if (strcmp(reason, "DeploymentPaused") == 0)
        return (struct progress){"Unknown", "DeploymentResumed",
                                 "Deployment is resumed", true};
    if (is_complete(deployment, counts))
        return (struct progress){
            "True", "NewReplicaSetAvailable",
            arena_printf(arena, "ReplicaSet \"%s\" has successfully progressed.", name),
            false};
    if (created || !condition_find(former, "Progressing"))
        return (struct progress){
            "True", "NewReplicaSetCreated",
            arena_printf(arena, "Created new replica set \"%s\"", name), true};
    if (is_progressing(deployment, counts))
        return (struct progress){
            "True", "ReplicaSetUpdated",
            arena_printf(arena, "ReplicaSet \"%s\" is progressing.", name), true};
    if (time_left(cluster, deployment) <= 0)
        return (struct progress){
            "False", "ProgressDeadlineExceeded",
            arena_printf(arena, "ReplicaSet \"%s\" has timed out progressing.", name),
            false};
    const cJSON *kept = condition_find(former, "Progressing");
    return (struct progress){json_str_or(kept, "True", "status"), reason,
                             json_str_or(kept, "", "message"), false};
}

static void add_progress(struct cluster *cluster, const cJSON *deployment,
                         const struct progress *progress, cJSON *list)
{
    cJSON *condition = json_push(list, condition_of(cluster, deployment, "Progressing",
                                                    progress->value, progress->reason));
    json_set_str(condition, progress->message, "message");
    if (progress->renewed)
        json_set_str(condition, timestamp(cluster), "lastUpdateTime");
}

void put_deployment_status(struct cluster *cluster, const cJSON *deployment,
                           const cJSON *fresh, bool created)
{
    struct counts counts = count(cluster, deployment, fresh);
    auto_json cJSON *status = json_object();
    json_set(status, json_number(kube_generation(deployment)), "observedGeneration");
    set_count(status, counts.replicas, "replicas");
    set_count(status, counts.updated, "updatedReplicas");
    set_count(status, counts.ready, "readyReplicas");
    set_count(status, counts.available, "availableReplicas");
    if (counts.wanted > counts.available)
        set_count(status, counts.wanted - counts.available, "unavailableReplicas");
    json_set(status, json_number(counts.terminating), "terminatingReplicas");
    struct progress progress =
        progress_of(cluster, deployment, fresh, &counts, created);
    cJSON *list = json_set(status, json_array(), "conditions");
    add_available(cluster, deployment, &counts, list);
    add_progress(cluster, deployment, &progress, list);
    bool waits = !is_complete(deployment, &counts) &&
                 strcmp(progress.reason, "ProgressDeadlineExceeded") != 0 &&
                 strcmp(progress.reason, "DeploymentPaused") != 0;
    if (waits) {
        int64_t left = progress.renewed ? 1000 * json_int(deployment, 600, "spec",
                                                          "progressDeadlineSeconds")
                                        : time_left(cluster, deployment);
        task_add_later(cluster, CLUSTER_DEPLOYMENTS,
                       arena_printf(cluster->arena, "%s/%s", kube_namespace(deployment),
                                    kube_name(deployment)),
                       left > 0 ? left : 1);
    }
    if (json_equal(status, json_at(deployment, "status")))
        return;
    auto_json cJSON *object = json_copy(deployment);
    json_set(object, json_copy(status), "status");
    call_put(cluster, CLUSTER_DEPLOYMENTS, object, "status");
}
