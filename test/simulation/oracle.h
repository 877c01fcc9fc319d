/* oracle.h - what must be true of a cluster once a story has ended. */
#ifndef BERTH_SIMULATION_ORACLE_H
#define BERTH_SIMULATION_ORACLE_H

#include "test/simulation/story.h"

/* Looks at the world, which is at rest: what users set is as they set it, what is
 * deleted is gone, Berth's things are where they belong and nowhere else, events are
 * few, no secret shows. False: `story->why` says what is wrong. */
bool oracle_of_state(struct story *story);

/* A fresh controller finds nothing to do, and a long time passes without a write. */
bool oracle_of_rest(struct story *story);

#endif
