/* version_check.h - optimistic locking, and what of metadata nobody may change. Pure.
 */
#ifndef BERTH_APISERVER_VERSION_CHECK_H
#define BERTH_APISERVER_VERSION_CHECK_H

#include "test/apiserver/server/write.h"

/* Compares what was sent with what is there: name, uid, resourceVersion and
 * deletionTimestamp. False: 400, 409 or 422. */
WARN_UNUSED bool version_check(struct call *call, const cJSON *live,
                               const cJSON *object, enum write_origin origin);

#endif
