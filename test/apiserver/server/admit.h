/* admit.h - admission: what else must be so before an object is stored.
 *
 * Three of kube-apiserver's plug-ins and a check of its RBAC storage:
 * NamespaceLifecycle, OwnerReferencesPermissionEnforcement and the prevention of
 * privilege escalation. Pure.
 */
#ifndef BERTH_APISERVER_ADMIT_H
#define BERTH_APISERVER_ADMIT_H

#include "test/apiserver/server/call.h"

/* A create: its namespace must exist and not be ending, nor may its CRD. */
WARN_UNUSED bool admit_creation(struct call *call);

/* `former` NULL: created. */
WARN_UNUSED bool admit_object(struct call *call, const cJSON *former,
                              const cJSON *object);

#endif
