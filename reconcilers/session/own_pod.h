/* own_pod.h - which pod is the session's, and the marks by which it is known. Pure.
 *
 * The cache holds the pods that carry the label ambient-code.io/managed: of one that
 * lost it only a live read tells. A pod is the session's when it is its controller; one
 * that lost its ownerReference, when the status, in Berth's own words, has its uid.
 */
#ifndef BERTH_RECONCILERS_SESSION_OWN_POD_H
#define BERTH_RECONCILERS_SESSION_OWN_POD_H

#include "reconcilers/session/session_plan.h"

/* Sets `pod`, or `foreign` where somebody else's pod has the name. False: it cannot be
 * told; `*failure` says why, or is NULL while it is read. */
bool session_find_pod(struct session *session, const struct err **failure);

/* Puts back labels and ownerReference that the session's pod has lost. */
void session_repair_pod(struct session *session);

#endif
