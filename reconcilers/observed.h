/* observed.h - the read-only view of the world that a plan is made from.
 *
 * Three things are in it: what caches hold (through a source, so that the engine's
 * store, a golden test and `berth render` serve alike), what was fetched because a
 * former round needed it, and how the writes of this reconcile went so far. Objects
 * live in the arena of the reconcile and are never changed.
 */
#ifndef BERTH_RECONCILERS_OBSERVED_H
#define BERTH_RECONCILERS_OBSERVED_H

#include "kubeclient/api/resource.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/json.h"

/* Objects found by an index, in the order of their keys. */
struct object_list {
    const cJSON **items;
    size_t len;
};

/* Where cached objects come from. */
struct object_source {
    /* The object, in the arena; or NULL. */
    const cJSON *(*get)(void *ctx, struct arena *arena,
                        const struct kube_resource *resource, const char *ns,
                        const char *name);
    /* Adds the keys of the objects that have the index value, in their order; with
     * `index` NULL those of all in the namespace `value`, "" for every namespace, in no
     * order. */
    void (*find)(void *ctx, const struct kube_resource *resource, const char *index,
                 const char *value, struct kube_keys *keys);
    bool (*served)(void *ctx, const struct kube_resource *resource);
    /* Whether what `get` lacks in the namespace is not there. NULL: always. */
    bool (*complete)(void *ctx, const struct kube_resource *resource, const char *ns);
    void *ctx;
};

enum lookup {
    LOOKUP_UNKNOWN, /* not fetched yet: plan_need() it */
    LOOKUP_FOUND,
    LOOKUP_ABSENT, /* the API server answered 404 for the object while its kind is
                      served */
    LOOKUP_FAILED, /* the read failed: an error, never "absent" */
};

struct observed;

struct observed *observed_new(struct arena *arena, const struct object_source *source);

/* The cached object, with what earlier writes of this reconcile made of it; NULL: the
 * cache has none. */
const cJSON *observed_get(struct observed *observed,
                          const struct kube_resource *resource, const char *ns,
                          const char *name);

/* Cached objects by an index that some watch declares. */
struct object_list observed_find(struct observed *observed,
                                 const struct kube_resource *resource,
                                 const char *index, const char *value);

/* Their keys only, which costs much less: for whoever maps changes to primaries. With
 * `index` NULL all of namespace `value`, "" for every namespace. */
void observed_find_keys(struct observed *observed, const struct kube_resource *resource,
                        const char *index, const char *value, struct kube_keys *keys);

/* False when the API server does not serve the resource. */
bool observed_served(struct observed *observed, const struct kube_resource *resource);

/* False while the cache cannot tell whether an object of the namespace exists: where a
 * watch chooses its namespaces, one that was not listed yet. */
bool observed_complete(struct observed *observed, const struct kube_resource *resource,
                       const char *ns);

/* What a live read said, with what later writes made of it; *object is set for FOUND,
 * *err for FAILED. Either may be NULL.
 */
enum lookup observed_fetched(struct observed *observed,
                             const struct kube_resource *resource, const char *ns,
                             const char *name, const cJSON **object,
                             const struct err **err);

/* What a dry run asked for by plan_try() said: the object as it would be for FOUND, the
 * refusal for FAILED; never ABSENT. */
enum lookup observed_tried(struct observed *observed,
                           const struct kube_resource *resource, const char *ns,
                           const char *name, const cJSON **object,
                           const struct err **err);

/* Why a write to the object failed in this reconcile, or NULL. A plan that sees a
 * failure states it in the status and does not ask for the same write again. */
const struct err *observed_failure(struct observed *observed,
                                   const struct kube_resource *resource, const char *ns,
                                   const char *name);

/* For the driver: what a read or a write brought. `object` NULL means gone, and is
 * otherwise kept by reference: it must live in the arena. */
void observed_put(struct observed *observed, const struct kube_resource *resource,
                  const char *ns, const char *name, const cJSON *object);
void observed_put_fetched(struct observed *observed,
                          const struct kube_resource *resource, const char *ns,
                          const char *name, const cJSON *object);
void observed_put_read_error(struct observed *observed,
                             const struct kube_resource *resource, const char *ns,
                             const char *name, const struct err *err);
/* The answer of a dry run: `object`, or `err` where `object` is NULL. */
void observed_put_tried(struct observed *observed, const struct kube_resource *resource,
                        const char *ns, const char *name, const cJSON *object,
                        const struct err *err);
/* `err` NULL: a later write to the object went through. */
void observed_put_failure(struct observed *observed,
                          const struct kube_resource *resource, const char *ns,
                          const char *name, const struct err *err);

#endif
