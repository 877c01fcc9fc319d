#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/cluster/cluster_state.h"

#include <string.h>

#define REVISION_LABEL "controller-revision-hash"

enum { PODS_MAX = 256 };

/* A StatefulSet with its pods by ordinal. */
struct stateful_set {
    const cJSON *object;
    const char *revision;        /* of the template: NAME-HASH */
    const cJSON *pods[PODS_MAX]; /* NULL: missing */
    int64_t wanted;
    bool ordered; /* one after the other, each once the former is ready */
};

static int64_t ordinal_of(const cJSON *pod, const char *name)
{
    uint64_t ordinal;
    const char *rest = kube_name(pod) + strlen(name);
    bool numbered = ascii_has_prefix(kube_name(pod), name) && *rest == '-' &&
                    ascii_parse_u64(rest + 1, &ordinal) && ordinal < PODS_MAX;
    return numbered ? (int64_t)ordinal : -1;
}

static struct stateful_set stateful_set_read(struct cluster *cluster,
                                             const cJSON *object)
{
    const char *hash =
        template_hash(cluster->arena, json_at(object, "spec", "template"));
    struct stateful_set set = {
        .object = object,
        .revision = arena_printf(cluster->arena, "%s-%s", kube_name(object), hash),
        .wanted = json_int(object, 1, "spec", "replicas"),
        .ordered = strcmp(json_str_or(object, "", "spec", "podManagementPolicy"),
                          "Parallel") != 0,
    };
    if (set.wanted > PODS_MAX)
        set.wanted = PODS_MAX;
    struct list *family = informer_family(cluster, CLUSTER_PODS, kube_uid(object));
    cluster_each(pod, family)
    {
        int64_t ordinal = ordinal_of(pod, kube_name(object));
        if (ordinal >= 0)
            set.pods[ordinal] = pod;
    }
    return set;
}

static void create_pod(struct cluster *cluster, const struct stateful_set *set,
                       int64_t ordinal)
{
    auto_json cJSON *pod = pod_of(cluster->arena, set->object, "StatefulSet");
    const char *number = arena_printf(cluster->arena, "%lld", (long long)ordinal);
    const char *name =
        arena_printf(cluster->arena, "%s-%s", kube_name(set->object), number);
    json_remove(pod, "metadata", "generateName");
    json_set_str(pod, name, "metadata", "name");
    json_set_str(pod, set->revision, "metadata", "labels", REVISION_LABEL);
    json_set_str(pod, name, "metadata", "labels", "statefulset.kubernetes.io/pod-name");
    json_set_str(pod, number, "metadata", "labels", "apps.kubernetes.io/pod-index");
    json_set_str(pod, name, "spec", "hostname");
    json_set_str(pod, json_str(set->object, "spec", "serviceName"), "spec",
                 "subdomain");
    call_create(cluster, CLUSTER_PODS, pod);
}

/* True: all that is wanted is there, and, in order, ready. */
static bool fill(struct cluster *cluster, const struct stateful_set *set)
{
    for (int64_t i = 0; i < set->wanted; i++) {
        const cJSON *pod = set->pods[i];
        bool finished = pod && !kube_deleting(pod) && !pod_is_active(pod);
        if (!pod)
            create_pod(cluster, set, i);
        else if (finished)
            call_delete(cluster, CLUSTER_PODS, pod);
        if (set->ordered && (!pod || !pod_is_active(pod) || !pod_is_ready(pod)))
            return false;
    }
    return true;
}

/* True: nothing is left of what is too much. */
static bool condemn(struct cluster *cluster, const struct stateful_set *set)
{
    for (int64_t i = PODS_MAX - 1; i >= set->wanted; i--) {
        if (!set->pods[i])
            continue;
        if (!kube_deleting(set->pods[i]))
            call_delete(cluster, CLUSTER_PODS, set->pods[i]);
        return false;
    }
    return true;
}

static bool has_revision(const struct stateful_set *set, const cJSON *pod)
{
    const char *revision = kube_label(pod, REVISION_LABEL);
    return revision && strcmp(revision, set->revision) == 0;
}

/* From the highest ordinal down, one at a time. */
static void roll(struct cluster *cluster, const struct stateful_set *set)
{
    const cJSON *strategy = json_at(set->object, "spec", "updateStrategy");
    int64_t partition = json_int(strategy, 0, "rollingUpdate", "partition");
    if (strcmp(json_str_or(strategy, "", "type"), "OnDelete") == 0)
        return;
    for (int64_t i = set->wanted - 1; i >= partition; i--) {
        const cJSON *pod = set->pods[i];
        if (!pod || kube_deleting(pod))
            return;
        if (!has_revision(set, pod)) {
            call_delete(cluster, CLUSTER_PODS, pod);
            return;
        }
        if (!pod_is_ready(pod))
            return;
    }
}

static void put_status(struct cluster *cluster, const struct stateful_set *set)
{
    int64_t replicas = 0, ready = 0, updated = 0, current = 0;
    const char *former =
        json_str_or(set->object, set->revision, "status", "currentRevision");
    for (int64_t i = 0; i < PODS_MAX; i++) {
        const cJSON *pod = set->pods[i];
        if (!pod)
            continue;
        const char *revision = kube_label(pod, REVISION_LABEL);
        replicas++;
        ready += pod_is_active(pod) && pod_is_ready(pod);
        updated += pod_is_active(pod) && has_revision(set, pod);
        current += pod_is_active(pod) && revision && strcmp(revision, former) == 0;
    }
    bool complete =
        updated == set->wanted && replicas == set->wanted && ready == set->wanted;
    auto_json cJSON *status = json_object();
    json_set(status, json_number(kube_generation(set->object)), "observedGeneration");
    json_set(status, json_number(replicas), "replicas");
    if (ready)
        json_set(status, json_number(ready), "readyReplicas");
    json_set(status, json_number(ready), "availableReplicas");
    if (complete ? updated : current)
        json_set(status, json_number(complete ? updated : current), "currentReplicas");
    if (updated)
        json_set(status, json_number(updated), "updatedReplicas");
    json_set_str(status, complete ? set->revision : former, "currentRevision");
    json_set_str(status, set->revision, "updateRevision");
    json_set(status, json_number(0), "collisionCount");
    if (json_equal(status, json_at(set->object, "status")))
        return;
    auto_json cJSON *object = json_copy(set->object);
    json_set(object, json_copy(status), "status");
    call_put(cluster, CLUSTER_STATEFUL_SETS, object, "status");
}

void sync_stateful_set(struct cluster *cluster, const char *key)
{
    const cJSON *object = informer_get(cluster, CLUSTER_STATEFUL_SETS, key);
    if (!object || kube_deleting(object))
        return;
    struct stateful_set set = stateful_set_read(cluster, object);
    if (fill(cluster, &set) && condemn(cluster, &set))
        roll(cluster, &set);
    put_status(cluster, &set);
}
