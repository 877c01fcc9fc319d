/* collisions.h - what on a target stands in the way of an apply.
 *
 * An apply is forced, so everything that is somebody else's is looked for before
 * anything is written; with a collision nothing is written at all.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_COLLISIONS_H
#define BERTH_RECONCILERS_AGENTRUNTIME_COLLISIONS_H

#include "reconcilers/agentruntime/enrolment.h"

struct collision {
    const char *reason;  /* for a condition; NULL: none */
    const char *message; /* names all of them; in the arena */
};

/* Volumes and mounts of others where skills belong, and a missing container. */
struct collision find_skill_collision(const struct enrolment *e);

/* The type label with another value, owned by another manager. */
struct collision find_label_collision(const struct enrolment *e);

#endif
