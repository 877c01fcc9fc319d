/* resource.h - the resources that Berth touches, and the names of single objects.
 *
 * A resource is compared by address: every one is a constant of this table. Keys are
 * plain values; their text form is "namespace/name", or "name" for cluster scope.
 */
#ifndef BERTH_API_RESOURCE_H
#define BERTH_API_RESOURCE_H

#include "kubeclient/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct kube_resource {
    const char *group; /* "" for the core group */
    const char *version;
    const char *plural; /* as in URLs */
    const char *kind;
    bool namespaced;
};

extern const struct kube_resource KUBE_AGENTIC_SESSIONS;
extern const struct kube_resource KUBE_AGENT_RUNTIMES;
extern const struct kube_resource KUBE_API_SERVICES;
extern const struct kube_resource KUBE_CONFIG_MAPS;
extern const struct kube_resource KUBE_CUSTOM_RESOURCE_DEFINITIONS;
extern const struct kube_resource KUBE_DEPLOYMENTS;
extern const struct kube_resource KUBE_EVENTS; /* events.k8s.io/v1 */
extern const struct kube_resource KUBE_LIMIT_RANGES;
extern const struct kube_resource KUBE_NAMESPACES;
extern const struct kube_resource KUBE_NETWORK_POLICIES;
extern const struct kube_resource KUBE_PODS;
extern const struct kube_resource KUBE_PROJECTS;
extern const struct kube_resource KUBE_PROJECT_SETTINGS;
extern const struct kube_resource KUBE_RESOURCE_QUOTAS;
extern const struct kube_resource KUBE_ROLES;
extern const struct kube_resource KUBE_ROLE_BINDINGS;
extern const struct kube_resource KUBE_SANDBOXES; /* agents.x-k8s.io */
extern const struct kube_resource KUBE_SECRETS;
extern const struct kube_resource KUBE_SERVICES;
extern const struct kube_resource KUBE_SERVICE_ACCOUNTS;
extern const struct kube_resource KUBE_STATEFUL_SETS;

/* All of the above, NULL-terminated. */
extern const struct kube_resource *const kube_resources[];

/* "apps/v1", "v1". Allocated in the arena where it has to be put together. */
const char *kube_api_version(struct arena *arena, const struct kube_resource *resource);

/* The resource of an object's apiVersion and kind, or NULL. */
const struct kube_resource *kube_resource_find(const char *api_version,
                                               const char *kind);

struct map;

struct kube_key {
    const char *ns; /* "" for cluster scope; borrowed */
    const char *name;
};

bool kube_key_equal(const struct kube_key *a, const struct kube_key *b);

/* "namespace/name" or "name". */
const char *kube_key_text(struct arena *arena, const char *ns, const char *name);

/* The inverse of kube_key_text(); the strings live in the arena. */
struct kube_key kube_key_parse(struct arena *arena, const char *text);

/* A growing set of keys in an arena, without duplicates, in the order of insertion. */
struct kube_keys {
    struct arena *arena;
    struct kube_key *items;
    size_t len, cap;
    struct map *known; /* by text, once there are many */
};

/* Copies the strings into the set's arena. */
void kube_keys_add(struct kube_keys *keys, const char *ns, const char *name);

#endif
