/* rehearse.h - what a reconciler would do in a cluster that holds just these objects.
 *
 * Answers the needs of a plan from the set until it has none left: what is not in the
 * set is absent, and a dry run gives what was asked for. Nothing is written: the plan
 * is the one that a reconcile begins with, or goes on with after the given failures.
 * Pure.
 */
#ifndef BERTH_RECONCILERS_REHEARSE_H
#define BERTH_RECONCILERS_REHEARSE_H

#include "reconcilers/object_set.h"

/* A write, live read or dry run of an object that the API server refused, or a
 * namespace whose objects were not listed yet: such a one has no name and no error. */
enum rehearsed_request {
    REHEARSED_WRITE,
    REHEARSED_READ,
    REHEARSED_TRIAL,
    REHEARSED_LIST,
};

struct rehearsed_failure {
    const struct kube_resource *resource; /* NULL ends a list of them */
    const char *ns, *name;
    enum rehearsed_request request;
    struct err err;
};

struct rehearsal {
    struct object_set *set;
    const struct reconciler *reconciler;
    const struct reconcile_config *config;
    struct arena *arena;                      /* the plan lives in it */
    int64_t now_ms;                           /* wall clock */
    const struct rehearsed_failure *failures; /* NULL: none */
    const struct object_set *live; /* what live reads find otherwise; NULL: nothing */
};

/* NULL with err when no plan can be made for the key. */
WARN_UNUSED struct plan *rehearse(const struct rehearsal *rehearsal,
                                  const struct kube_key *key, struct err *err);

#endif
