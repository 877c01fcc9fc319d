/* openshell_policy.h - the sandbox policy in a project's namespace.
 *
 * A ConfigMap with policy.rego and policy.yaml, copied from Berth's own namespace. The
 * copy is immutable and owned by who wants it there: when its source changes it is
 * replaced, so that sandboxes that run keep what they started with; when its source
 * goes it stays. One that somebody else put there is never written to. Pure.
 */
#ifndef BERTH_RECONCILERS_SHARED_OPENSHELL_POLICY_H
#define BERTH_RECONCILERS_SHARED_OPENSHELL_POLICY_H

#include "reconcilers/reconciler.h"
#include "reconcilers/shared/verdict.h"

struct policy_copy {
    const char *ns, *name; /* of the copy; the source has the name */
    const struct kube_resource *owner_resource; /* Project or ProjectSettings */
    const cJSON *owner;
    bool local; /* somebody else's is taken as it is */
    bool live;  /* it is read, whatever the cache says of it */
};

/* Plans what is missing. True: the policy `*found` is in place, and `*verdict` says how
 * (PolicyCopied, PolicyFound, LocalPolicy); false: why it is not (Pending,
 * PolicySourceMissing, PolicyInvalid, PolicyReadFailed, PolicyCopyFailed,
 * PolicyNotOurs). */
bool policy_copy_ensure(const struct reconcile_input *in, struct plan *plan,
                        const struct policy_copy *copy, const cJSON **found,
                        struct verdict *verdict);

/* What is wrong with a policy ConfigMap, or NULL: it needs both keys, not empty. */
const char *policy_problem(struct arena *arena, const cJSON *config_map);

#endif
