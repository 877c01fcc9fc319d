/* failures.h - what the pod of a session is doing, and what went wrong, read from its
 * status. Pure; texts live in the arena. */
#ifndef BERTH_RECONCILERS_SESSION_FAILURES_H
#define BERTH_RECONCILERS_SESSION_FAILURES_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"
#include "reconcilers/session/lifecycle.h"
#include "reconcilers/shared/verdict.h"

struct pod_view {
    enum pod_state state;
    bool ready;
    bool over;              /* the runner has ended, or the pod as a whole */
    int64_t started_ms;     /* the runner's start; 0: it did not */
    int64_t look_again_ms;  /* until something that takes time counts; 0: no need */
    struct verdict failure; /* of POD_BROKEN */
    bool disrupted;         /* eviction, preemption or the node's end, not the runner */
    struct verdict pull;    /* an image that is not there so far; or none */
    const char *unscheduled;  /* what the scheduler says; NULL: it has a node */
    const char *overdue;      /* why an end takes so long; NULL: it does not */
    struct verdict sidecar;   /* one that stopped after the runner began; or none */
    const char *late_sidecar; /* container that did not start in time: POD_BROKEN */
};

struct pod_question {
    const cJSON *pod; /* NULL: none */
    int64_t attempt, now_ms;
    int64_t pull_grace_ms, sidecar_start_ms; /* from the pod's creation */
};

struct pod_view pod_look(struct arena *arena, const struct pod_question *question);

/* The sidecars' part of it: whether one is late, or has trouble. */
void pod_look_at_sidecars(struct arena *arena, const struct pod_question *question,
                          struct pod_view *view);

/* For both parts. Times in the pod's status in milliseconds; 0: none. */
int64_t pod_time(const char *text);
/* Since when the kubelet has the pod; 0: it has not taken it up yet. Then begin the
 * times that its containers may take. */
int64_t pod_begun(const cJSON *pod);
void pod_breaks(struct pod_view *view, const char *reason, const char *message);
/* Remembers the earliest time to look again. */
void pod_look_again(struct pod_view *view, int64_t after_ms);

#endif
