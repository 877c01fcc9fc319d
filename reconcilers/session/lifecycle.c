#include "reconcilers/session/lifecycle.h"

#include <stddef.h>
#include <string.h>

static const char *const NAMES[SESSION_PHASES] = {
    "Pending", "Creating", "Running", "Stopping", "Stopped", "Completed", "Failed"};

const char *phase_name(enum session_phase phase)
{
    return NAMES[phase];
}

enum session_phase phase_parse(const char *word)
{
    for (int phase = 0; word && phase < SESSION_PHASES; phase++) {
        if (strcmp(NAMES[phase], word) == 0)
            return (enum session_phase)phase;
    }
    return PHASE_PENDING;
}

static bool is_terminal(enum session_phase phase)
{
    return phase >= PHASE_STOPPED;
}

static struct life_output to(enum session_phase phase, const char *reason)
{
    return (struct life_output){.phase = phase, .reason = reason};
}

static struct life_output stop(const struct life_input *in, const char *reason,
                               const char *why)
{
    bool gone = in->pod == POD_ABSENT;
    struct life_output out =
        gone ? to(PHASE_STOPPED, reason) : to(PHASE_STOPPING, "Stopping");
    out.stopped_reason = why;
    if (!gone && in->pod != POD_LEAVING)
        out.action = LIFE_DELETE;
    return out;
}

/* The number of the pod goes up in the status first; the pod that is there is then of
 * another attempt, and goes. */
static struct life_output restart(void)
{
    struct life_output out = to(PHASE_PENDING, "Restarting");
    out.next_attempt = out.unfinished = true;
    return out;
}

static bool may_run_yet(const struct life_input *in)
{
    return !in->over && in->pod != POD_ABSENT && in->pod != POD_LEAVING;
}

static struct life_output fail(const struct life_input *in, const char *reason)
{
    struct life_output out = to(PHASE_FAILED, reason);
    if (in->may_retry || in->replaced) {
        out = to(PHASE_CREATING, reason);
        out.next_attempt = true;
        out.retried = !in->replaced;
        out.delayed = true;
    }
    out.unfinished = out.next_attempt || may_run_yet(in);
    return out;
}

static struct life_output lose(const struct life_input *in)
{
    struct life_output out = fail(in, "PodDeleted");
    if (out.phase == PHASE_FAILED)
        out.stopped_reason = "deleted";
    return out;
}

static struct life_output create(const struct life_input *in)
{
    struct life_output out =
        to(in->phase == PHASE_CREATING ? PHASE_CREATING : PHASE_PENDING,
           in->may_create ? "Creating"
           : in->waits    ? "Restarting"
                          : "Pending");
    if (in->may_create)
        out.action = LIFE_CREATE;
    return out;
}

static struct life_output overdue(const struct life_input *in)
{
    struct life_output out = to(PHASE_FAILED, "DeadlineExceeded");
    out.stopped_reason = "timeout";
    if (in->pod == POD_STARTING || in->pod == POD_RUNNING)
        out.action = LIFE_DELETE;
    return out;
}

/* What has ended stays so. The pod stays for its logs; one that waits for an image or
 * is started again and again might run yet. */
static struct life_output rest(const struct life_input *in)
{
    static const char *const REASONS[] = {"UserStopped", "Completed", "PodFailed"};
    struct life_output out = to(in->phase, REASONS[in->phase - PHASE_STOPPED]);
    if (may_run_yet(in))
        out.action = LIFE_DELETE;
    return out;
}

/* Pending, Creating and Running differ only in what was stated of them: the pod says
 * which it is. */
static struct life_output go_on(const struct life_input *in)
{
    struct life_output out;
    switch (in->pod) {
    case POD_ABSENT:
        return in->made ? lose(in) : create(in);
    case POD_LEAVING:
        return in->made ? lose(in) : to(in->phase, "Restarting");
    case POD_FORMER:
        out = to(in->phase, "Restarting");
        out.action = LIFE_DELETE;
        return out;
    case POD_SUCCEEDED:
        return to(PHASE_COMPLETED, "Completed");
    case POD_BROKEN:
        return fail(in, "PodFailed");
    case POD_RUNNING:
        return to(PHASE_RUNNING, "Running");
    case POD_STARTING:
    case POD_STATES:
        break;
    }
    return to(PHASE_CREATING, "Creating");
}

struct life_output life_next(const struct life_input *in)
{
    struct life_output out;
    /* the answer to Berth's own delete must not read like somebody else's */
    bool leaves = in->made && (in->pod == POD_LEAVING || in->pod == POD_ABSENT);
    bool alive = in->pod == POD_STARTING || in->pod == POD_RUNNING;
    if (in->phase == PHASE_STOPPING) {
        out = stop(in, "Stopping", NULL);
        if (out.phase == PHASE_STOPPED)
            out.reason = "UserStopped";
        out.acted = in->wish == WISH_STOP; /* a start waits until it has stopped */
    } else if (is_terminal(in->phase)) {
        out = in->wish == WISH_START ? restart() : rest(in);
        out.acted = in->wish != WISH_NONE;
    } else if (in->wish == WISH_STOP) {
        bool idle = strcmp(in->stop_reason, "inactivity") == 0;
        out = stop(in, idle ? "InactivityTimeout" : "UserStopped", in->stop_reason);
        out.acted = true;
    } else if (in->expired && (alive || leaves)) {
        out = overdue(in);
    } else if (in->idle && (in->pod == POD_RUNNING || leaves)) {
        out = stop(in, "InactivityTimeout", "inactivity");
    } else {
        out = go_on(in);
        out.acted = in->wish == WISH_START;
    }
    /* a start that waited is taken up next */
    if (is_terminal(out.phase) && in->wish == WISH_START && !out.acted)
        out.unfinished = true;
    return out;
}
