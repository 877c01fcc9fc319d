/* managed_last_applied.h - from client-side to server-side apply, for kubectl only.
 *
 * `kubectl apply` keeps what it applied in an annotation. Where the manager is named
 * "kubectl", the API server takes that for ownership: what the annotation says, and the
 * object still holds, is no conflict; and the annotation is kept up to date. Pure.
 */
#ifndef BERTH_APISERVER_MANAGED_LAST_APPLIED_H
#define BERTH_APISERVER_MANAGED_LAST_APPLIED_H

#include "test/apiserver/apply/field_set.h"
#include "test/apiserver/apply/managed.h"

/* What may be taken without force; NULL: nothing. */
const struct field_set *
managed_last_applied(struct arena *arena, const struct managed_apply_options *options,
                     const cJSON *live);

void managed_write_last_applied(const struct managed_apply_options *options,
                                cJSON *object, const cJSON *intent);

#endif
