/* status_write.h - when and how the status of a primary is written.
 *
 * By server-side apply of the whole status, as BERTH_STATUS_MANAGER. Where somebody
 * else owns a part of the status, an apply would leave that part there for ever; so
 * then the status is first replaced by an empty one. `others` names the fields that are
 * not Berth's to write (struct reconciler): they stay as they are. Pure.
 */
#ifndef BERTH_ENGINE_STATUS_WRITE_H
#define BERTH_ENGINE_STATUS_WRITE_H

#include "kubeclient/api/request.h"

/* Whether the live object's status already says it. */
bool status_is_held(const cJSON *primary, const cJSON *status,
                    const char *const *others);

/* Whether a manager's ownership of the status stands in the way of an apply. */
bool status_is_foreign(const cJSON *primary, const char *const *others);

/* Whether somebody waits for the change: another Ready, or the spec was taken up. */
bool status_is_urgent(const cJSON *primary, const cJSON *status);

/* Both carry uid and resourceVersion of `primary`: a status never describes an object
 * that the plan has not seen. */
struct kube_request status_clear_request(struct arena *arena,
                                         const struct kube_resource *resource,
                                         const cJSON *primary,
                                         const char *const *others);
struct kube_request status_apply_request(struct arena *arena,
                                         const struct kube_resource *resource,
                                         const cJSON *primary, const cJSON *status);

#endif
