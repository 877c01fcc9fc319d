#include "test/apiserver/cluster/cluster.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/cluster/cluster_state.h"

/* One controller for each kind, as a user of its own. */
static const struct {
    void (*sync)(struct cluster *, const char *);
    const struct api_user *user;
} CONTROLLERS[] = {
    [CLUSTER_NAMESPACES] = {sync_namespace, &USER_SERVICE_ACCOUNTS},
    [CLUSTER_DEPLOYMENTS] = {sync_deployment, &USER_DEPLOYMENTS},
    [CLUSTER_REPLICA_SETS] = {sync_replica_set, &USER_REPLICA_SETS},
    [CLUSTER_STATEFUL_SETS] = {sync_stateful_set, &USER_STATEFUL_SETS},
    [CLUSTER_PODS] = {sync_pod, &USER_KUBELET},
};

struct cluster *cluster_new(struct api_server *server,
                            const struct cluster_options *options, struct instant now)
{
    struct cluster *cluster = xcalloc(1, sizeof *cluster);
    cluster->server = server;
    cluster->options = *options;
    cluster->now = now;
    cluster->arena = arena_new();
    list_init(&cluster->tasks);
    list_init(&cluster->timers);
    map_init(&cluster->queued, 3);
    map_init(&cluster->delayed, 4);
    informers_open(cluster);
    return cluster;
}

static void free_tasks(struct list *tasks)
{
    for (struct list *node; (node = list_pop(tasks));)
        task_free(LIST_ENTRY(node, struct task, node));
}

void cluster_free(struct cluster **cluster)
{
    struct cluster *self = *cluster;
    if (!self)
        return;
    informers_close(self);
    free_tasks(&self->tasks);
    free_tasks(&self->timers);
    map_fini(&self->queued);
    map_fini(&self->delayed);
    arena_free(&self->arena);
    free(self);
    *cluster = NULL;
}

bool cluster_turn(struct cluster *cluster, struct instant now)
{
    cluster->now = now;
    arena_reset(cluster->arena);
    if (informers_take(cluster))
        return true;
    struct task *task = task_take(cluster);
    if (!task)
        return false;
    cluster->user = CONTROLLERS[task->kind].user;
    CONTROLLERS[task->kind].sync(cluster, task->key);
    task_free(task);
    return true;
}

int64_t cluster_deadline(const struct cluster *cluster)
{
    return task_deadline(cluster);
}
