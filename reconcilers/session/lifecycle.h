/* lifecycle.h - from one phase of a session to the next. Pure.
 *
 * A function of what is seen and what was stated before: it may be asked at any point,
 * also after the controller was away. The attempt is the number of the pod that should
 * be: a pod of another number has to go before the next one is made.
 */
#ifndef BERTH_RECONCILERS_SESSION_LIFECYCLE_H
#define BERTH_RECONCILERS_SESSION_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

enum session_phase {
    PHASE_PENDING,
    PHASE_CREATING,
    PHASE_RUNNING,
    PHASE_STOPPING,
    PHASE_STOPPED,
    PHASE_COMPLETED,
    PHASE_FAILED,
    SESSION_PHASES,
};

const char *phase_name(enum session_phase phase);
enum session_phase phase_parse(const char *word); /* NULL, unknown: Pending */

enum pod_state {
    POD_ABSENT,
    POD_FORMER,   /* of another attempt, leaving or not */
    POD_STARTING, /* the runner does not run yet */
    POD_RUNNING,
    POD_SUCCEEDED,
    POD_BROKEN,  /* `failure` says how */
    POD_LEAVING, /* has a deletionTimestamp */
    POD_STATES,
};

enum session_wish { WISH_NONE, WISH_START, WISH_STOP };

struct life_input {
    enum session_phase phase;
    enum pod_state pod;
    enum session_wish wish;  /* a change that was not acted on yet */
    bool made;               /* the pod of this attempt was seen */
    bool may_create;         /* nothing keeps the pod back */
    bool expired;            /* activeDeadlineSeconds are over */
    bool idle;               /* longer without activity than allowed */
    bool may_retry;          /* restartPolicy and backoffLimit leave room */
    bool over;               /* the pod's runner has ended and will not run again */
    bool replaced;           /* what ended the pod does not count against them */
    bool waits;              /* the next attempt is not to begin yet */
    const char *stop_reason; /* of a wish to stop; static */
};

enum life_action { LIFE_WAIT, LIFE_CREATE, LIFE_DELETE };

struct life_output {
    enum session_phase phase;
    enum life_action action;
    bool next_attempt;          /* count the attempt up */
    bool retried;               /* because the runner failed: that is counted */
    bool delayed;               /* the next attempt begins after a while */
    bool acted;                 /* the wish is taken up */
    bool unfinished;            /* once this is stated, there is more to do */
    const char *reason;         /* of Ready; static */
    const char *stopped_reason; /* NULL: none */
};

struct life_output life_next(const struct life_input *in);

#endif
