/* refusal.h - what the API server says no with: a metav1.Status, as a tree.
 *
 * Made where the fault is seen and handed up unchanged; the message names the place.
 * Every function that can refuse returns false and sets `*refusal`, which the caller
 * then owns; untouched on success. Pure.
 */
#ifndef BERTH_APISERVER_REFUSAL_H
#define BERTH_APISERVER_REFUSAL_H

#include "kubeclient/base/json.h"

/* A Status with code, reason ("Invalid", "NotFound", ...) and message. Owned. */
cJSON *refusal_new(int code, const char *reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends to details.causes: reason as in metav1.CauseType ("FieldValueInvalid"). */
void refusal_add_cause(cJSON *refusal, const char *reason, const char *field,
                       const char *message);

/* Fills details: of which object it speaks; NULL leaves a member out. */
void refusal_set_details(cJSON *refusal, const char *group, const char *kind,
                         const char *name);

int refusal_code(const cJSON *refusal);

#endif
