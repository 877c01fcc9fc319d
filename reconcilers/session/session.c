#include "reconcilers/session/session.h"

#include "kubeclient/api/object.h"
#include "reconcilers/session/belief.h"
#include "reconcilers/session/failures.h"
#include "reconcilers/session/own_pod.h"
#include "reconcilers/session/requests.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/session/status.h"
#include "reconcilers/session/up_to_date.h"
#include "reconcilers/shared/ambient.h"
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
    if (verdict.level < enforced.level)
        session_blocks(
            session, SESSION_POD_SECURITY, "WouldBeRejected",
            arena_printf(session->arena, "the namespace enforces %s: %s",
                         pod_level_name(enforced.level),
                         pod_security_text(session->arena, &verdict, enforced.level)));
    else if (verdict.level == POD_RESTRICTED)
        session_holds(session, SESSION_POD_SECURITY, "Restricted",
                      "the pod meets the level restricted");
    else
        session_notes(
            session, SESSION_POD_SECURITY,
            verdict.level == POD_BASELINE ? "Baseline" : "Privileged",
            arena_printf(session->arena, "restricted would want: %s",
                         pod_security_text(session->arena, &verdict, POD_RESTRICTED)));
    return verdict.level >= enforced.level;
}

/* Written once: it is created where nothing has the name, and never applied again. */
static void create_pod(struct session *session)
{
    cJSON *pod = session_pod(session);
    json_set(pod, pod_fingerprint(pod), "metadata", "annotations",
             SESSION_ANNOTATION_RENDERED);
    const cJSON *borrowed = json_adopt(session->arena, pod);
    const struct err *failure = observed_failure(session->in->observed, &KUBE_PODS,
                                                 session->ns, session->pod_name);
    if (session->steps[SESSION_ACCEPTED].blocks || !is_admitted(session, borrowed))
        return;
    if (!failure) {
        session_holds(session, SESSION_ACCEPTED, "Accepted", "the spec is valid");
        plan_apply(session->plan, &KUBE_PODS, json_copy(borrowed), PLAN_CREATE, NULL,
                   "start the session");
        return;
    }
    session->plan->retry = true;
    session_blocks(
        session, SESSION_CHILDREN, "CreateFailed",
        arena_printf(session->arena, "Pod %s: %s", session->pod_name, failure->msg));
}

static bool has_place(struct session *session)
{
    if (session->foreign)
        session_meets_foreign(
            session, arena_printf(session->arena, "Pod %s", session->pod_name));
    return !session->foreign;
}

bool session_choose_all(struct session *session)
{
    if (!session_check_namespace(session) || !session_check_images(session))
        return false;
    bool secrets = session_check_secrets(session);
    bool sandbox = session_choose_sandbox(session);
    session_choose_sidecars(session);
    return secrets && sandbox && !session->steps[SESSION_CREDENTIALS].blocks;
}

bool session_check_all(struct session *session)
{
    if (!session_check_namespace(session) || !has_place(session) ||
        !session_check_images(session))
        return false;
    bool secrets = session_check_secrets(session);
    bool sandbox = session_check_sandbox(session);
    session_choose_sidecars(session);
    if (!secrets || !sandbox || session->steps[SESSION_CREDENTIALS].blocks)
        return false;
    bool children = session_ensure_children(session);
    return session_ensure_service(session) && children;
}

/* ---- the run */

/* A deletion that was refused is told, and tried again in a while. */
static void end_child(struct session *session, const struct kube_resource *resource,
                      const cJSON *object, const char *why)
{
    const struct err *failure = observed_failure(session->in->observed, resource,
                                                 session->ns, kube_name(object));
    if (!failure) {
        plan_delete(session->plan, resource, object, why);
        return;
    }
    const char *text = arena_printf(session->arena, "%s %s: %s", resource->kind,
                                    kube_name(object), failure->msg);
    session->plan->retry = true;
    session_blocks(session, SESSION_CHILDREN, "DeleteFailed", text);
    if (kube_deleting(session->object)) /* whose status nobody writes any more */
        plan_event(session->plan, true, "DeleteFailed", "Run", "%s", text);
}

/* A session that ends answers nobody. */
static void close_service(struct session *session)
{
    const cJSON *service = observed_get(session->in->observed, &KUBE_SERVICES,
                                        session->ns, session->service_name);
    if (service && child_is_owned(service, session->uid) && !kube_deleting(service))
        end_child(session, &KUBE_SERVICES, service, "the session ends");
}

/* The provider of a sidecar that the session can do without, or NULL. */
static const char *late_provider(const struct session *session, const char *container)
{
    const struct session_sidecar *sidecar = session->config->sidecars;
    while (container && sidecar->container &&
           strcmp(sidecar->container, container) != 0)
        sidecar++;
    if (!container || !sidecar->container)
        return NULL;
    const cJSON *credential =
        json_find(json_at(session->spec, "credentials"), "provider", sidecar->provider);
    return json_bool(credential, false, "optional") ? sidecar->provider : NULL;
}

/* With a pod only what takes the namespace from Berth counts: a Project that renews its
 * policies does so without a word from each session. */
static bool keeps_namespace(struct session *session)
{
    struct session asked = *session;
    memset(asked.steps, 0, sizeof asked.steps);
    bool holds = session_check_namespace(&asked);
    const struct session_step_state *state = &asked.steps[SESSION_NAMESPACE];
    bool renews = strcmp(state->verdict.reason, "ProjectNotReady") == 0;
    if (!renews)
        session->steps[SESSION_NAMESPACE] = *state;
    return holds || renews;
}

/* What let a pod come about is told with the pod, in the look after it was created: the
 * status of the look before is never written. */
static void look_back(struct session *session, bool lives)
{
    /* one that has ended by now needs no children any more */
    if (!(lives ? session_check_all(session) : session_choose_all(session)))
        return;
    const cJSON *pod = json_adopt(session->arena, session_pod(session));
    if (is_admitted(session, pod))
        session_holds(session, SESSION_ACCEPTED, "Accepted", "the spec is valid");
}

/* What goes with a pod that lives: its marks, and the children that somebody changed.
 */
static void keep_up(struct session *session, const struct pod_view *view)
{
    bool lives = view->state == POD_STARTING || view->state == POD_RUNNING;
    bool told = json_str(session->status, "podName") != NULL;
    session_repair_pod(session);
    if (!told && session->pod && view->state != POD_FORMER) {
        look_back(session, lives);
    } else if (lives && keeps_namespace(session)) {
        session_ensure_children(session);
        session_ensure_service(session);
    }
}

static void run(struct session *session)
{
    const struct pod_view view = pod_look(
        session->arena,
        &(struct pod_question){session->pod, session->attempt, session->in->now_ms,
                               session->config->image_pull_grace_ms,
                               session->config->sidecar_start_ms});
    session->late_provider = late_provider(session, view.late_sidecar);
    const struct life_input in = session_life(session, &view);
    const struct life_output life = life_next(&in);
    if (life.action == LIFE_CREATE)
        create_pod(session);
    else if (life.action == LIFE_DELETE && !kube_deleting(session->pod))
        end_child(session, &KUBE_PODS, session->pod, "end the pod");
    else
        keep_up(session, &view);
    if (life.phase >= PHASE_STOPPING)
        close_service(session);
    if (view.look_again_ms)
        plan_requeue(session->plan, view.look_again_ms);
    if (life.unfinished)
        plan_requeue(session->plan, 1);
    session_end_request(session, &life, &view);
    session_expire(session, &life);
    session_set_status(session, &life, &view);
}

/* ---- deletion */

/* The pod ends in peace before the session goes; the rest follows its owner. */
static void clean_up(struct session *session)
{
    const cJSON *pod = session->pod;
    if (!kube_has_finalizer(session->object, FINALIZER_SESSION))
        return;
    if (!pod)
        plan_patch(session->plan, PLAN_MERGE_PATCH, &KUBE_AGENTIC_SESSIONS,
                   session->object,
                   kube_finalizer_patch(session->object, FINALIZER_SESSION, false),
                   "the session's pod is gone");
    else if (!kube_deleting(pod))
        end_child(session, &KUBE_PODS, pod, "the session is deleted");
}

/* In a namespace that is not Berth's there is nothing to clean up. */
static bool needs_finalizer(struct session *session)
{
    const char *label = kube_label(session->live_ns, AMBIENT_LABEL_MANAGED);
    return session->pod || (label && strcmp(label, "true") == 0);
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
    const char *other = other_controller(object);
    const struct err *failure;
    if (!session_find_pod(&session, &failure)) {
        if (failure)
            session_set_unread(&session, failure);
    } else if (kube_deleting(object))
        clean_up(&session);
    else if (other)
        session_set_held(
            &session, "OtherController",
            arena_printf(plan->arena,
                         "%s works on this session too: run one of the two "
                         "controllers only",
                         other));
    else if (!needs_finalizer(&session) || ensure_finalizer(&session))
        run(&session);
    return true;
}

const struct reconciler session_reconciler = {
    .name = "session",
    .primary = &KUBE_AGENTIC_SESSIONS,
    .watches = session_watches,
    .status_of_others = session_runner_fields,
    .plan = plan_session,
};
