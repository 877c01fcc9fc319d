#include "reconcilers/session/session.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "reconcilers/session/failures.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/session/status.h"
#include "reconcilers/shared/child.h"
#include "reconcilers/shared/pod_security.h"

#include <string.h>

/* ---- the pod */

/* What the namespace's PodSecurity admission would refuse is not tried. */
static bool is_admitted(struct session *session, const cJSON *pod)
{
    const struct pod_enforcement enforced = pod_enforcement_of(session->live_ns);
    const struct pod_verdict verdict =
        pod_security_check(session->arena, pod, enforced.minor);
    if (verdict.level >= enforced.level) {
        session_holds(session, SESSION_POD_SECURITY,
                      verdict.level == POD_RESTRICTED ? "Restricted" : "Admitted",
                      arena_printf(session->arena, "the pod meets the level %s",
                                   pod_level_name(verdict.level)));
        return true;
    }
    session_blocks(
        session, SESSION_POD_SECURITY, "WouldBeRejected",
        arena_printf(session->arena, "the namespace enforces %s: %s",
                     pod_level_name(enforced.level),
                     pod_security_text(session->arena, &verdict, enforced.level)));
    return false;
}

/* Written once: it is created where nothing has the name, and never applied again. */
static void create_pod(struct session *session)
{
    cJSON *pod = session_pod(session);
    const cJSON *borrowed = json_adopt(session->arena, pod);
    const struct err *failure = observed_failure(session->in->observed, &KUBE_PODS,
                                                 session->ns, session->pod_name);
    if (session->steps[SESSION_ACCEPTED].blocks || !is_admitted(session, borrowed))
        return;
    if (!failure) {
        plan_apply(session->plan, &KUBE_PODS, json_copy(borrowed), PLAN_CREATE, NULL,
                   "start the session");
        return;
    }
    session->plan->retry = true;
    session_blocks(
        session, SESSION_CHILDREN, verdict_reason_of(failure),
        arena_printf(session->arena, "Pod %s: %s", session->pod_name, failure->msg));
}

/* All are asked, so that all that is missing is told at once. */
static bool check_all(struct session *session)
{
    if (!session_check_namespace(session))
        return false;
    bool secrets = session_check_secrets(session);
    bool sandbox = session_check_sandbox(session);
    session_choose_sidecars(session);
    return secrets && sandbox && !session->steps[SESSION_CREDENTIALS].blocks &&
           session_ensure_children(session) && session_ensure_service(session);
}

/* ---- what is asked for */

static enum session_wish wish_of(const struct session *session)
{
    const char *desired = json_str_or(session->spec, "Running", "desiredPhase");
    const char *observed =
        json_str_or(session->status, "Running", "observedDesiredPhase");
    if (strcmp(desired, observed) == 0)
        return WISH_NONE;
    return strcmp(desired, "Stopped") == 0 ? WISH_STOP : WISH_START;
}

static int64_t time_of(const cJSON *status, const char *field, int64_t fallback)
{
    int64_t ms;
    const char *text = json_str(status, field);
    return text && rfc3339_parse(text, &ms) ? ms : fallback;
}

/* True when `seconds` have passed since; otherwise looks again when they will have. */
static bool is_over(struct session *session, int64_t since_ms, int64_t seconds)
{
    int64_t left = since_ms + seconds * 1000 - session->in->now_ms;
    if (seconds <= 0)
        return false;
    if (left >= 0)
        plan_requeue(session->plan, left + 1);
    return left < 0;
}

static bool is_idle(struct session *session, int64_t started_ms)
{
    int64_t limit = json_int(session->settings, session->config->inactivity_seconds,
                             "spec", "inactivityTimeoutSeconds");
    limit = json_int(session->spec, limit, "inactivityTimeout");
    int64_t active = time_of(session->status, "lastActivityTime", started_ms);
    if (active > session->in->now_ms)
        active = session->in->now_ms;
    return is_over(session, active, limit);
}

static bool may_retry(const struct session *session)
{
    const char *policy = json_str_or(session->spec, "Never", "restartPolicy");
    return strcmp(policy, "OnFailure") == 0 &&
           json_int(session->status, 0, "restartCount") <
               json_int(session->spec, 3, "backoffLimit");
}

static struct life_input life_of(struct session *session, const struct pod_view *view)
{
    struct life_input in = {
        .phase = phase_parse(json_str(session->status, "phase")),
        .pod = view->state,
        .wish = wish_of(session),
        .made = json_str(session->status, "podName") != NULL,
        .may_retry = may_retry(session),
    };
    int64_t started = time_of(session->status, "startTime", view->started_ms);
    bool open = in.phase < PHASE_STOPPING && view->state != POD_FORMER &&
                view->state != POD_SUCCEEDED && view->state != POD_BROKEN;
    if (started && open) {
        in.expired = is_over(session, started,
                             json_int(session->spec, 0, "activeDeadlineSeconds"));
        in.idle = is_idle(session, started);
    }
    bool starts = in.pod == POD_ABSENT && !in.made && in.wish != WISH_STOP &&
                  in.phase <= PHASE_RUNNING;
    in.may_create = starts && check_all(session);
    return in;
}

/* A session that has ended answers nobody. */
static void close_service(struct session *session)
{
    const cJSON *service = observed_get(session->in->observed, &KUBE_SERVICES,
                                        session->ns, session->service_name);
    if (service && child_is_owned(service, session->uid) && !kube_deleting(service))
        plan_delete(session->plan, &KUBE_SERVICES, service, "the session has ended");
}

static void run(struct session *session)
{
    if (session->pod && !child_is_owned(session->pod, session->uid)) {
        session_blocks(session, SESSION_CHILDREN, "NotOurs",
                       arena_printf(session->arena,
                                    "Pod %s exists and does not belong to this "
                                    "session: it stays as it is",
                                    session->pod_name));
        session->pod = NULL;
        const struct life_output held = {.phase = PHASE_PENDING, .reason = "NotOurs"};
        session_set_status(session, &held, &(struct pod_view){.state = POD_ABSENT});
        return;
    }
    const struct pod_view view = pod_look(
        session->arena,
        &(struct pod_question){session->pod, session->attempt, session->in->now_ms,
                               session->config->image_pull_grace_ms});
    const struct life_input in = life_of(session, &view);
    const struct life_output life = life_next(&in);
    if (life.action == LIFE_CREATE)
        create_pod(session);
    else if (life.action == LIFE_DELETE)
        plan_delete(session->plan, &KUBE_PODS, session->pod, "end the pod");
    if (life.phase >= PHASE_STOPPED)
        close_service(session);
    if (view.look_again_ms)
        plan_requeue(session->plan, view.look_again_ms);
    if (life.next_attempt)
        plan_requeue(session->plan,
                     1); /* with the new number, the pod is a former one */
    session_set_status(session, &life, &view);
}

/* ---- deletion */

/* The pod ends in peace before the session goes; the rest follows its owner. */
static void clean_up(struct session *session)
{
    const cJSON *pod = session->pod;
    if (!kube_has_finalizer(session->object, FINALIZER_SESSION))
        return;
    if (!pod || !child_is_owned(pod, session->uid))
        plan_patch(session->plan, PLAN_MERGE_PATCH, &KUBE_AGENTIC_SESSIONS,
                   session->object,
                   kube_finalizer_patch(session->object, FINALIZER_SESSION, false),
                   "the session's pod is gone");
    else if (!kube_deleting(pod))
        plan_delete(session->plan, &KUBE_PODS, pod, "the session is deleted");
}

static bool ensure_finalizer(struct session *session)
{
    if (kube_has_finalizer(session->object, FINALIZER_SESSION))
        return true;
    if (observed_failure(session->in->observed, &KUBE_AGENTIC_SESSIONS, session->ns,
                         session->name))
        session->plan->retry = true;
    else
        plan_patch(session->plan, PLAN_MERGE_PATCH, &KUBE_AGENTIC_SESSIONS,
                   session->object,
                   kube_finalizer_patch(session->object, FINALIZER_SESSION, true),
                   "add the finalizer");
    return false;
}

static bool plan_session(const struct reconcile_input *in, struct plan *plan,
                         struct err *err)
{
    const cJSON *object =
        observed_get(in->observed, &KUBE_AGENTIC_SESSIONS, in->key.ns, in->key.name);
    if (!object)
        return true;
    if (!kube_uid(object)[0])
        return err_set(err, ERR_INVALID, "AgenticSession %s has no uid", in->key.name);
    struct session session = session_read(in, plan, object);
    if (kube_deleting(object))
        clean_up(&session);
    else if (ensure_finalizer(&session))
        run(&session);
    return true;
}

const struct reconciler session_reconciler = {
    .name = "session",
    .primary = &KUBE_AGENTIC_SESSIONS,
    .watches = session_watches,
    .plan = plan_session,
};
