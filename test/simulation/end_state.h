/* end_state.h - what a cluster holds in the end, without what differs between runs. */
#ifndef BERTH_SIMULATION_END_STATE_H
#define BERTH_SIMULATION_END_STATE_H

#include "test/simulation/world.h"

/* All objects of users and of Berth, by "RESOURCE NAMESPACE/NAME", as they would be in
 * any run that comes to the same: no uids, versions, times and generated names. Pods
 * are counted by what owns them and their template. Owned. */
cJSON *end_state(struct world *world);

/* The events as "KIND/NAME REASON" -> true. They are best effort: a crash may lose one,
 * but it adds none. Owned. */
cJSON *end_events(struct world *world);

#endif
