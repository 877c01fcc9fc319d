#include "kubeclient/base/alloc.h"
#include "test/apiserver/cluster/cluster_state.h"

#include <string.h>

static const char *queue_key(struct cluster *cluster, enum cluster_kind kind,
                             const char *key)
{
    return arena_printf(cluster->arena, "%d:%s", (int)kind, key);
}

static struct task *task_new(enum cluster_kind kind, const char *key)
{
    struct task *task = xcalloc(1, sizeof *task);
    task->kind = kind;
    task->key = xstrdup(key);
    return task;
}

void task_free(struct task *task)
{
    free(task->key);
    free(task);
}

void task_add(struct cluster *cluster, enum cluster_kind kind, const char *key)
{
    const char *name = queue_key(cluster, kind, key);
    if (map_get(&cluster->queued, name))
        return;
    struct task *task = task_new(kind, key);
    list_append(&cluster->tasks, &task->node);
    map_put(&cluster->queued, name, task);
}

/* Timers are sorted. Most are set for about the same time from now, so the place of a
 * new one is near the end. */
static void insert_timer(struct cluster *cluster, struct task *task)
{
    struct list *after = cluster->timers.prev;
    while (after != &cluster->timers &&
           LIST_ENTRY(after, struct task, node)->due_ms > task->due_ms)
        after = after->prev;
    list_prepend(after, &task->node);
}

void task_add_later(struct cluster *cluster, enum cluster_kind kind, const char *key,
                    int64_t delay_ms)
{
    const char *name = queue_key(cluster, kind, key);
    int64_t due_ms = cluster->now.mono_ms + delay_ms;
    struct task *task = map_get(&cluster->delayed, name);
    if (task && task->due_ms <= due_ms)
        return;
    if (task) {
        list_remove(&task->node);
    } else {
        task = task_new(kind, key);
        map_put(&cluster->delayed, name, task);
    }
    task->due_ms = due_ms;
    insert_timer(cluster, task);
}

bool task_is_delayed(struct cluster *cluster, enum cluster_kind kind, const char *key)
{
    return map_get(&cluster->delayed, queue_key(cluster, kind, key));
}

static void release_due(struct cluster *cluster)
{
    while (!list_empty(&cluster->timers)) {
        struct task *task = LIST_ENTRY(cluster->timers.next, struct task, node);
        if (task->due_ms > cluster->now.mono_ms)
            return;
        list_remove(&task->node);
        map_remove(&cluster->delayed, queue_key(cluster, task->kind, task->key));
        task_add(cluster, task->kind, task->key);
        task_free(task);
    }
}

struct task *task_take(struct cluster *cluster)
{
    release_due(cluster);
    struct list *node = list_pop(&cluster->tasks);
    if (!node)
        return NULL;
    struct task *task = LIST_ENTRY(node, struct task, node);
    map_remove(&cluster->queued, queue_key(cluster, task->kind, task->key));
    return task;
}

int64_t task_deadline(const struct cluster *cluster)
{
    if (!list_empty(&cluster->tasks))
        return cluster->now.mono_ms;
    if (list_empty(&cluster->timers))
        return -1;
    return LIST_ENTRY(cluster->timers.next, struct task, node)->due_ms;
}
