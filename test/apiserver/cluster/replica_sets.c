#include "kubeclient/api/object.h"
#include "test/apiserver/cluster/cluster_state.h"

#include <string.h>

/* The one to delete first: not ready before ready, the youngest of these. */
static bool goes_before(const cJSON *a, const cJSON *b)
{
    if (pod_is_ready(a) != pod_is_ready(b))
        return !pod_is_ready(a);
    int age = strcmp(json_str_or(a, "", "metadata", "creationTimestamp"),
                     json_str_or(b, "", "metadata", "creationTimestamp"));
    return age ? age > 0 : strcmp(kube_name(a), kube_name(b)) > 0;
}

static void delete_pods(struct cluster *cluster, struct list *family, int64_t excess)
{
    const char *taken[64] = {NULL}; /* so many a step; the next one goes on */
    size_t count = 0;
    for (; excess > 0 && count < sizeof taken / sizeof *taken; excess--) {
        const cJSON *first = NULL;
        cluster_each(pod, family)
        {
            bool done = false;
            for (size_t i = 0; i < count; i++)
                done |= strcmp(taken[i], kube_name(pod)) == 0;
            if (!done && pod_is_active(pod) && (!first || goes_before(pod, first)))
                first = pod;
        }
        if (!first)
            return;
        taken[count++] = kube_name(first);
        call_delete(cluster, CLUSTER_PODS, first);
    }
}

static void create_pods(struct cluster *cluster, const cJSON *set, int64_t missing)
{
    for (; missing > 0; missing--) {
        auto_json cJSON *pod = pod_of(cluster->arena, set, "ReplicaSet");
        if (!call_create(cluster, CLUSTER_PODS, pod)) {
            task_add_later(cluster, CLUSTER_REPLICA_SETS,
                           arena_printf(cluster->arena, "%s/%s", kube_namespace(set),
                                        kube_name(set)),
                           1000);
            return;
        }
    }
}

static void put_status(struct cluster *cluster, const cJSON *set, struct list *family)
{
    int64_t replicas = 0, ready = 0, terminating = 0;
    cluster_each(pod, family)
    {
        replicas += pod_is_active(pod);
        terminating += kube_deleting(pod);
        ready += pod_is_active(pod) && pod_is_ready(pod);
    }
    auto_json cJSON *status = json_object();
    json_set(status, json_number(replicas), "replicas");
    if (replicas)
        json_set(status, json_number(replicas), "fullyLabeledReplicas");
    if (ready) {
        json_set(status, json_number(ready), "readyReplicas");
        json_set(status, json_number(ready), "availableReplicas");
    }
    json_set(status, json_number(kube_generation(set)), "observedGeneration");
    json_set(status, json_number(terminating), "terminatingReplicas");
    if (json_at(set, "status") && json_equal(status, json_at(set, "status")))
        return;
    auto_json cJSON *object = json_copy(set);
    json_set(object, json_copy(status), "status");
    call_put(cluster, CLUSTER_REPLICA_SETS, object, "status");
}

void sync_replica_set(struct cluster *cluster, const char *key)
{
    const cJSON *set = informer_get(cluster, CLUSTER_REPLICA_SETS, key);
    if (!set)
        return;
    struct list *family = informer_family(cluster, CLUSTER_PODS, kube_uid(set));
    int64_t wanted = json_int(set, 1, "spec", "replicas"), active = 0;
    cluster_each(pod, family) active += pod_is_active(pod);
    if (!kube_deleting(set) && active < wanted)
        create_pods(cluster, set, wanted - active);
    else if (!kube_deleting(set) && active > wanted)
        delete_pods(cluster, family, active - wanted);
    put_status(cluster, set, family);
}
