/* managed.h - server-side apply and the field managers of every other write (KEP-555).
 *
 * Two functions do what the API server's field manager does: managed_apply() merges an
 * applied intent into a live object, with ownership, conflicts and removal; and
 * managed_update() finds out what another write changed and makes its manager the
 * owner. Both write metadata.managedFields of the result. Which lists are maps comes
 * from the schema. Pure: the time is given.
 */
#ifndef BERTH_APISERVER_MANAGED_H
#define BERTH_APISERVER_MANAGED_H

#include "test/apiserver/schema/refusal.h"
#include "test/apiserver/schema/schema.h"

struct managed_write {
    const char *manager;
    const char *api_version; /* "apps/v1" */
    const char *subresource; /* "" or "status", "scale" */
    const char *time;        /* RFC 3339, seconds */
    bool force;              /* take what others own; managed_apply() only */
};

/* The object as it is after `intent` was applied to `live` (NULL: it does not exist
 * yet). Owned. NULL with a Conflict (409, a FieldManagerConflict cause for each field
 * and manager), a BadRequest, or the 500 with which the API server answers an intent
 * that does not fit its schema. Defaults are not set here. Fields that the subresource
 * may not write are left as they are and not owned: of "" the status where
 * `has_status`, of "status" all but it.
 */
struct managed_apply_options {
    const struct schema *schema;
    bool has_status;
    struct managed_write write;
};
cJSON *managed_apply(const struct managed_apply_options *options, const cJSON *live,
                     const cJSON *intent, cJSON **refusal);

/* After create, update, patch or anything else but apply: what differs between `former`
 * (NULL: created) and `object` belongs to write->manager with operation Update; who
 * owned it before loses what changed or went. A write that changes nothing keeps
 * former's managedFields with their times. An object that was sent with managedFields:
 * [{}] or [] begins anew. At most ten Update managers are kept apart (then they are
 * folded into "ancient-changes"). */
void managed_update(const struct managed_apply_options *options, const cJSON *former,
                    cJSON *object);

#endif
