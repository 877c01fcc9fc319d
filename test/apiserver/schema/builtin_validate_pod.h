/* builtin_validate_pod.h - what the API server refuses in a pod or its template.
 *
 * The rules that a controller's own output, or its user's, can break; not all of the
 * real server's. Messages are its own. Pure.
 */
#ifndef BERTH_APISERVER_BUILTIN_VALIDATE_POD_H
#define BERTH_APISERVER_BUILTIN_VALIDATE_POD_H

#include "test/apiserver/schema/faults.h"

/* What containers may mount. */
struct mountable {
    const cJSON *volumes; /* of the PodSpec */
    const cJSON *claims;  /* volumeClaimTemplates of a StatefulSet; NULL: none */
};

/* A PodSpec at `path`. */
void validate_pod_spec(struct faults *faults, const cJSON *spec, const cJSON *claims,
                       const struct schema_path *path);

/* The container at `path`. */
void validate_container(struct faults *faults, const cJSON *container,
                        const struct mountable *mountable,
                        const struct schema_path *path);

#endif
