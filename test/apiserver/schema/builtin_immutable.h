/* builtin_immutable.h - what an update of a built-in object may not change. Pure. */
#ifndef BERTH_APISERVER_BUILTIN_IMMUTABLE_H
#define BERTH_APISERVER_BUILTIN_IMMUTABLE_H

#include "test/apiserver/schema/faults.h"

/* "spec.selector: Invalid value: {...}: field is immutable" for each of `fields`, of
 * the object at `path`; ends with NULL. */
void check_immutable(struct faults *faults, const cJSON *former, const cJSON *object,
                     const char *const *fields, const struct schema_path *path);

/* A ConfigMap or Secret that says `immutable` keeps its data. */
void check_immutable_data(struct faults *faults, const cJSON *former,
                          const cJSON *object);

/* Of a pod's spec images, deadlines and further tolerations may change. */
void check_pod_update(struct faults *faults, const cJSON *former, const cJSON *object);

/* The role of a binding stays. */
void check_role_ref(struct faults *faults, const cJSON *former, const cJSON *object);

#endif
