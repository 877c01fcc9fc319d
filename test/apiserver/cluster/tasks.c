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

void task_add_later(struct cluster *cluster, enum cluster_kind kind, const char *key,
                    int64_t delay_ms)
{
    list_for_each (node, &cluster->timers) {
        struct task *known = LIST_ENTRY(node, struct task, node);
        if (known->kind == kind && strcmp(known->key, key) == 0) {
            int64_t due_ms = cluster->now.mono_ms + delay_ms;
            if (due_ms < known->due_ms)
                known->due_ms = due_ms;
            return;
        }
    }
    struct task *task = task_new(kind, key);
    task->due_ms = cluster->now.mono_ms + delay_ms;
    list_append(&cluster->timers, &task->node);
}

static void release_due(struct cluster *cluster)
{
    struct list due;
    list_init(&due);
    for (struct list *node = cluster->timers.next, *next; node != &cluster->timers;
         node = next) {
        next = node->next;
        if (LIST_ENTRY(node, struct task, node)->due_ms <= cluster->now.mono_ms) {
            list_remove(node);
            list_append(&due, node);
        }
    }
    for (struct list *node; (node = list_pop(&due));) {
        struct task *task = LIST_ENTRY(node, struct task, node);
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
    int64_t earliest = -1;
    list_for_each (node, &cluster->timers) {
        int64_t due_ms = LIST_ENTRY(node, struct task, node)->due_ms;
        if (earliest < 0 || due_ms < earliest)
            earliest = due_ms;
    }
    return earliest;
}
