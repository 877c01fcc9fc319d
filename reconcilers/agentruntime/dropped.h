/* dropped.h - image volumes that the API server accepts and drops.
 *
 * A server whose ImageVolume gate is off drops the volumes and mounts, while
 * managedFields still lists Berth as their owner. So: owned but not there = dropped by
 * the server; neither owned nor there = removed by hand.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_DROPPED_H
#define BERTH_RECONCILERS_AGENTRUNTIME_DROPPED_H

#include "kubeclient/base/json.h"

/* An image volume that Berth owns is missing in the object. */
bool skills_were_dropped(struct arena *arena, const cJSON *workload);

/* A copy of `workload` with those volumes and mounts of `intent` that Berth owns and
 * that are missing put in: what the server would hold if it dropped nothing. In the
 * arena. */
const cJSON *with_dropped_skills(struct arena *arena, const cJSON *workload,
                                 const cJSON *intent);

/* All volumes of `intent` are in the object: a dry run that shows the server keeps
 * them. */
bool keeps_skills(const cJSON *workload, const cJSON *intent);

#endif
