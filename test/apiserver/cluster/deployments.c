#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/cluster/cluster_state.h"
#include "test/apiserver/cluster/deployment_status.h"
#include "test/apiserver/cluster/rollout.h"

#include <string.h>

#define REVISION "deployment.kubernetes.io/revision"
#define HASH "pod-template-hash"

enum { OLD_MAX = 64 };

/* A Deployment with its ReplicaSets. */
struct deployment {
    const cJSON *object;
    const char *hash;
    struct rollout_set fresh; /* object NULL: not there yet */
    struct rollout_set old[OLD_MAX];
    size_t old_count;
};

static int64_t revision_of(const cJSON *object)
{
    const char *text = kube_annotation(object, REVISION);
    uint64_t revision;
    return text && ascii_parse_u64(text, &revision) ? (int64_t)revision : 0;
}

static struct rollout_set set_of(const cJSON *object)
{
    return (struct rollout_set){
        .object = object,
        .replicas = json_int(object, 0, "spec", "replicas"),
        .available = json_int(object, 0, "status", "availableReplicas"),
    };
}

static struct deployment deployment_read(struct cluster *cluster, const cJSON *object)
{
    struct deployment deployment = {
        .object = object,
        .hash = template_hash(cluster->arena, json_at(object, "spec", "template")),
    };
    struct list *family =
        informer_family(cluster, CLUSTER_REPLICA_SETS, kube_uid(object));
    cluster_each(set, family)
    {
        const char *hash = kube_label(set, HASH);
        if (kube_deleting(set))
            continue;
        if (hash && strcmp(hash, deployment.hash) == 0)
            deployment.fresh = set_of(set);
        else if (deployment.old_count < OLD_MAX)
            deployment.old[deployment.old_count++] = set_of(set);
    }
    return deployment;
}

static int64_t next_revision(const struct deployment *deployment)
{
    int64_t highest = 0;
    for (size_t i = 0; i < deployment->old_count; i++) {
        int64_t revision = revision_of(deployment->old[i].object);
        if (revision > highest)
            highest = revision;
    }
    int64_t own = deployment->fresh.object ? revision_of(deployment->fresh.object) : 0;
    return own > highest ? own : highest + 1;
}

static void set_revision(struct cluster *cluster, cJSON *object, int64_t revision)
{
    json_set_str(object, arena_printf(cluster->arena, "%lld", (long long)revision),
                 "metadata", "annotations", REVISION);
}

/* What a ReplicaSet tells of its Deployment, for kubectl and for the next scaling. */
static void set_limits(struct cluster *cluster, cJSON *set, const cJSON *deployment)
{
    struct rollout_limits limits = rollout_limits_of(deployment);
    json_set_str(set, arena_printf(cluster->arena, "%lld", (long long)limits.desired),
                 "metadata", "annotations",
                 "deployment.kubernetes.io/desired-replicas");
    json_set_str(set,
                 arena_printf(cluster->arena, "%lld",
                              (long long)(limits.desired + limits.max_surge)),
                 "metadata", "annotations", "deployment.kubernetes.io/max-replicas");
}

static bool create_set(struct cluster *cluster, const struct deployment *deployment,
                       int64_t replicas)
{
    const cJSON *object = deployment->object;
    auto_json cJSON *set = json_object();
    json_set_str(
        set, arena_printf(cluster->arena, "%s-%s", kube_name(object), deployment->hash),
        "metadata", "name");
    json_set_str(set, kube_namespace(object), "metadata", "namespace");
    json_set(set, json_copy(json_at(object, "spec", "template", "metadata", "labels")),
             "metadata", "labels");
    json_set_str(set, deployment->hash, "metadata", "labels", HASH);
    set_revision(cluster, set, next_revision(deployment));
    set_limits(cluster, set, object);
    set_controller(set, object, "apps/v1", "Deployment");
    json_set(set, json_number(replicas), "spec", "replicas");
    json_set(set, json_copy(json_at(object, "spec", "selector")), "spec", "selector");
    json_set_str(set, deployment->hash, "spec", "selector", "matchLabels", HASH);
    json_set(set, json_copy(json_at(object, "spec", "template")), "spec", "template");
    json_set_str(set, deployment->hash, "spec", "template", "metadata", "labels", HASH);
    return call_create(cluster, CLUSTER_REPLICA_SETS, set);
}

/* True: the Deployment was written, and comes back with it. */
static bool put_revision(struct cluster *cluster, const struct deployment *deployment)
{
    int64_t revision = next_revision(deployment);
    if (revision_of(deployment->object) == revision)
        return false;
    auto_json cJSON *object = json_copy(deployment->object);
    set_revision(cluster, object, revision);
    return call_put(cluster, CLUSTER_DEPLOYMENTS, object, "status");
}

static void scale(struct cluster *cluster, const struct deployment *deployment,
                  const struct rollout_set *set, bool fresh)
{
    int64_t revision = next_revision(deployment);
    bool revised = fresh && revision_of(set->object) != revision;
    if (set->wanted == set->replicas && !revised)
        return;
    auto_json cJSON *object = json_copy(set->object);
    json_set(object, json_number(set->wanted), "spec", "replicas");
    set_limits(cluster, object, deployment->object);
    if (revised)
        set_revision(cluster, object, revision);
    call_put(cluster, CLUSTER_REPLICA_SETS, object, "");
}

static void scale_all(struct cluster *cluster, struct deployment *deployment)
{
    for (size_t i = 0; i < deployment->old_count; i++)
        scale(cluster, deployment, &deployment->old[i], false);
    if (deployment->fresh.object)
        scale(cluster, deployment, &deployment->fresh, true);
}

static bool has_pods(struct cluster *cluster, const cJSON *set)
{
    struct list *family = informer_family(cluster, CLUSTER_PODS, kube_uid(set));
    return family && !list_empty(family);
}

/* Recreate: the old ones go before the new one comes. True: they are gone. */
static bool clear_old(struct cluster *cluster, struct deployment *deployment)
{
    bool gone = true;
    for (size_t i = 0; i < deployment->old_count; i++) {
        deployment->old[i].wanted = 0;
        scale(cluster, deployment, &deployment->old[i], false);
        gone = gone && !has_pods(cluster, deployment->old[i].object);
    }
    return gone;
}

/* What a new ReplicaSet begins with, within the surge. */
static int64_t first_replicas(const struct rollout_limits *limits,
                              const struct deployment *deployment)
{
    int64_t total = 0;
    for (size_t i = 0; i < deployment->old_count; i++)
        total += deployment->old[i].replicas;
    int64_t room = limits->desired + limits->max_surge - total;
    if (room < 0)
        room = 0;
    return room < limits->desired ? room : limits->desired;
}

/* True: a new ReplicaSet was made. */
static bool roll(struct cluster *cluster, struct deployment *deployment)
{
    struct rollout_limits limits = rollout_limits_of(deployment->object);
    bool recreate =
        strcmp(json_str_or(deployment->object, "", "spec", "strategy", "type"),
               "Recreate") == 0;
    if (recreate && !clear_old(cluster, deployment))
        return false;
    if (!deployment->fresh.object)
        return create_set(cluster, deployment,
                          recreate ? limits.desired
                                   : first_replicas(&limits, deployment));
    rollout_step(&limits, &deployment->fresh, deployment->old, deployment->old_count);
    scale_all(cluster, deployment);
    return false;
}

/* A paused Deployment is scaled, and nothing else. */
static void scale_paused(struct cluster *cluster, struct deployment *deployment)
{
    if (!deployment->fresh.object || deployment->old_count)
        return;
    deployment->fresh.wanted = json_int(deployment->object, 1, "spec", "replicas");
    scale(cluster, deployment, &deployment->fresh, true);
}

static void drop_history(struct cluster *cluster, const struct deployment *deployment)
{
    int64_t limit = json_int(deployment->object, 10, "spec", "revisionHistoryLimit");
    int64_t excess = (int64_t)deployment->old_count - limit;
    for (size_t i = 0; excess > 0 && i < deployment->old_count; i++) {
        const struct rollout_set *set = &deployment->old[i];
        if (set->replicas == 0 && json_int(set->object, 0, "status", "replicas") == 0) {
            call_delete(cluster, CLUSTER_REPLICA_SETS, set->object);
            excess--;
        }
    }
}

void sync_deployment(struct cluster *cluster, const char *key)
{
    const cJSON *object = informer_get(cluster, CLUSTER_DEPLOYMENTS, key);
    if (!object || kube_deleting(object))
        return;
    struct deployment deployment = deployment_read(cluster, object);
    bool paused = json_bool(object, false, "spec", "paused"), created = false;
    if (paused)
        scale_paused(cluster, &deployment);
    else
        created = roll(cluster, &deployment);
    if (!paused && put_revision(cluster, &deployment))
        return;
    drop_history(cluster, &deployment);
    put_deployment_status(cluster, object, deployment.fresh.object, created);
}
