/* driver_state.h - the inside of a driver, for driver*.c only. */
#ifndef BERTH_ENGINE_DRIVER_STATE_H
#define BERTH_ENGINE_DRIVER_STATE_H

#include "controller/engine/driver.h"

/* What the request under way is for. */
enum driver_state {
    DRIVER_DONE,
    DRIVER_CHECKING,  /* a live read of an object in doubt */
    DRIVER_READING,   /* a need */
    DRIVER_TRYING,    /* a dry run */
    DRIVER_WRITING,   /* a write of the plan */
    DRIVER_REREADING, /* a live read after a conflict */
    DRIVER_CLEARING,  /* somebody else's status is replaced by none */
    DRIVER_STATUS,    /* the status */
};

/* The object that the request under way is about. */
struct subject {
    const struct kube_resource *resource;
    struct kube_key key; /* lives in the arena */
    bool written;        /* by this request: changes of it are absorbed */
    bool deleted;        /* by this request: a Status says that it is gone */
    uint64_t seen; /* the latest version that a watch brought meanwhile; 0: none */
};

struct driver {
    const struct driver_env *env;
    struct arena *arena; /* of this reconcile */
    enum driver_state state;
    uint64_t request; /* 0: none */
    struct subject subject;
    struct instant started, now;
    struct work *work;
    char id[17]; /* reconcileID */

    struct observed *observed;
    const cJSON *about; /* the primary as it was last seen: what events are about */
    struct plan *plan;
    const struct plan_need *need;   /* left of the plan */
    const struct plan_write *write; /* left of the plan */
    bool stale;                     /* something was learnt since the plan was made */
    int rounds, conflicts;
    bool cleared; /* the status was, in this reconcile */

    bool failed;
    struct driver_result result;
};

/* An answer, or its absence. */
struct answer {
    const struct kube_response *response; /* NULL: there is none */
    bool ok;                              /* 2xx */
    struct err err;                       /* where not ok */
};

/* driver.c */

/* Starts a request about an object of the plan or of the cache. */
void driver_send(struct driver *driver, enum driver_state state,
                 const struct subject *subject, const struct kube_request *request);
/* Goes on after an answer: what is left of the plan, a new plan, the status. */
void driver_advance(struct driver *driver);
void driver_finish(struct driver *driver, enum work_outcome outcome);
/* For a failure that is likely to pass: the reconcile is over, and tried again without
 * bothering anybody. False once the key has failed so often that its status should say
 * so, and for other failures. */
bool driver_retries(struct driver *driver, const struct err *err);
void driver_log(const struct driver *driver, enum log_level level, const char *msg,
                const struct err *err);
void driver_count(const struct driver *driver, enum metric metric);

/* driver_fold.c: what the server says becomes what is observed. */

/* Takes in the object of a successful answer, or that there is none. False: the answer
 * is no answer of an API server; the reconcile is over. */
bool driver_fold(struct driver *driver, const struct answer *answer);
void driver_fold_gone(struct driver *driver);
/* The object of an answer in the arena; NULL with err: it is none. */
const cJSON *driver_parse(struct driver *driver, const struct answer *answer,
                          struct err *err);
/* 404 for the object itself, not for its kind or namespace. */
bool answer_is_absent(const struct answer *answer, const char *name);
/* Whether a write that failed may have happened all the same. */
bool answer_is_unknown(const struct answer *answer);

/* driver_read.c: doubts, needs, dry runs. The functions that send return false when
 * there is nothing to send. */
bool driver_check_doubt(struct driver *driver);
bool driver_send_need(struct driver *driver);
void driver_on_checked(struct driver *driver, const struct answer *answer);
void driver_on_read(struct driver *driver, const struct answer *answer);
void driver_on_tried(struct driver *driver, const struct answer *answer);

/* driver_write.c: writes, and looking again after a conflict. */
bool driver_send_write(struct driver *driver);
void driver_on_written(struct driver *driver, const struct answer *answer);
/* Reads the subject live; false after too many conflicts in a row. */
bool driver_reread(struct driver *driver);
void driver_on_reread(struct driver *driver, const struct answer *answer);

/* driver_status.c: the end of a reconcile. */
void driver_settle(struct driver *driver);
void driver_on_cleared(struct driver *driver, const struct answer *answer);
void driver_on_status(struct driver *driver, const struct answer *answer);

#endif
