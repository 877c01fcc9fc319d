#include "controller/engine/workqueue.h"

#include "controller/engine/heap.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/backoff.h"
#include "kubeclient/base/list.h"
#include "kubeclient/base/map.h"

#include <assert.h>
#include <string.h>

static const struct backoff_policy FAILURE_BACKOFF = {1000, 5 * 60 * 1000};
static const struct backoff_policy CONFLICT_BACKOFF = {200, 10 * 1000};

enum { DEBUG_MAX = 100 };

enum work_state { WORK_READY, WORK_WAITING, WORK_RUNNING };

struct work {
    enum work_state state;
    enum work_priority priority;
    bool again;               /* RUNNING: added meanwhile, with `priority` */
    uint32_t failures;        /* in a row */
    uint64_t order;           /* READY: of arrival */
    int64_t since_ms;         /* in this state */
    int64_t due_ms;           /* WAITING */
    struct heap_node node;    /* READY, WAITING */
    struct list running_node; /* RUNNING */
    void *owner;
    struct kube_key key; /* points into `text` */
    char text[];         /* "ns/name", then ns and name each by itself */
};

struct workqueue {
    const char *name;
    struct metrics *metrics;
    uint64_t random, last_order;
    struct map items; /* by text, borrowed from the work */
    struct heap ready, waiting;
    struct list running;
    size_t ready_count[WORK_PRIORITIES], running_count;
};

static bool comes_before(const struct heap_node *a, const struct heap_node *b)
{
    const struct work *x = HEAP_CONST_ENTRY(a, struct work, node);
    const struct work *y = HEAP_CONST_ENTRY(b, struct work, node);
    return x->priority != y->priority ? x->priority < y->priority : x->order < y->order;
}

static bool is_due_before(const struct heap_node *a, const struct heap_node *b)
{
    return HEAP_CONST_ENTRY(a, struct work, node)->due_ms <
           HEAP_CONST_ENTRY(b, struct work, node)->due_ms;
}

struct workqueue *workqueue_new(const struct workqueue_options *options)
{
    struct workqueue *queue = xcalloc(1, sizeof(*queue));
    queue->name = options->name;
    queue->metrics = options->metrics;
    queue->random = options->seed;
    map_init_borrowed(&queue->items, random_next(&queue->random));
    heap_init(&queue->ready, comes_before);
    heap_init(&queue->waiting, is_due_before);
    list_init(&queue->running);
    return queue;
}

void workqueue_free(struct workqueue **queue)
{
    struct workqueue *self = *queue;
    if (!self)
        return;
    size_t at = 0;
    const char *key;
    void *work;
    while (map_next(&self->items, &at, &key, &work))
        free(work);
    map_fini(&self->items);
    heap_fini(&self->ready);
    heap_fini(&self->waiting);
    free(self);
    *queue = NULL;
}

/* Names are at most 253 bytes; keys come from objects that the API server took. */
enum { KEY_TEXT_SIZE = 640 };

static size_t key_text(char text[KEY_TEXT_SIZE], const struct kube_key *key)
{
    size_t ns = strlen(key->ns), name = strlen(key->name);
    assert(ns + name + 2 <= KEY_TEXT_SIZE);
    memcpy(text, key->ns, ns);
    text[ns] = '/';
    memcpy(text + ns + 1, key->name, name + 1);
    return ns + 1 + name;
}

static struct work *find(const struct workqueue *queue, const struct kube_key *key)
{
    char text[KEY_TEXT_SIZE];
    return map_getn(&queue->items, text, key_text(text, key));
}

static struct work *make(struct workqueue *queue, const struct kube_key *key)
{
    char text[KEY_TEXT_SIZE];
    size_t len = key_text(text, key);
    struct work *work = xcalloc(1, sizeof(*work) + 2 * (len + 1));
    memcpy(work->text, text, len + 1);
    char *parts = memcpy(work->text + len + 1, text, len + 1);
    size_t ns = strlen(key->ns);
    parts[ns] = '\0';
    work->key = (struct kube_key){.ns = parts, .name = parts + ns + 1};
    list_init(&work->running_node);
    map_put(&queue->items, work->text, work);
    return work;
}

static void count(const struct workqueue *queue, enum metric metric)
{
    metrics_add(queue->metrics, metric, 1, METRIC_LABELS(queue->name, queue->name));
}

static void observe(const struct workqueue *queue, enum metric metric, int64_t ms)
{
    metrics_observe(queue->metrics, metric, (double)ms / 1000,
                    METRIC_LABELS(queue->name, queue->name));
}

static void set_ready(struct workqueue *queue, struct work *work, int64_t now_ms)
{
    work->state = WORK_READY;
    work->since_ms = now_ms;
    work->order = ++queue->last_order;
    queue->ready_count[work->priority]++;
    heap_push(&queue->ready, &work->node);
    count(queue, METRIC_WORKQUEUE_ADDS);
}

static void set_waiting(struct workqueue *queue, struct work *work, int64_t due_ms)
{
    work->state = WORK_WAITING;
    work->due_ms = due_ms;
    heap_push(&queue->waiting, &work->node);
}

static void raise(struct workqueue *queue, struct work *work,
                  enum work_priority priority)
{
    if (priority >= work->priority)
        return;
    heap_remove(&queue->ready, &work->node);
    queue->ready_count[work->priority]--;
    work->priority = priority;
    queue->ready_count[work->priority]++;
    heap_push(&queue->ready, &work->node);
}

void workqueue_add(struct workqueue *queue, const struct kube_key *key,
                   enum work_priority priority, int64_t now_ms)
{
    struct work *work = find(queue, key);
    if (!work) {
        work = make(queue, key);
        work->priority = priority;
        set_ready(queue, work, now_ms);
        return;
    }
    switch (work->state) {
    case WORK_READY:
        raise(queue, work, priority);
        break;
    case WORK_WAITING:
        heap_remove(&queue->waiting, &work->node);
        work->priority = priority;
        set_ready(queue, work, now_ms);
        break;
    case WORK_RUNNING:
        if (!work->again || priority < work->priority)
            work->priority = priority;
        work->again = true;
        break;
    }
}

static void wake_due(struct workqueue *queue, int64_t now_ms)
{
    struct heap_node *top;
    while ((top = heap_top(&queue->waiting)) != NULL) {
        struct work *work = HEAP_ENTRY(top, struct work, node);
        if (work->due_ms > now_ms)
            return;
        heap_remove(&queue->waiting, top);
        set_ready(queue, work, now_ms);
    }
}

struct work *workqueue_take(struct workqueue *queue, int64_t now_ms)
{
    wake_due(queue, now_ms);
    struct heap_node *top = heap_top(&queue->ready);
    if (!top)
        return NULL;
    struct work *work = HEAP_ENTRY(top, struct work, node);
    heap_remove(&queue->ready, top);
    queue->ready_count[work->priority]--;
    observe(queue, METRIC_WORKQUEUE_QUEUE_SECONDS, now_ms - work->since_ms);
    work->state = WORK_RUNNING;
    work->since_ms = now_ms;
    list_append(&queue->running, &work->running_node);
    queue->running_count++;
    return work;
}

/* When a key wants to be looked at again; -1: not by itself. */
static int64_t next_due(struct workqueue *queue, const struct work *work,
                        const struct work_result *result, int64_t now_ms)
{
    int64_t due = -1;
    if (result->outcome != WORK_DONE) {
        const struct backoff_policy *policy =
            result->outcome == WORK_CONFLICT ? &CONFLICT_BACKOFF : &FAILURE_BACKOFF;
        int64_t delay =
            backoff_delay(policy, work->failures, random_next(&queue->random));
        due = now_ms + (delay > result->not_before_ms ? delay : result->not_before_ms);
    }
    if (result->requeue_after_ms > 0) {
        int64_t wish = now_ms + result->requeue_after_ms;
        if (due < 0 || wish < due)
            due = wish;
    }
    return due;
}

void workqueue_done(struct workqueue *queue, struct work *work,
                    const struct work_result *result, int64_t now_ms)
{
    assert(work->state == WORK_RUNNING);
    observe(queue, METRIC_WORKQUEUE_WORK_SECONDS, now_ms - work->since_ms);
    list_remove(&work->running_node);
    queue->running_count--;
    work->owner = NULL;
    work->failures = result->outcome == WORK_DONE ? 0 : work->failures + 1;
    if (work->failures)
        count(queue, METRIC_WORKQUEUE_RETRIES);

    int64_t due = next_due(queue, work, result, now_ms);
    if (work->again) {
        work->again = false;
        set_ready(queue, work, now_ms);
    } else if (due >= 0) {
        set_waiting(queue, work, due);
    } else {
        map_remove(&queue->items, work->text);
        free(work);
    }
}

const struct kube_key *work_key(const struct work *work)
{
    return &work->key;
}

uint32_t work_failures(const struct work *work)
{
    return work->failures;
}

void work_set_owner(struct work *work, void *owner)
{
    work->owner = owner;
}

void *workqueue_owner(const struct workqueue *queue, const struct kube_key *key)
{
    const struct work *work = find(queue, key);
    return work ? work->owner : NULL;
}

int64_t workqueue_deadline(const struct workqueue *queue)
{
    const struct heap_node *top = heap_top(&queue->waiting);
    return top ? HEAP_CONST_ENTRY(top, struct work, node)->due_ms : -1;
}

size_t workqueue_ready(const struct workqueue *queue)
{
    return queue->ready.len;
}

size_t workqueue_delayed(const struct workqueue *queue)
{
    return queue->waiting.len;
}

size_t workqueue_running(const struct workqueue *queue)
{
    return queue->running_count;
}

void workqueue_update_metrics(struct workqueue *queue, int64_t now_ms)
{
    static const char *const PRIORITIES[WORK_PRIORITIES] = {"0", "-100"};
    int64_t unfinished = 0, longest = 0;
    list_for_each (node, &queue->running) {
        int64_t age = now_ms - LIST_ENTRY(node, struct work, running_node)->since_ms;
        unfinished += age;
        longest = age > longest ? age : longest;
    }
    const char *name = queue->name;
    for (size_t i = 0; i < WORK_PRIORITIES; i++)
        metrics_set(queue->metrics, METRIC_WORKQUEUE_DEPTH,
                    (double)queue->ready_count[i],
                    METRIC_LABELS(name, name, PRIORITIES[i]));
    metrics_set(queue->metrics, METRIC_WORKQUEUE_UNFINISHED_SECONDS,
                (double)unfinished / 1000, METRIC_LABELS(name, name));
    metrics_set(queue->metrics, METRIC_WORKQUEUE_LONGEST_SECONDS,
                (double)longest / 1000, METRIC_LABELS(name, name));
}

static cJSON *running_debug(const struct workqueue *queue, int64_t now_ms)
{
    cJSON *list = json_array();
    size_t len = 0;
    list_for_each (node, &queue->running) {
        const struct work *work = LIST_ENTRY(node, const struct work, running_node);
        if (len++ == DEBUG_MAX)
            break;
        cJSON *item = json_push(list, json_object());
        json_set_str(item, work->text, "key");
        json_set(item, json_number(now_ms - work->since_ms), "forMs");
    }
    return list;
}

static cJSON *failing_debug(const struct workqueue *queue, int64_t now_ms)
{
    cJSON *list = json_array();
    for (size_t i = 0, len = 0; i < queue->waiting.len && len < DEBUG_MAX; i++) {
        const struct work *work =
            HEAP_CONST_ENTRY(queue->waiting.nodes[i], struct work, node);
        if (work->failures == 0)
            continue;
        cJSON *item = json_push(list, json_object());
        json_set_str(item, work->text, "key");
        json_set(item, json_number(work->failures), "failures");
        json_set(item, json_number(work->due_ms - now_ms), "inMs");
        len++;
    }
    return list;
}

cJSON *workqueue_debug(const struct workqueue *queue, int64_t now_ms)
{
    cJSON *json = json_object();
    json_set(json, json_number((int64_t)queue->ready.len), "ready");
    json_set(json, json_number((int64_t)queue->waiting.len), "delayed");
    json_set(json, running_debug(queue, now_ms), "running");
    json_set(json, failing_debug(queue, now_ms), "failing");
    return json;
}
