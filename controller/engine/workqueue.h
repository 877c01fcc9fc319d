/* workqueue.h - which keys of one controller are to be reconciled, and when.
 *
 * A set, not a list: a key is in it once. A key being worked on is handed out again
 * only after it is done; what was added meanwhile comes after that. Changes go before
 * resyncs, and within one priority the oldest first. Each key has at most one timer,
 * the earliest wish wins. Failed keys wait with exponential backoff and jitter.
 * A key that is idle takes no memory.
 *
 * Pure: monotonic milliseconds and the jitter's seed are passed in.
 */
#ifndef BERTH_ENGINE_WORKQUEUE_H
#define BERTH_ENGINE_WORKQUEUE_H

#include "controller/engine/metrics.h"
#include "kubeclient/api/resource.h"
#include "kubeclient/base/json.h"

#include <stdint.h>

struct workqueue;

/* A key on its way, valid from workqueue_take() to workqueue_done(). */
struct work;

enum work_priority {
    WORK_CHANGE, /* something happened */
    WORK_RESYNC, /* start-up, a new configuration: everything at once, nobody waits */
    WORK_PRIORITIES,
};

struct workqueue_options {
    const char *name;        /* of the controller, for metrics; borrowed */
    struct metrics *metrics; /* borrowed */
    uint64_t seed;
};

struct workqueue *workqueue_new(const struct workqueue_options *options);
void workqueue_free(struct workqueue **queue);

/* To be reconciled as soon as there is room, whatever timer it had. */
void workqueue_add(struct workqueue *queue, const struct kube_key *key,
                   enum work_priority priority, int64_t now_ms);

/* The next key to work on, or NULL. Its `owner` is the caller's to set. */
struct work *workqueue_take(struct workqueue *queue, int64_t now_ms);

enum work_outcome {
    WORK_DONE,     /* forgets earlier failures */
    WORK_FAILED,   /* again after 1 s to 5 min */
    WORK_CONFLICT, /* again after 0.2 s to 10 s: somebody else writes the same */
};

struct work_result {
    enum work_outcome outcome;
    int64_t requeue_after_ms; /* 0: no wish */
    int64_t not_before_ms;    /* a server's Retry-After, from now; 0: none */
};

void workqueue_done(struct workqueue *queue, struct work *work,
                    const struct work_result *result, int64_t now_ms);

const struct kube_key *work_key(const struct work *work);
uint32_t work_failures(const struct work *work); /* in a row, before this time */
void work_set_owner(struct work *work, void *owner);

/* The owner of the work on this key, or NULL when it is not being worked on. */
void *workqueue_owner(const struct workqueue *queue, const struct kube_key *key);

/* When workqueue_take() will give what it does not give now; -1: never. */
int64_t workqueue_deadline(const struct workqueue *queue);

size_t workqueue_ready(const struct workqueue *queue);   /* waiting for room */
size_t workqueue_delayed(const struct workqueue *queue); /* waiting for a time */
size_t workqueue_running(const struct workqueue *queue);

/* Sets the gauges, whose values depend on the time. */
void workqueue_update_metrics(struct workqueue *queue, int64_t now_ms);

/* {ready, delayed, running: [{key, forMs}], failing: [{key, failures, inMs}]}, the
 * lists cut at 100. Owned by the caller. */
cJSON *workqueue_debug(const struct workqueue *queue, int64_t now_ms);

#endif
