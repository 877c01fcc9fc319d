#include "kubeclient/api/resource.h"

#include "kubeclient/base/map.h"

#include <string.h>

const struct kube_resource KUBE_AGENTIC_SESSIONS = {
    "vteam.ambient-code", "v1alpha1", "agenticsessions", "AgenticSession", true};
const struct kube_resource KUBE_AGENT_RUNTIMES = {
    "agent.kagenti.dev", "v1alpha1", "agentruntimes", "AgentRuntime", true};
const struct kube_resource KUBE_API_SERVICES = {"apiregistration.k8s.io", "v1",
                                                "apiservices", "APIService", false};
const struct kube_resource KUBE_CUSTOM_RESOURCE_DEFINITIONS = {
    "apiextensions.k8s.io", "v1", "customresourcedefinitions",
    "CustomResourceDefinition", false};
const struct kube_resource KUBE_CONFIG_MAPS = {"", "v1", "configmaps", "ConfigMap",
                                               true};
const struct kube_resource KUBE_DEPLOYMENTS = {"apps", "v1", "deployments",
                                               "Deployment", true};
const struct kube_resource KUBE_EVENTS = {"events.k8s.io", "v1", "events", "Event",
                                          true};
const struct kube_resource KUBE_LIMIT_RANGES = {"", "v1", "limitranges", "LimitRange",
                                                true};
const struct kube_resource KUBE_NAMESPACES = {"", "v1", "namespaces", "Namespace",
                                              false};
const struct kube_resource KUBE_NETWORK_POLICIES = {
    "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true};
const struct kube_resource KUBE_PODS = {"", "v1", "pods", "Pod", true};
const struct kube_resource KUBE_PROJECTS = {"vteam.ambient-code", "v1alpha1",
                                            "projects", "Project", false};
const struct kube_resource KUBE_PROJECT_SETTINGS = {
    "vteam.ambient-code", "v1alpha1", "projectsettings", "ProjectSettings", true};
const struct kube_resource KUBE_RESOURCE_QUOTAS = {"", "v1", "resourcequotas",
                                                   "ResourceQuota", true};
const struct kube_resource KUBE_ROLES = {"rbac.authorization.k8s.io", "v1", "roles",
                                         "Role", true};
const struct kube_resource KUBE_ROLE_BINDINGS = {"rbac.authorization.k8s.io", "v1",
                                                 "rolebindings", "RoleBinding", true};
const struct kube_resource KUBE_SANDBOXES = {"agents.x-k8s.io", "v1alpha1", "sandboxes",
                                             "Sandbox", true};
const struct kube_resource KUBE_SECRETS = {"", "v1", "secrets", "Secret", true};
const struct kube_resource KUBE_SERVICES = {"", "v1", "services", "Service", true};
const struct kube_resource KUBE_SERVICE_ACCOUNTS = {"", "v1", "serviceaccounts",
                                                    "ServiceAccount", true};
const struct kube_resource KUBE_STATEFUL_SETS = {"apps", "v1", "statefulsets",
                                                 "StatefulSet", true};

const struct kube_resource *const kube_resources[] = {
    &KUBE_AGENTIC_SESSIONS,
    &KUBE_AGENT_RUNTIMES,
    &KUBE_API_SERVICES,
    &KUBE_CONFIG_MAPS,
    &KUBE_CUSTOM_RESOURCE_DEFINITIONS,
    &KUBE_DEPLOYMENTS,
    &KUBE_EVENTS,
    &KUBE_LIMIT_RANGES,
    &KUBE_NAMESPACES,
    &KUBE_NETWORK_POLICIES,
    &KUBE_PODS,
    &KUBE_PROJECTS,
    &KUBE_PROJECT_SETTINGS,
    &KUBE_RESOURCE_QUOTAS,
    &KUBE_ROLES,
    &KUBE_ROLE_BINDINGS,
    &KUBE_SANDBOXES,
    &KUBE_SECRETS,
    &KUBE_SERVICES,
    &KUBE_SERVICE_ACCOUNTS,
    &KUBE_STATEFUL_SETS,
    NULL,
};

const char *kube_api_version(struct arena *arena, const struct kube_resource *resource)
{
    if (resource->group[0] == '\0')
        return resource->version;
    return arena_printf(arena, "%s/%s", resource->group, resource->version);
}

static bool has_api_version(const struct kube_resource *resource,
                            const char *api_version)
{
    size_t group = strlen(resource->group);
    if (group == 0)
        return strcmp(api_version, resource->version) == 0;
    return strncmp(api_version, resource->group, group) == 0 &&
           api_version[group] == '/' &&
           strcmp(api_version + group + 1, resource->version) == 0;
}

const struct kube_resource *kube_resource_find(const char *api_version,
                                               const char *kind)
{
    if (!api_version || !kind)
        return NULL;
    for (size_t i = 0; kube_resources[i]; i++) {
        if (strcmp(kube_resources[i]->kind, kind) == 0 &&
            has_api_version(kube_resources[i], api_version))
            return kube_resources[i];
    }
    return NULL;
}

bool kube_key_equal(const struct kube_key *a, const struct kube_key *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->ns, b->ns) == 0;
}

const char *kube_key_text(struct arena *arena, const char *ns, const char *name)
{
    if (!ns || ns[0] == '\0')
        return arena_strdup(arena, name);
    return arena_printf(arena, "%s/%s", ns, name);
}

struct kube_key kube_key_parse(struct arena *arena, const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash)
        return (struct kube_key){.ns = "", .name = arena_strdup(arena, text)};
    return (struct kube_key){.ns = arena_strndup(arena, text, (size_t)(slash - text)),
                             .name = arena_strdup(arena, slash + 1)};
}

enum { FEW_KEYS = 16 }; /* up to here a look at each is fastest */

static void close_map(void *map)
{
    map_fini(map);
}

/* Notes the key; true: it is new. */
static bool note_key(struct kube_keys *keys, const struct kube_key *key)
{
    const char *text = kube_key_text(keys->arena, key->ns, key->name);
    return map_put(keys->known, text, keys) == NULL;
}

static void know_all(struct kube_keys *keys)
{
    keys->known = arena_alloc(keys->arena, sizeof *keys->known);
    map_init_borrowed(keys->known, (uintptr_t)keys);
    arena_defer(keys->arena, close_map, keys->known);
    for (size_t i = 0; i < keys->len; i++)
        note_key(keys, &keys->items[i]);
}

static bool is_new(struct kube_keys *keys, const struct kube_key *key)
{
    if (keys->len < FEW_KEYS) {
        size_t i = 0;
        while (i < keys->len && !kube_key_equal(&keys->items[i], key))
            i++;
        return i == keys->len;
    }
    if (!keys->known)
        know_all(keys);
    return note_key(keys, key);
}

void kube_keys_add(struct kube_keys *keys, const char *ns, const char *name)
{
    struct kube_key key = {.ns = ns ? ns : "", .name = name};
    if (!is_new(keys, &key))
        return;
    if (keys->len == keys->cap) {
        size_t cap = keys->cap ? 2 * keys->cap : 4;
        struct kube_key *items = arena_alloc(keys->arena, cap * sizeof *items);
        if (keys->len)
            memcpy(items, keys->items, keys->len * sizeof *items);
        keys->items = items;
        keys->cap = cap;
    }
    key.ns = arena_strdup(keys->arena, key.ns);
    key.name = arena_strdup(keys->arena, name);
    keys->items[keys->len++] = key;
}
