/* builtin_validate_workload.h - what the API server refuses in the makers of pods.
 * Pure.
 */
#ifndef BERTH_APISERVER_BUILTIN_VALIDATE_WORKLOAD_H
#define BERTH_APISERVER_BUILTIN_VALIDATE_WORKLOAD_H

#include "test/apiserver/schema/faults.h"

/* Each takes the former object, NULL: it is being created. */
void validate_deployment(struct faults *faults, const cJSON *former,
                         const cJSON *object);
void validate_replica_set(struct faults *faults, const cJSON *former,
                          const cJSON *object);
void validate_stateful_set(struct faults *faults, const cJSON *former,
                           const cJSON *object);
void validate_daemon_set(struct faults *faults, const cJSON *former,
                         const cJSON *object);
void validate_job(struct faults *faults, const cJSON *former, const cJSON *object);

#endif
