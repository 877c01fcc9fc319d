#include "reconcilers/session/belief.h"
#include "reconcilers/session/statement.h"

#include <string.h>

const struct session_step_state *statement_obstacle(const struct session *session)
{
    for (int step = 0; step < SESSION_STEPS; step++) {
        if (session->steps[step].blocks)
            return &session->steps[step];
    }
    return NULL;
}

static struct verdict former_verdict(const struct session *session)
{
    const cJSON *ready =
        condition_find(json_at(session->status, "conditions"), "Ready");
    return (struct verdict){
        json_str_or(ready, "Failed", "reason"),
        json_str_or(ready, "the session failed before Berth looked at it", "message")};
}

static bool is_going(const struct life_output *life)
{
    return life->phase <= PHASE_CREATING && !life->next_attempt;
}

static bool is_inactive(const struct statement *statement)
{
    const char *why = json_str_or(statement->status, "", "stoppedReason");
    return strcmp(why, "inactivity") == 0;
}

static struct verdict stopped_verdict(const struct statement *statement)
{
    if (is_inactive(statement))
        return (struct verdict){"InactivityTimeout",
                                "the session was stopped after a time without "
                                "activity; a change of desiredPhase to Running "
                                "starts it again"};
    return (struct verdict){"UserStopped",
                            "the session was stopped as somebody asked; a change of "
                            "desiredPhase to Running starts it again"};
}

static struct verdict stopping_verdict(const struct statement *statement)
{
    const char *pod = statement->session->pod_name;
    struct arena *arena = statement->session->arena;
    const char *why = is_inactive(statement) ? "there was no activity for too long"
                                             : "somebody asked for it";
    if (statement->view->overdue)
        return (struct verdict){"Stopping", statement->view->overdue};
    return (struct verdict){"Stopping",
                            arena_printf(arena, "Pod %s ends because %s", pod, why)};
}

static struct verdict running_verdict(const struct statement *statement)
{
    if (statement->view->ready)
        return (struct verdict){"Running", "the runner runs and is ready"};
    return (struct verdict){"RunnerNotReady",
                            "the runner runs, but does not answer on /health yet"};
}

/* The kubelet tells the same trouble in changing words: those told first stay. */
static struct verdict pull_verdict(const struct statement *statement)
{
    const struct verdict trouble = statement->view->pull;
    const cJSON *former = condition_find(statement->context.former, "Ready");
    if (strcmp(json_str_or(former, "", "reason"), trouble.reason) == 0)
        return (struct verdict){trouble.reason,
                                json_str_or(former, trouble.message, "message")};
    return trouble;
}

/* On its way to a runner that runs. */
static struct verdict creating_verdict(const struct statement *statement)
{
    const struct session *session = statement->session;
    const struct pod_view *view = statement->view;
    const char *next = json_str(session->status, "nextAttemptTime");
    if (view->overdue)
        return (struct verdict){statement->life->reason, view->overdue};
    if (view->state == POD_FORMER || view->state == POD_LEAVING)
        return (struct verdict){"Restarting",
                                arena_printf(session->arena,
                                             "Pod %s of the former start has to go "
                                             "first",
                                             session->pod_name)};
    if (view->unscheduled)
        return (struct verdict){"Unschedulable", view->unscheduled};
    if (view->pull.reason)
        return pull_verdict(statement);
    if (next && !session->pod)
        return (struct verdict){
            statement->life->reason,
            arena_printf(session->arena, "the next attempt begins at %s", next)};
    if (!session->pod)
        return (struct verdict){statement->life->reason, "the pod is about to be made"};
    return (struct verdict){
        "Creating",
        arena_printf(session->arena, "Pod %s is there; its runner has not started yet",
                     session->pod_name)};
}

static struct verdict usual_verdict(const struct statement *statement)
{
    switch (statement->life->phase) {
    case PHASE_RUNNING:
        return running_verdict(statement);
    case PHASE_STOPPING:
        return stopping_verdict(statement);
    case PHASE_STOPPED:
        return stopped_verdict(statement);
    case PHASE_COMPLETED:
        return (struct verdict){"Completed", "the runner ended with exit code 0"};
    case PHASE_PENDING:
    case PHASE_CREATING:
    case PHASE_FAILED:
    case SESSION_PHASES:
        break;
    }
    return creating_verdict(statement);
}

/* How a session failed does not change, whatever becomes of its pod. */
static bool is_told(const struct statement *statement)
{
    const struct session *session = statement->session;
    bool failed = statement->life->phase == PHASE_FAILED &&
                  believed_phase(session->status) == PHASE_FAILED;
    return failed && (condition_find(statement->context.former, "Ready") ||
                      !statement->view->failure.reason);
}

struct verdict statement_ready(const struct statement *statement)
{
    const struct session *session = statement->session;
    const struct life_output *life = statement->life;
    const struct session_step_state *step = statement_obstacle(session);
    bool told = is_told(statement);
    if (step && is_going(life) && !session->pod)
        return step->verdict;
    if (statement->view->failure.reason && !told &&
        (life->phase == PHASE_FAILED || life->delayed))
        return statement->view->failure;
    if (told)
        return former_verdict(session);
    if (strcmp(life->reason, "PodDeleted") == 0)
        return (struct verdict){life->reason,
                                arena_printf(session->arena,
                                             "Pod %s was deleted by somebody else",
                                             session->pod_name)};
    if (strcmp(life->reason, "DeadlineExceeded") == 0)
        return (struct verdict){
            life->reason,
            arena_printf(
                session->arena,
                "the session ran longer than the %lld s of activeDeadlineSeconds",
                (long long)json_int(session->spec, 0, "activeDeadlineSeconds"))};
    return usual_verdict(statement);
}
