/* reconciler.h - what a kind must provide to be reconciled.
 *
 * A reconciler has no callbacks and does no I/O. It declares what it watches and
 * computes a plan; the engine does the rest. A new kind is one folder and one line in
 * all.c.
 */
#ifndef BERTH_RECONCILERS_RECONCILER_H
#define BERTH_RECONCILERS_RECONCILER_H

#include "kubeclient/api/resource.h"
#include "kubeclient/base/clock.h"
#include "reconcilers/features.h"
#include "reconcilers/observed.h"
#include "reconcilers/plan.h"

struct project_config;
struct session_config;

/* What reconcilers read of the configuration. Borrowed; replaced as a whole. */
struct reconcile_config {
    const char *controller_namespace;
    struct features features;
    const char *const
        *take_over_from; /* field managers of predecessors; NULL-terminated */
    const char *const *watch_namespaces;  /* NULL or empty: all; NULL-terminated */
    const char *platform_config_map;      /* in the controller's namespace */
    const struct project_config *project; /* reconcilers/project_config.h */
    const struct session_config *session; /* reconcilers/session_config.h */
    const char *server_version;           /* gitVersion of the API server, "" unknown */
};

/* Adds the index values of an object: it is then found by observed_find(). */
typedef void reconciler_index_fn(const cJSON *object, struct kube_keys *values);

struct reconciler_index {
    const char *name;
    reconciler_index_fn *values; /* uses kube_keys_add(values, ns, name): the index
                                    value is "ns/name" */
};

/* Names the primaries that a change of an object concerns, from its key and from what
 * its indexes are made of: called for the object as it is, and as it was where an index
 * value changed or it went. `observed` finds others through the cache. */
typedef void reconciler_map_fn(const cJSON *secondary, struct observed *observed,
                               const struct reconcile_config *config,
                               struct kube_keys *primaries);

enum watch_scope {
    WATCH_EVERYWHERE,    /* all namespaces, or those of watchNamespaces */
    WATCH_OWN_NAMESPACE, /* the controller's namespace only */
};

struct reconciler_watch {
    const struct kube_resource *resource;
    enum watch_scope scope;
    const char *label_selector; /* NULL: everything */
    const char *field_selector; /* NULL: everything */
    const char *const *keep;    /* projection: what plans read (base/json_text.h); of
                                   metadata name, namespace, uid, resourceVersion,
                                   generation and deletionTimestamp are always kept */
    const struct reconciler_index *indexes; /* ends with a zeroed entry; NULL: none */
    /* Not NULL: only the namespaces that it is true of are watched, one by one, as they
     * come and go. Their objects must be watched too (KUBE_NAMESPACES, with what this
     * reads); observed_complete() says whether one is listed yet. */
    bool (*chooses)(const cJSON *ns);
    reconciler_map_fn *map; /* NULL: the object is the primary */
    bool optional;          /* the reconciler works without it while it is not served or
                               forbidden */
};

struct reconcile_input {
    const cJSON *primary; /* NULL once it is gone from the cache; borrowed */
    struct kube_key key;
    struct observed *observed;
    const struct reconcile_config *config;
    int64_t now_ms; /* wall clock */
};

struct reconciler {
    const char *name; /* metric label and log field: "agentruntime" */

    /* Its own watch comes with `map` NULL and keeps "status" and of metadata's
     * managedFields manager, operation and subresource: the driver compares the one and
     * decides by the others how status is written. Berth's own writes to an object do
     * not bring the reconcile back by themselves, for plan() has seen their answers;
     * nor does its status: a plan never waits for what it wrote there. */
    const struct kube_resource *primary;
    const struct reconciler_watch *watches; /* ends with a zeroed entry */

    /* Fields of the primary's status that others write and Berth never does;
     * NULL-terminated, NULL: none. The primary's watch then keeps `fieldsV1 f:status`
     * of managedFields too. */
    const char *const *status_of_others;

    /* Computes what should be. Pure: equal input gives an equal plan. Returns false
     * with err when the primary cannot be understood at all; everything that a user can
     * cause is a condition in the plan's status instead. */
    bool (*plan)(const struct reconcile_input *in, struct plan *plan, struct err *err);
};

/* All reconcilers, NULL-terminated; see all.c. */
extern const struct reconciler *const reconcilers[];

#endif
