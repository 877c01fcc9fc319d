/* driver_state.h - the inside of a driver, for driver*.c only. */
#ifndef BERTH_ENGINE_DRIVER_STATE_H
#define BERTH_ENGINE_DRIVER_STATE_H

#include "controller/engine/driver.h"

enum driver_state {
    DRIVER_IDLE,      /* nothing yet, or done */
    DRIVER_CHECKING,  /* a live read of an object in doubt is under way */
    DRIVER_READING,   /* a need */
    DRIVER_TRYING,    /* a dry run */
    DRIVER_WRITING,   /* a write of the plan */
    DRIVER_REREADING, /* a live read after a conflict */
    DRIVER_CLEARING,  /* somebody else's status is replaced by none */
    DRIVER_STATUS,    /* the status */
    DRIVER_STATES,
};

/* A write of this reconcile that was answered. */
struct tried {
    const struct plan_write *write;
    bool refused;
    struct tried *next;
};

/* The object that a write, or the read after it, is under way to. */
struct target {
    const struct kube_resource *resource; /* NULL: none */
    struct kube_key key;
    uint64_t seen; /* the latest version that a watch brought meanwhile */
};

struct driver {
    const struct driver_env *env;
    struct arena *arena; /* of this reconcile */
    enum driver_state state;
    uint64_t request;
    struct instant started, now;
    const struct work *work;
    const struct kube_key *key;
    char id[17]; /* reconcileID */

    struct observed *observed;
    const struct plan_need *doubt; /* left to check */
    struct plan *plan;
    int rounds;
    const struct plan_need *need;   /* left of the plan */
    const struct plan_write *write; /* left of the plan */
    bool asked;                     /* a need of this plan was asked for */
    const struct plan_write *done;  /* the writes of this plan before this one... */
    bool wrote;                     /* ...some of which were sent */
    struct tried *tried;
    struct target target;
    int conflicts; /* in a row */
    bool cleared;  /* the status, in this reconcile */

    bool failed;       /* an error: the result is one */
    bool contended;    /* given up after too many conflicts */
    int64_t quiet_ms;  /* the status waits that long; 0: it does not */
    int64_t not_before_ms; /* a Retry-After */
    struct driver_result result;
};

/* An answer, or its absence. */
struct answer {
    const struct kube_response *response; /* NULL: there is none */
    bool ok;                              /* 2xx */
    struct err err;                       /* not ok */
};

/* driver.c */
void driver_send(struct driver *driver, enum driver_state state,
                 const struct kube_request *request);
void driver_plan(struct driver *driver);
void driver_finish(struct driver *driver, enum work_outcome outcome);
/* The end of a reconcile that came through. */
void driver_settle(struct driver *driver);
/* True when the API server is out of reach and the key has not failed often: the
 * reconcile is over, the plan is not bothered. */
bool driver_retries_quietly(struct driver *driver, const struct err *err);
void driver_log(const struct driver *driver, enum log_level level, const char *msg,
                const struct log_field *fields, size_t count);
#define DRIVER_LOG(driver, level, msg, ...)                                            \
    driver_log(driver, level, msg, (const struct log_field[]){__VA_ARGS__},            \
               sizeof((const struct log_field[]){__VA_ARGS__}) /                       \
                   sizeof(struct log_field))
void driver_count(const struct driver *driver, enum metric metric);

/* driver_fold.c: what the server says becomes what is observed. */
void driver_fold(struct driver *driver, const struct kube_resource *resource,
                 const struct kube_key *object, struct json_slice text);
void driver_fold_gone(struct driver *driver, const struct kube_resource *resource,
                      const struct kube_key *object);
/* 404 for the object itself, not for its kind or namespace. */
bool answer_is_absent(const struct answer *answer, const char *name);
/* The body of a successful answer as an object, or {NULL}: it is none (a Status). */
struct json_slice answer_object(const struct answer *answer);
/* The answer to a write to an object that this write let go: the last finalizer. */
bool object_is_released(struct json_slice text);
const cJSON *driver_parse(struct driver *driver, struct json_slice text);
/* From a write's start to its answer, changes of its target are absorbed. */
void driver_target(struct driver *driver, const struct kube_resource *resource,
                   const char *ns, const char *name);
/* Its answer came, with the object's version; 0: without one. */
void driver_target_answered(struct driver *driver, uint64_t version);

/* driver_read.c */
void driver_check_doubts(struct driver *driver);
void driver_read_needs(struct driver *driver);
void driver_on_checked(struct driver *driver, const struct answer *answer);
void driver_on_read(struct driver *driver, const struct answer *answer);
void driver_on_tried(struct driver *driver, const struct answer *answer);

/* driver_write.c */
void driver_write(struct driver *driver);
void driver_on_written(struct driver *driver, const struct answer *answer);
/* Looks again at the target; after five times in a row false: that is a failure. */
bool driver_reread(struct driver *driver);
void driver_on_reread(struct driver *driver, const struct answer *answer);

/* driver_status.c */
void driver_write_status(struct driver *driver);
void driver_on_cleared(struct driver *driver, const struct answer *answer);
void driver_on_status(struct driver *driver, const struct answer *answer);

#endif
