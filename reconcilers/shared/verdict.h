/* verdict.h - how something went, as a condition has to tell it. */
#ifndef BERTH_RECONCILERS_SHARED_VERDICT_H
#define BERTH_RECONCILERS_SHARED_VERDICT_H

#include "kubeclient/base/err.h"

/* Without a reason nothing is wrong. Texts are static or live in the reconcile's arena.
 */
struct verdict {
    const char *reason, *message;
};

/* The reason that a failed write gives: ApplyForbidden, ApplyInvalid, ApplyConflict,
 * APIError. Static. */
static inline const char *verdict_reason_of(const struct err *failure)
{
    if (failure->kind == ERR_FORBIDDEN)
        return "ApplyForbidden";
    if (failure->kind == ERR_INVALID)
        return "ApplyInvalid";
    return failure->kind == ERR_CONFLICT ? "ApplyConflict" : "APIError";
}

#endif
