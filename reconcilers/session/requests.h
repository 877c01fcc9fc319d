/* requests.h - what somebody wants of a session: start it, stop it. Pure.
 *
 * Two ways lead to it. A change of spec.desiredPhase against what the status last acted
 * on; and the annotation ambient-code.io/desired-phase, which is a request for once: it
 * is taken up, noted in status.observedRequest, and removed when it is fulfilled.
 */
#ifndef BERTH_RECONCILERS_SESSION_REQUESTS_H
#define BERTH_RECONCILERS_SESSION_REQUESTS_H

#include "reconcilers/session/failures.h"
#include "reconcilers/session/session_plan.h"

/* What the life cycle is asked: the pod as it is seen, wishes, what time is over. */
struct life_input session_life(struct session *session, const struct pod_view *view);

/* Deletes the session when its ttlSecondsAfterFinished is over; somebody who starts it
 * again at the same moment wins. */
void session_expire(struct session *session, const struct life_output *life);

/* How long after a failure the next attempt begins, in milliseconds. */
int64_t session_retry_delay(int64_t restarts);

/* What was not acted on yet. */
enum session_wish session_wish(const struct session *session);

/* Why a stop that is asked for now is: "user" or "inactivity". Static. */
const char *session_stop_reason(const struct session *session);

/* Removes the annotation once it is fulfilled or refused, and tells of a refusal. */
void session_end_request(struct session *session, const struct life_output *life,
                         const struct pod_view *view);

/* observedDesiredPhase and observedRequest of the status to be. */
void session_note_request(const struct session *session, const struct life_output *life,
                          cJSON *status);

#endif
