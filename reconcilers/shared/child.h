/* child.h - an object that a plan wants to exist, exactly as computed.
 *
 * It is created only where nothing of its name is, and changed only where it is
 * Berth's: its controller ownerReference names the owner. What others put into it
 * beside Berth's fields stays. Pure.
 */
#ifndef BERTH_RECONCILERS_SHARED_CHILD_H
#define BERTH_RECONCILERS_SHARED_CHILD_H

#include "kubeclient/base/err.h"
#include "reconcilers/observed.h"
#include "reconcilers/plan.h"

enum child_state {
    CHILD_HELD,    /* it is as it should be */
    CHILD_PENDING, /* a write is planned, or the former object has to go first */
    CHILD_FAILED,  /* the write failed in this reconcile */
    CHILD_FOREIGN, /* something else has the name: untouched */
};

struct child {
    const struct kube_resource *resource;
    cJSON *intent;         /* consumed; with metadata's name and namespace */
    const char *owner_uid; /* NULL: it is changed whoever owns it */
    const char *why;       /* of the write; static */
};

/* What has to be done, if anything, is added to the plan. `*failure` is set for
 * CHILD_FAILED; the reconcile is then retried. */
enum child_state child_ensure(struct observed *observed, struct plan *plan,
                              const struct child *child, const struct err **failure);

/* The same with the object as a live read found it, whatever the cache says. */
enum child_state child_ensure_live(struct observed *observed, struct plan *plan,
                                   const struct child *child, const cJSON *live,
                                   const struct err **failure);

/* True when the object's controller is the owner. */
bool child_is_owned(const cJSON *object, const char *owner_uid);

/* True when an owner of that resource may take the object, which it does not own:
 * nobody controls it and Berth applied it (a Project that was to keep it left it
 * behind, or somebody took the ownerReference off); or ProjectSettings made it before
 * their Project came. What tells is managedFields and the controller, never a label. */
bool child_may_be_taken(const cJSON *object, const struct kube_resource *owner);

/* Makes `owner` (whose resource that is) the object's controller. With
 * blockOwnerDeletion: the owner's finalizer goes before its children do. */
void child_set_owner(struct arena *arena, cJSON *intent,
                     const struct kube_resource *resource, const cJSON *owner);

#endif
