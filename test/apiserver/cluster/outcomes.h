/* outcomes.h - how the kubelet stand-in plays a pod, by a word. Pure values. */
#ifndef BERTH_APISERVER_CLUSTER_OUTCOMES_H
#define BERTH_APISERVER_CLUSTER_OUTCOMES_H

#include <stdbool.h>
#include <stdint.h>

/* What a pod does once it is made. */
struct outcome {
    const char *word;
    bool scheduled;         /* false: it finds no node */
    const char *waiting;    /* reason that its containers wait with; NULL: they run */
    const char *message;    /* of the reason, or of the scheduler */
    bool ready;             /* becomes ready once it runs */
    bool ends;              /* the containers terminate after a while */
    int exit_code;          /* with this */
    const char *ending;     /* and this reason; NULL: Completed or Error */
    const char *pod_reason; /* of the pod's status; NULL: none */
};

enum {
    OUTCOME_START_MS = 1000, /* from being scheduled to running */
    OUTCOME_READY_MS = 500,  /* from running to ready */
    OUTCOME_END_MS = 3000,   /* from running to the end */
};

/* "running" (also for NULL and unknown words), "completed", "exit:N", "never-ready",
 * "image-pull-back-off", "crash-loop", "oom-killed", "unschedulable", "evicted". */
struct outcome outcome_of(const char *word);

#endif
