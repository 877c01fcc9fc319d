#include "reconcilers/session/status.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"

#include <string.h>

static const char *const CONDITIONS[SESSION_STEPS] = {
    [SESSION_NAMESPACE] = "NamespaceReady", [SESSION_ACCEPTED] = "Accepted",
    [SESSION_SECRETS] = "SecretsReady",     [SESSION_CREDENTIALS] = "CredentialsReady",
    [SESSION_SANDBOX] = "SandboxReady",     [SESSION_POD_SECURITY] = "PodSecurity",
    [SESSION_CHILDREN] = "ChildrenReady",
};

struct statement {
    struct session *session;
    const struct life_output *life;
    const struct pod_view *view;
    cJSON *status, *conditions;
    struct condition_context context;
};

static void set(struct statement *statement, const char *type, bool holds,
                const struct verdict *verdict)
{
    const struct condition condition = {
        .type = type,
        .status = holds ? CONDITION_TRUE : CONDITION_FALSE,
        .reason = verdict->reason,
        .message = verdict->message,
    };
    condition_set(statement->conditions, &statement->context, &condition);
}

/* The first step that keeps the pod back, or NULL. */
static const struct session_step_state *obstacle(const struct session *session)
{
    for (int step = 0; step < SESSION_STEPS; step++) {
        if (session->steps[step].blocks)
            return &session->steps[step];
    }
    return NULL;
}

static struct verdict former_failure(const struct session *session)
{
    const cJSON *ready =
        condition_find(json_at(session->status, "conditions"), "Ready");
    return (struct verdict){json_str(ready, "reason"), json_str(ready, "message")};
}

static bool is_going(const struct life_output *life)
{
    return life->phase <= PHASE_CREATING && !life->next_attempt;
}

static struct verdict ready_verdict(const struct statement *statement)
{
    const struct session *session = statement->session;
    const struct life_output *life = statement->life;
    const struct session_step_state *step = obstacle(session);
    const char *former = json_str_or(session->status, "", "phase");
    if (step && is_going(life) && !session->pod)
        return step->verdict;
    if (statement->view->failure.reason &&
        (life->phase == PHASE_FAILED || life->retried))
        return statement->view->failure;
    if (life->phase == PHASE_FAILED && strcmp(former, "Failed") == 0)
        return former_failure(session);
    if (strcmp(life->reason, "PodDeleted") == 0)
        return (struct verdict){life->reason, "the pod was deleted by somebody else"};
    if (strcmp(life->reason, "DeadlineExceeded") == 0)
        return (struct verdict){life->reason,
                                "the session ran longer than activeDeadlineSeconds"};
    return (struct verdict){
        life->reason,
        arena_printf(session->arena, "the session is %s", phase_name(life->phase))};
}

static void set_conditions(struct statement *statement)
{
    const struct session *session = statement->session;
    const struct verdict ready = ready_verdict(statement);
    enum session_phase phase = statement->life->phase;
    bool holds =
        phase == PHASE_COMPLETED || (phase == PHASE_RUNNING && statement->view->ready);
    set(statement, "Ready", holds, &ready);
    for (int step = 0; step < SESSION_STEPS; step++) {
        const struct session_step_state *state = &session->steps[step];
        const cJSON *former =
            condition_find(statement->context.former, CONDITIONS[step]);
        if (state->verdict.reason)
            set(statement, CONDITIONS[step], state->holds, &state->verdict);
        else if (former)
            json_push(statement->conditions, json_copy(former));
    }
    if (phase == PHASE_FAILED)
        set(statement, "Stalled", true, &ready);
}

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
    bool fresh = life->next_attempt && !life->retried;
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
    if (life->next_attempt)
        return;
    if (session->pod && statement->view->state != POD_FORMER)
        json_set_str(status, session->pod_name, "podName");
    else
        keep(statement, "podName");
}

static void set_places(struct statement *statement)
{
    const struct session *session = statement->session;
    cJSON *status = statement->status;
    if (statement->life->phase < PHASE_STOPPING) {
        json_set_str(status, session->service_name, "serviceName");
        json_set_str(status,
                     arena_printf(session->arena, "http://%s.%s.svc:8001",
                                  session->service_name, session->ns),
                     "endpoint");
    }
    const char *hash = kube_annotation(session->pod, SESSION_ANNOTATION_POLICY);
    json_set_str(status, hash, "sandboxPolicyHash");
}

/* An event for each phase that is reached, and for each new reason to wait. */
static void tell(struct statement *statement)
{
    const struct session *session = statement->session;
    const char *former = json_str_or(session->status, "", "phase");
    const char *phase = phase_name(statement->life->phase);
    const cJSON *ready = condition_find(statement->conditions, "Ready");
    const char *reason = json_str(ready, "reason");
    bool bad = statement->life->phase == PHASE_FAILED ||
               (obstacle(session) && strcmp(reason, "Pending") != 0 && !session->pod);
    if (strcmp(former, phase) == 0 &&
        (!bad ||
         strcmp(condition_reason(statement->context.former, "Ready"), reason) == 0))
        return;
    plan_event(session->plan, bad, bad ? reason : phase, "Run", "%s",
               json_str_or(ready, "", "message"));
}

void session_set_status(struct session *session, const struct life_output *life,
                        const struct pod_view *view)
{
    struct statement statement = {
        .session = session,
        .life = life,
        .view = view,
        .status = json_object(),
        .context = {.former = json_at(session->status, "conditions"),
                    .observed_generation = kube_generation(session->object),
                    .now_ms = session->in->now_ms},
    };
    cJSON *status = statement.status;
    const char *desired = json_str_or(session->spec, "Running", "desiredPhase");
    json_set(status, json_number(kube_generation(session->object)),
             "observedGeneration");
    json_set_str(status, phase_name(life->phase), "phase");
    json_set_str(status, desired, "observedDesiredPhase");
    if (life->phase == PHASE_STOPPING && strcmp(desired, "Running") == 0)
        json_set_str(status,
                     json_str_or(session->status, "Running", "observedDesiredPhase"),
                     "observedDesiredPhase");
    set_times(&statement);
    set_attempt(&statement);
    set_places(&statement);
    statement.conditions = json_set(status, json_array(), "conditions");
    set_conditions(&statement);
    tell(&statement);
    plan_set_status(session->plan, status);
}
