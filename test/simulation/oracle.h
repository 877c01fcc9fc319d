/* oracle.h - what must be true of a cluster once a story has ended, and what must never
 * be on the way. */
#ifndef BERTH_SIMULATION_ORACLE_H
#define BERTH_SIMULATION_ORACLE_H

#include "test/simulation/story.h"

/* Looks at the world, which is at rest: what users set is as they set it, what is
 * deleted is gone, Berth's things are where they belong and nowhere else, events are
 * few, no secret shows. False: `story->why` says what is wrong. */
bool oracle_of_state(struct story *story);

/* A fresh controller finds nothing to do, and a long time passes without a write. */
bool oracle_of_rest(struct story *story);

/* Looks at what the controller wrote since it was asked last: no pod is made twice for
 * one attempt or written again, and only what belongs to the story is touched. False,
 * and `story->ok` is false from then on: `story->why` says what was seen. */
bool oracle_of_writes(struct story *story);

/* A line of the controller's log, which must not show a secret either. */
void oracle_of_log(struct story *story, const char *line);

/* ---- for oracle*.c */

/* Says what is wrong. False. */
bool object_to(struct story *story, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool oracle_of_runtimes(struct story *story);
bool oracle_of_projects(struct story *story);
bool oracle_of_sessions(struct story *story);

#endif
