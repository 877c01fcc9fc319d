#include "reconcilers/session/status.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "reconcilers/session/requests.h"

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

static enum condition_status status_of(bool holds)
{
    return holds ? CONDITION_TRUE : CONDITION_FALSE;
}

static void set(struct statement *statement, const char *type,
                enum condition_status status, const struct verdict *verdict)
{
    const struct condition condition = {
        .type = type,
        .status = status,
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
    return (struct verdict){
        json_str_or(ready, "Failed", "reason"),
        json_str_or(ready, "the session failed before Berth looked at it", "message")};
}

static bool is_going(const struct life_output *life)
{
    return life->phase <= PHASE_CREATING && !life->next_attempt;
}

static struct verdict usual_verdict(const struct statement *statement)
{
    const struct session *session = statement->session;
    const struct life_output *life = statement->life;
    const struct pod_view *view = statement->view;
    const char *next = json_str(session->status, "nextAttemptTime");
    if (view->overdue)
        return (struct verdict){life->reason, view->overdue};
    if (view->unscheduled && life->phase == PHASE_CREATING)
        return (struct verdict){"Unschedulable", view->unscheduled};
    if (next && !session->pod && life->phase == PHASE_CREATING)
        return (struct verdict){
            life->reason,
            arena_printf(session->arena, "the next attempt begins at %s", next)};
    return (struct verdict){
        life->reason,
        arena_printf(session->arena, "the session is %s", phase_name(life->phase))};
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
        (life->phase == PHASE_FAILED || life->delayed))
        return statement->view->failure;
    if (life->phase == PHASE_FAILED && strcmp(former, "Failed") == 0)
        return former_failure(session);
    if (strcmp(life->reason, "PodDeleted") == 0)
        return (struct verdict){life->reason, "the pod was deleted by somebody else"};
    if (strcmp(life->reason, "DeadlineExceeded") == 0)
        return (struct verdict){life->reason,
                                "the session ran longer than activeDeadlineSeconds"};
    return usual_verdict(statement);
}

/* What the pod's own status says of a step that held before there was the pod. */
static void add_sidecar_trouble(const struct statement *statement,
                                struct session_step_state steps[SESSION_STEPS])
{
    struct session_step_state *state = &steps[SESSION_CREDENTIALS];
    const char *former =
        condition_reason(statement->context.former, CONDITIONS[SESSION_CREDENTIALS]);
    if (statement->view->sidecar.reason)
        *state = (struct session_step_state){.verdict = statement->view->sidecar};
    else if (!state->verdict.reason && strcmp(former, "SidecarRestarting") == 0)
        *state = (struct session_step_state){
            .holds = true, .verdict = {"Mounted", "the sidecars run"}};
}

static void set_scheduled(struct statement *statement)
{
    const struct verdict waits = {"Unschedulable", statement->view->unscheduled};
    const struct verdict has_node = {"Scheduled", "the pod has a node"};
    bool told = condition_find(statement->context.former, "PodScheduled");
    if (waits.message)
        set(statement, "PodScheduled", CONDITION_FALSE, &waits);
    else if (told && statement->session->pod)
        set(statement, "PodScheduled", CONDITION_TRUE, &has_node);
}

static void set_conditions(struct statement *statement)
{
    const struct session *session = statement->session;
    const struct verdict ready = ready_verdict(statement);
    enum session_phase phase = statement->life->phase;
    bool holds =
        phase == PHASE_COMPLETED || (phase == PHASE_RUNNING && statement->view->ready);
    set(statement, "Ready", status_of(holds), &ready);
    struct session_step_state steps[SESSION_STEPS];
    memcpy(steps, session->steps, sizeof steps);
    add_sidecar_trouble(statement, steps);
    for (int step = 0; step < SESSION_STEPS; step++) {
        const struct session_step_state *state = &steps[step];
        const cJSON *former =
            condition_find(statement->context.former, CONDITIONS[step]);
        if (state->verdict.reason)
            set(statement, CONDITIONS[step],
                state->unknown ? CONDITION_UNKNOWN : status_of(state->holds),
                &state->verdict);
        else if (former)
            json_push(statement->conditions, json_copy(former));
    }
    set_scheduled(statement);
    if (phase == PHASE_FAILED)
        set(statement, "Stalled", CONDITION_TRUE, &ready);
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
        json_set_str(status, session->pod_name, "podName");
    else if (json_str(session->status, "podName"))
        keep(statement, "podName");
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
    bool bad = statement->life->phase == PHASE_FAILED || statement->life->delayed ||
               (obstacle(session) && strcmp(reason, "Pending") != 0 && !session->pod);
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
    set(&statement, "Ready", CONDITION_FALSE, &verdict);
    if (strcmp(condition_reason(statement.context.former, "Ready"), reason) != 0)
        plan_event(session->plan, true, reason, "Run", "%s", message);
    plan_set_status(session->plan, statement.status);
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
    set_places(&statement);
    set_skipped(&statement);
    statement.conditions = json_set(status, json_array(), "conditions");
    set_conditions(&statement);
    tell(&statement);
    plan_set_status(session->plan, status);
}
