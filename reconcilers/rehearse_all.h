/* rehearse_all.h - what all reconcilers make of a cluster that holds just these
 * objects.
 *
 * Each plan is carried out in the set, its status too, and the next one is made from
 * what came of it, until none has anything left to do. Nobody else acts, every write
 * goes through and no time passes: so a session comes as far as its pod. Pure.
 */
#ifndef BERTH_RECONCILERS_REHEARSE_ALL_H
#define BERTH_RECONCILERS_REHEARSE_ALL_H

#include "reconcilers/object_set.h"

/* A primary, of the set or made by a plan. */
struct rehearsed {
    const struct reconciler *reconciler;
    struct kube_key key;
    /* All writes, the last one of each object, with all events and the last status;
     * NULL: none can be made, and `err` says why. */
    struct plan *plan;
    struct err err;
    struct rehearsed *next;
};

/* *all in the order in which they were first planned, NULL: the set has no primaries;
 * it lives in the arena. Fails with INTERNAL when the plans do not come to an end. */
WARN_UNUSED bool rehearse_all(struct object_set *set,
                              const struct reconcile_config *config,
                              struct arena *arena, const struct rehearsed **all,
                              struct err *err);

#endif
