#include "reconcilers/session/statement.h"

#include "kubeclient/api/object.h"
#include "reconcilers/session/up_to_date.h"

#include <string.h>

/* SESSION_CHILDREN is told by PodCreated. */
static const char *const CONDITIONS[SESSION_STEPS] = {
    [SESSION_NAMESPACE] = "NamespaceReady", [SESSION_ACCEPTED] = "Accepted",
    [SESSION_SECRETS] = "SecretsReady",     [SESSION_CREDENTIALS] = "CredentialsReady",
    [SESSION_SANDBOX] = "SandboxReady",     [SESSION_POD_SECURITY] = "PodSecurity",
};

static enum condition_status status_of(bool holds)
{
    return holds ? CONDITION_TRUE : CONDITION_FALSE;
}

void statement_set(struct statement *statement, const char *type,
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

static void keep(struct statement *statement, const char *type)
{
    json_push(statement->conditions,
              json_copy(condition_find(statement->context.former, type)));
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

static void set_steps(struct statement *statement)
{
    struct session_step_state steps[SESSION_STEPS];
    memcpy(steps, statement->session->steps, sizeof steps);
    add_sidecar_trouble(statement, steps);
    for (int step = 0; step < SESSION_STEPS; step++) {
        const struct session_step_state *state = &steps[step];
        if (!CONDITIONS[step])
            continue;
        if (state->verdict.reason)
            statement_set(statement, CONDITIONS[step],
                          state->unknown ? CONDITION_UNKNOWN : status_of(state->holds),
                          &state->verdict);
        else
            keep(statement, CONDITIONS[step]);
    }
}

/* ---- the pod */

static bool is_fresh(const struct life_output *life)
{
    return life->next_attempt && !life->delayed;
}

static struct verdict why_stopped(const struct statement *statement, const char *what)
{
    const char *why = json_str_or(statement->status, "", "stoppedReason");
    bool idle = strcmp(why, "inactivity") == 0;
    return (struct verdict){idle ? "InactivityTimeout" : "UserStopped", what};
}

static bool is_gone(const struct statement *statement)
{
    enum pod_state pod = statement->view->state;
    bool leaves = pod == POD_ABSENT || pod == POD_LEAVING;
    bool over = statement->life->phase >= PHASE_STOPPED || statement->life->delayed;
    return leaves && over;
}

static void set_pod_created(struct statement *statement)
{
    const struct session *session = statement->session;
    const struct session_step_state *step = &session->steps[SESSION_CHILDREN];
    enum pod_state pod = statement->view->state;
    const struct verdict there = {
        "PodCreated", arena_printf(session->arena, "Pod %s is there, attempt %lld",
                                   session->pod_name, (long long)session->attempt)};
    const struct verdict gone = {
        "PodMissing",
        arena_printf(session->arena, "Pod %s is not there", session->pod_name)};
    const struct verdict stopped = why_stopped(statement, "no pod is kept");
    bool is_there = pod != POD_ABSENT && pod != POD_FORMER;
    bool trouble = step->blocks && strcmp(step->verdict.reason, "Pending") != 0;
    if (trouble && is_there)
        statement_set(statement, "PodCreated", CONDITION_TRUE, &step->verdict);
    else if (trouble)
        statement_set(statement, "PodCreated", CONDITION_FALSE, &step->verdict);
    else if (statement->life->phase == PHASE_STOPPED)
        statement_set(statement, "PodCreated", CONDITION_FALSE, &stopped);
    else if (is_gone(statement))
        statement_set(statement, "PodCreated", CONDITION_FALSE, &gone);
    else if (is_there && !is_fresh(statement->life))
        statement_set(statement, "PodCreated", CONDITION_TRUE, &there);
}

static void set_scheduled(struct statement *statement)
{
    const struct verdict waits = {"Unschedulable", statement->view->unscheduled};
    const struct verdict has_node = {"Scheduled", "the pod has a node"};
    bool told = condition_find(statement->context.former, "PodScheduled");
    if (waits.message)
        statement_set(statement, "PodScheduled", CONDITION_FALSE, &waits);
    else if (told && statement->session->pod)
        statement_set(statement, "PodScheduled", CONDITION_TRUE, &has_node);
}

static void set_runner_started(struct statement *statement)
{
    const struct verdict runs = {"ContainerRunning",
                                 "the runner container has started"};
    const struct verdict stopped = why_stopped(statement, "no runner runs any more");
    bool told = condition_find(statement->context.former, "RunnerStarted");
    enum session_phase phase = statement->life->phase;
    if (statement->view->state == POD_RUNNING)
        statement_set(statement, "RunnerStarted", CONDITION_TRUE, &runs);
    else if (phase == PHASE_STOPPED && told)
        statement_set(statement, "RunnerStarted", CONDITION_FALSE, &stopped);
    else if (phase >= PHASE_STOPPING)
        keep(statement, "RunnerStarted");
}

/* The pod's policy is known by its hash: no field of the pod shows it. */
static bool has_other_policy(struct session *would_be)
{
    const char *former = kube_annotation(would_be->pod, SESSION_ANNOTATION_POLICY);
    if (!would_be->openshell || !former)
        return false;
    session_look_at_copy(would_be);
    return would_be->policy_hash && strcmp(would_be->policy_hash, former) != 0;
}

/* How the pod compares with the one that would be made now. */
static enum freshness freshness_of(const struct session *session, bool ipv6,
                                   const char **fields)
{
    struct session would_be = *session;
    memset(would_be.steps, 0, sizeof would_be.steps);
    would_be.ipv6 = ipv6;
    if (!session_choose_all(&would_be))
        return FRESHNESS_UNKNOWN;
    const cJSON *wanted = json_adopt(session->arena, session_pod(&would_be));
    if (would_be.steps[SESSION_ACCEPTED].blocks)
        return FRESHNESS_UNKNOWN;
    enum freshness freshness =
        pod_freshness(session->arena, session->pod, wanted, fields);
    if (freshness == FRESHNESS_UNKNOWN || !has_other_policy(&would_be))
        return freshness;
    *fields = arena_printf(session->arena, "%s%ssandbox policy", *fields,
                           **fields ? ", " : "");
    return POD_OUTDATED;
}

/* The cluster's family of addresses, which only a live read tells, does not change: of
 * both the one that the pod was made with differs less. */
static enum freshness least_different(const struct session *session,
                                      const char **fields)
{
    const char *other = "";
    enum ip_family family = session->config->pod_ip_family;
    enum freshness first = freshness_of(session, family == IP_V6, fields);
    if (family != IP_AUTO || first != POD_OUTDATED)
        return first;
    enum freshness second = freshness_of(session, true, &other);
    if (strlen(other) < strlen(*fields)) {
        *fields = other;
        return second;
    }
    return first;
}

/* Where something keeps a pod back, the former word stays. */
static void set_up_to_date(struct statement *statement)
{
    const struct session *session = statement->session;
    enum pod_state pod = statement->view->state;
    const char *fields = "";
    if (pod != POD_STARTING && pod != POD_RUNNING)
        return;
    enum freshness freshness = least_different(session, &fields);
    const struct verdict differs = {
        "RestartToApply",
        arena_printf(session->arena,
                     "the pod runs on as it was made; a restart would change: %s",
                     fields)};
    const struct verdict same = {"UpToDate", "the pod is as it would be made now"};
    if (freshness == FRESHNESS_UNKNOWN)
        keep(statement, "UpToDate");
    else if (freshness == POD_OUTDATED)
        statement_set(statement, "UpToDate", CONDITION_FALSE, &differs);
    else
        statement_set(statement, "UpToDate", CONDITION_TRUE, &same);
}

void statement_set_conditions(struct statement *statement)
{
    const struct verdict ready = statement_ready(statement);
    enum session_phase phase = statement->life->phase;
    bool holds =
        phase == PHASE_COMPLETED || (phase == PHASE_RUNNING && statement->view->ready);
    statement_set(statement, "Ready", status_of(holds), &ready);
    set_steps(statement);
    set_pod_created(statement);
    set_scheduled(statement);
    set_runner_started(statement);
    set_up_to_date(statement);
    statement_set_work(statement);
    if (phase == PHASE_FAILED)
        statement_set(statement, "Stalled", CONDITION_TRUE, &ready);
}
