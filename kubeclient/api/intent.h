/* intent.h - does a live object already hold what we would apply?
 *
 * Server-side apply of an unchanged intent can still bump resourceVersions and always
 * costs a request. intent_held() says whether an apply by `manager` would change
 * nothing: each value of the intent is there, the manager's Apply entry owns each of
 * its paths, and owns nothing that the intent leaves out. Lists that the API treats as
 * maps are matched by their keys, so order does not count there; other lists are
 * values.
 */
#ifndef BERTH_API_INTENT_H
#define BERTH_API_INTENT_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"

struct intent_check {
    bool held;         /* nothing to do */
    bool dropped;      /* a path is owned by the manager and missing in the object: the
                          server accepted it and dropped it (spec rule 8) */
    const char *where; /* the first difference, for logs and explain; in the arena */
};

/* `live` NULL: not there, hence not held. apiVersion, kind and metadata's name,
 * namespace, uid and resourceVersion in the intent are identity, not content. */
struct intent_check intent_check(struct arena *arena, const cJSON *intent,
                                 const cJSON *live, const char *manager);

/* The merge key of the list `field` in Kubernetes' workload types, or NULL where the
 * list is a value: containers and env by name, volumeMounts by mountPath, ... */
const char *intent_list_key(const char *field);

/* A copy of `live` with the intent merged in as the server would (for render --merged
 * and for goldens). Owned. */
cJSON *intent_merge(const cJSON *intent, const cJSON *live);

#endif
