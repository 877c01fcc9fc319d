#include "reconcilers/session/requests.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"

#include <string.h>

#define REQUEST "ambient-code.io/desired-phase"
#define STOP_REASON "ambient-code.io/stop-reason"
#define STARTED_AT "ambient-code.io/start-requested-at"
#define STOPPED_AT "ambient-code.io/stop-requested-at"

/* The word of the request, or NULL: there is none. */
static const char *word_of(const struct session *session)
{
    const char *word = kube_annotation(session->object, REQUEST);
    bool known = word && (strcmp(word, "Running") == 0 || strcmp(word, "Stopped") == 0);
    return known ? word : NULL;
}

/* By what a request is known again: its time, or its word where it has none. */
static const char *identity_of(const struct session *session)
{
    const char *word = word_of(session);
    if (!word)
        return NULL;
    const char *time = kube_annotation(
        session->object, strcmp(word, "Running") == 0 ? STARTED_AT : STOPPED_AT);
    return time && *time ? time : word;
}

static const char *desired(const struct session *session)
{
    return json_str_or(session->spec, "Running", "desiredPhase");
}

static const char *observed_desired(const struct session *session)
{
    return json_str_or(session->status, "Running", "observedDesiredPhase");
}

static bool is_observed(const struct session *session)
{
    const char *identity = identity_of(session);
    return identity &&
           strcmp(json_str_or(session->status, "", "observedRequest"), identity) == 0;
}

/* What the session's own text says outlasts a request to start. */
static bool is_refused(const struct session *session)
{
    const char *word = word_of(session);
    return word && strcmp(word, "Running") == 0 &&
           strcmp(desired(session), "Stopped") == 0;
}

static enum session_wish wish_for(const char *word)
{
    return strcmp(word, "Stopped") == 0 ? WISH_STOP : WISH_START;
}

enum session_wish session_wish(const struct session *session)
{
    if (strcmp(desired(session), observed_desired(session)) != 0)
        return wish_for(desired(session));
    if (!word_of(session) || is_observed(session) || is_refused(session))
        return WISH_NONE;
    return wish_for(word_of(session));
}

const char *session_stop_reason(const struct session *session)
{
    const char *reason = kube_annotation(session->object, STOP_REASON);
    return reason && strcmp(reason, "inactivity") == 0 ? "inactivity" : "user";
}

/* ---- the end of a request */

static void push(cJSON *patch, const char *op, const char *path, const cJSON *value)
{
    cJSON *step = json_push(patch, json_object());
    json_set_str(step, op, "op");
    json_set_str(step, path, "path");
    json_set(step, json_copy(value), "value");
}

static void remove_annotations(struct session *session)
{
    static const struct {
        const char *name, *path;
    } PARTS[] = {
        {REQUEST, "/metadata/annotations/ambient-code.io~1desired-phase"},
        {STARTED_AT, "/metadata/annotations/ambient-code.io~1start-requested-at"},
        {STOPPED_AT, "/metadata/annotations/ambient-code.io~1stop-requested-at"},
        {STOP_REASON, "/metadata/annotations/ambient-code.io~1stop-reason"},
    };
    const cJSON *annotations = json_at(session->object, "metadata", "annotations");
    cJSON *patch = json_array();
    push(patch, "test", "/metadata/resourceVersion",
         json_at(session->object, "metadata", "resourceVersion"));
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        const cJSON *value = json_at(annotations, PARTS[i].name);
        if (!value)
            continue;
        push(patch, "test", PARTS[i].path, value);
        push(patch, "remove", PARTS[i].path, NULL);
    }
    plan_patch(session->plan, PLAN_JSON_PATCH, &KUBE_AGENTIC_SESSIONS, session->object,
               patch, "the request is fulfilled");
}

/* A stop is when no pod is left to end, a start when the new pod exists. */
static bool is_fulfilled(const struct session *session, const struct life_output *life,
                         const struct pod_view *view)
{
    if (wish_for(word_of(session)) == WISH_STOP)
        return view->state == POD_ABSENT || life->phase >= PHASE_STOPPED;
    bool has_pod = view->state != POD_ABSENT && view->state != POD_FORMER &&
                   view->state != POD_LEAVING;
    return has_pod || life->phase >= PHASE_STOPPED;
}

void session_end_request(struct session *session, const struct life_output *life,
                         const struct pod_view *view)
{
    if (!word_of(session))
        return;
    if (!is_observed(session)) {
        /* the status says so first */
        if (is_refused(session))
            plan_event(session->plan, true, "RequestIgnored", "Run",
                       "the annotation " REQUEST
                       " asks for Running, but spec.desiredPhase is Stopped");
        if (is_refused(session) || life->acted)
            plan_requeue(session->plan, 1);
        return;
    }
    if ((is_refused(session) || is_fulfilled(session, life, view)) &&
        !observed_failure(session->in->observed, &KUBE_AGENTIC_SESSIONS, session->ns,
                          session->name))
        remove_annotations(session);
}

void session_note_request(const struct session *session, const struct life_output *life,
                          cJSON *status)
{
    int64_t ignored;
    const char *former = json_str(session->status, "observedRequest");
    bool of_spec = strcmp(desired(session), observed_desired(session)) != 0;
    bool acted = life->acted && !of_spec;
    json_set_str(status,
                 life->acted || !of_spec ? desired(session) : observed_desired(session),
                 "observedDesiredPhase");
    if (word_of(session) && (acted || is_refused(session)))
        former = identity_of(session);
    else if (former && !word_of(session) && !rfc3339_parse(former, &ignored))
        former = NULL; /* the next one without a time is another one */
    json_set_str(status, former, "observedRequest");
}
