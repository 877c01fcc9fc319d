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
    int64_t started_ms;     /* the runner's start; 0: it did not */
    int64_t look_again_ms;  /* until a pull that fails counts; 0: no need */
    struct verdict failure; /* of POD_BROKEN */
};

struct pod_question {
    const cJSON *pod; /* NULL: none */
    int64_t attempt, now_ms, pull_grace_ms;
};

struct pod_view pod_look(struct arena *arena, const struct pod_question *question);

#endif
