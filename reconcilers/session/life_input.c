#include "kubeclient/api/rfc3339.h"
#include "reconcilers/session/belief.h"
#include "reconcilers/session/requests.h"

#include <string.h>

enum { RETRY_MS = 10 * 1000, RETRY_MAX_MS = 5 * 60 * 1000 };

int64_t session_retry_delay(int64_t restarts)
{
    int64_t delay = RETRY_MS;
    while (restarts-- > 0 && delay < RETRY_MAX_MS)
        delay *= 2;
    return delay < RETRY_MAX_MS ? delay : RETRY_MAX_MS;
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

/* What the runner said before it was started this time does not count, nor does a clock
 * that is ahead. */
static bool is_idle(struct session *session, int64_t started_ms)
{
    int64_t limit = json_int(session->settings, session->config->inactivity_seconds,
                             "spec", "inactivityTimeoutSeconds");
    limit = json_int(session->spec, limit, "inactivityTimeout");
    int64_t active = time_of(session->status, "lastActivityTime", started_ms);
    if (active > session->in->now_ms)
        active = session->in->now_ms;
    return is_over(session, active > started_ms ? active : started_ms, limit);
}

static bool retries(const struct session *session)
{
    return strcmp(json_str_or(session->spec, "Never", "restartPolicy"), "OnFailure") ==
           0;
}

static bool may_retry(const struct session *session)
{
    return retries(session) && json_int(session->status, 0, "restartCount") <
                                   json_int(session->spec, 3, "backoffLimit");
}

/* What the node or the scheduler did to the pod is not the session's failure; but a
 * prompt is not run twice unless the session says that it may be. */
static bool is_replaced(const struct session *session, const struct pod_view *view)
{
    bool has_run = session->resumes || view->started_ms != 0;
    return session->late_provider ||
           (view->disrupted && (retries(session) || !has_run));
}

static bool waits(struct session *session)
{
    int64_t left = time_of(session->status, "nextAttemptTime", 0) - session->in->now_ms;
    if (left > 0)
        plan_requeue(session->plan, left);
    return left > 0;
}

void session_expire(struct session *session, const struct life_output *life)
{
    const cJSON *ttl = json_at(session->spec, "ttlSecondsAfterFinished");
    bool told = json_str(session->status, "completionTime") != NULL;
    int64_t ended = time_of(session->status, "completionTime", session->in->now_ms);
    bool finished = life->phase == PHASE_COMPLETED || life->phase == PHASE_FAILED;
    if (!ttl || !finished || session_wish(session) == WISH_START)
        return;
    int64_t seconds = json_int(session->spec, 0, "ttlSecondsAfterFinished");
    int64_t left = ended + seconds * 1000 - session->in->now_ms;
    if (left > 0 || !told)
        plan_requeue(session->plan, left > 0 ? left : 1);
    else if (!observed_failure(session->in->observed, &KUBE_AGENTIC_SESSIONS,
                               session->ns, session->name))
        plan_delete_unchanged(session->plan, &KUBE_AGENTIC_SESSIONS, session->object,
                              "ttlSecondsAfterFinished is over");
}

struct life_input session_life(struct session *session, const struct pod_view *view)
{
    struct life_input in = {
        .phase = believed_phase(session->status),
        .pod = view->state,
        .wish = session_wish(session),
        .stop_reason = session_stop_reason(session),
        .made = json_str(session->status, "podName") != NULL,
        .may_retry = may_retry(session),
        .over = view->over,
        .replaced = is_replaced(session, view),
    };
    int64_t started = time_of(session->status, "startTime", view->started_ms);
    bool told = json_str(session->status, "startTime") != NULL;
    bool open = in.phase < PHASE_STOPPING && view->state != POD_FORMER &&
                view->state != POD_SUCCEEDED && view->state != POD_BROKEN;
    if (started && open) {
        in.expired = is_over(session, started,
                             json_int(session->spec, 0, "activeDeadlineSeconds"));
        in.idle = is_idle(session, started);
    }
    /* what ends the pod has to hold when the pod is gone, too: first the start is told
     */
    if ((in.expired || in.idle) && !told) {
        in.expired = in.idle = false;
        plan_requeue(session->plan, 1);
    }
    bool starts = in.pod == POD_ABSENT && !in.made && in.wish != WISH_STOP &&
                  in.phase <= PHASE_RUNNING;
    in.waits = starts && waits(session);
    in.may_create = starts && !in.waits && session_check_all(session) &&
                    session_look_again(session);
    return in;
}
