/* outcomes.h - how the kubelet stand-in plays a pod, by a word. Pure values.
 *
 * A word tells what the first container does; the others run, and end with it, native
 * sidecars too. What follows from its end is the pod's restartPolicy's: with "Always" a
 * container that exits comes into CrashLoopBackOff, with "Never" the pod has succeeded
 * or failed. With a "sidecar-" word the pod comes as far as its first native sidecar.
 */
#ifndef BERTH_APISERVER_CLUSTER_OUTCOMES_H
#define BERTH_APISERVER_CLUSTER_OUTCOMES_H

#include <stdbool.h>
#include <stdint.h>

struct outcome {
    const char *word;
    bool unschedulable;     /* it finds no node */
    bool never_ready;       /* it runs, but does not become ready */
    bool ends;              /* it exits after a while */
    bool stubborn;          /* deleted, it runs until its grace has passed */
    const char *waiting;    /* reason that it never starts with; NULL: it does */
    const char *sidecar;    /* the same of the first native sidecar */
    const char *message;    /* of these, of the scheduler or of the pod's failure */
    int exit_code;          /* of its end */
    const char *ending;     /* reason of its end; NULL: Completed or Error */
    const char *pod_reason; /* the pod fails with this whatever its policy; or NULL */
};

/* Milliseconds that a pod spends in each stage. */
enum {
    OUTCOME_CREATE_MS = 200,  /* from being scheduled to the first container's start */
    OUTCOME_INIT_MS = 100,    /* in each init container */
    OUTCOME_READY_MS = 200,   /* from running to ready */
    OUTCOME_END_MS = 1000,    /* from ready to the end */
    OUTCOME_STOP_MS = 200,    /* from its deletion to its containers' end */
    OUTCOME_TERMINATED = 143, /* exit code of who ends when asked to */
    OUTCOME_KILLED = 137,     /* and of who does not */
};

/* "running" (also for NULL and unknown words), "never-ready", "stubborn", "completed",
 * "exit:N", "crash-loop", "oom-killed", "evicted", "image-pull-back-off",
 * "config-error", "unschedulable", "sidecar-crash-loop",
 * "sidecar-image-pull-back-off". */
struct outcome outcome_of(const char *word);

#endif
