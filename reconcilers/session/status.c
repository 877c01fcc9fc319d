#include "reconcilers/session/status.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "reconcilers/session/belief.h"
#include "reconcilers/session/requests.h"
#include "reconcilers/session/statement.h"

#include <string.h>

static void set_time(cJSON *status, const char *field, int64_t ms)
{
    char text[RFC3339_SIZE];
    rfc3339_format(ms, text);
    json_set_str(status, text, field);
}

static void keep(const struct statement *statement, const char *field)
{
    json_set(statement->status, json_copy(json_at(statement->session->status, field)),
             field);
}

static void set_times(struct statement *statement)
{
    const struct session *session = statement->session;
    const struct life_output *life = statement->life;
    bool fresh = life->next_attempt && !life->delayed;
    if (fresh)
        return;
    if (json_str(session->status, "startTime"))
        keep(statement, "startTime");
    else if (statement->view->started_ms && statement->view->state != POD_FORMER)
        set_time(statement->status, "startTime", statement->view->started_ms);
    if (json_str(session->status, "completionTime"))
        keep(statement, "completionTime");
    else if (life->phase >= PHASE_STOPPED)
        set_time(statement->status, "completionTime", session->in->now_ms);
    if (life->stopped_reason)
        json_set_str(statement->status, life->stopped_reason, "stoppedReason");
    else
        keep(statement, "stoppedReason");
}

static void set_pod(const struct statement *statement)
{
    const struct session *session = statement->session;
    json_set_str(statement->status, session->pod_name, "podName");
    json_set_str(statement->status, kube_uid(session->pod), "podUID");
}

static void keep_pod(const struct statement *statement)
{
    keep(statement, "podName");
    keep(statement, "podUID");
}

static void set_attempt(struct statement *statement)
{
    const struct session *session = statement->session;
    const struct life_output *life = statement->life;
    bool has_run = session->resumes || statement->view->started_ms != 0;
    int64_t restarts = json_int(session->status, 0, "restartCount");
    cJSON *status = statement->status;
    json_set(status, json_number(session->attempt + life->next_attempt), "attempt");
    json_set(status, json_number(restarts + life->retried), "restartCount");
    json_set(status, json_boolean(has_run), "runnerHasRun");
    if (life->delayed)
        set_time(status, "nextAttemptTime",
                 session->in->now_ms + session_retry_delay(restarts));
    if (life->next_attempt)
        return;
    if (session->pod && statement->view->state != POD_FORMER)
        set_pod(statement);
    else if (json_str(session->status, "podName"))
        keep_pod(statement);
    else
        keep(statement, "nextAttemptTime");
}

static void set_skipped(struct statement *statement)
{
    const struct session *session = statement->session;
    const struct life_output *life = statement->life;
    if (life->next_attempt && !life->delayed)
        return; /* who restarts it wants all of it */
    keep(statement, "skippedCredentials");
    if (!life->next_attempt || !session->late_provider)
        return;
    cJSON *list = json_member(statement->status, "skippedCredentials");
    if (!list)
        list = json_set(statement->status, json_array(), "skippedCredentials");
    json_push(list, json_string(session->late_provider));
}

/* An event for each phase that is reached, and for each new reason to wait. */
static void tell(struct statement *statement)
{
    const struct session *session = statement->session;
    const char *former = json_str_or(session->status, "", "phase");
    const char *phase = phase_name(statement->life->phase);
    const cJSON *ready = condition_find(statement->conditions, "Ready");
    const char *reason = json_str(ready, "reason");
    bool bad = statement->life->phase == PHASE_FAILED || statement->life->delayed ||
               (statement_obstacle(session) && strcmp(reason, "Pending") != 0 &&
                !session->pod);
    if (strcmp(former, phase) == 0 &&
        (!bad ||
         strcmp(condition_reason(statement->context.former, "Ready"), reason) == 0))
        return;
    plan_event(session->plan, bad, bad ? reason : phase, "Run", "%s",
               json_str_or(ready, "", "message"));
}

static struct statement begin(struct session *session)
{
    int64_t generation = kube_generation(session->object);
    struct statement statement = {
        .session = session,
        .status = json_object(),
        .context = {.former = json_at(session->status, "conditions"),
                    .observed_generation = generation,
                    .now_ms = session->in->now_ms},
    };
    json_set(statement.status, json_number(generation), "observedGeneration");
    return statement;
}

void session_set_held(struct session *session, const char *reason, const char *message)
{
    struct statement statement = begin(session);
    const struct verdict verdict = {reason, message};
    statement.conditions = json_set(statement.status, json_array(), "conditions");
    statement_set(&statement, "Ready", CONDITION_FALSE, &verdict);
    if (strcmp(condition_reason(statement.context.former, "Ready"), reason) != 0)
        plan_event(session->plan, true, reason, "Run", "%s", message);
    plan_set_status(session->plan, statement.status);
}

void session_set_unread(struct session *session, const struct err *failure)
{
    struct statement statement = begin(session);
    const struct verdict verdict = {
        "ReadFailed",
        arena_printf(session->arena, "Pod %s: %s", session->pod_name, failure->msg)};
    cJSON *status = json_copy(session->status);
    for (size_t i = 0; session_runner_fields[i]; i++)
        json_remove(status, session_runner_fields[i]);
    json_free(statement.status);
    statement.conditions = json_set(status, json_array(), "conditions");
    json_each (condition, statement.context.former) {
        if (strcmp(json_str_or(condition, "", "type"), "PodCreated") != 0)
            json_push(statement.conditions, json_copy(condition));
    }
    statement_set(&statement, "PodCreated", CONDITION_UNKNOWN, &verdict);
    plan_set_status(session->plan, status);
}

void session_set_status(struct session *session, const struct life_output *life,
                        const struct pod_view *view)
{
    struct statement statement = begin(session);
    statement.life = life;
    statement.view = view;
    cJSON *status = statement.status;
    json_set_str(status, phase_name(life->phase), "phase");
    session_note_request(session, life, status);
    set_times(&statement);
    set_attempt(&statement);
    statement_set_places(&statement);
    set_skipped(&statement);
    statement.conditions = json_set(status, json_array(), "conditions");
    statement_set_conditions(&statement);
    tell(&statement);
    plan_set_status(session->plan, status);
}
