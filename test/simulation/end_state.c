#include "test/simulation/end_state.h"

#include "kubeclient/api/object.h"

#include <string.h>

static const struct {
    const char *path, *name;
} RESOURCES[] = {
    {"/apis/agent.kagenti.dev/v1alpha1/agentruntimes", "agentruntimes"},
    {"/apis/vteam.ambient-code/v1alpha1/projects", "projects"},
    {"/apis/vteam.ambient-code/v1alpha1/projectsettings", "projectsettings"},
    {"/apis/vteam.ambient-code/v1alpha1/agenticsessions", "agenticsessions"},
    {"/apis/apps/v1/deployments", "deployments"},
    {"/apis/apps/v1/statefulsets", "statefulsets"},
    {"/api/v1/namespaces", "namespaces"},
    {"/api/v1/configmaps", "configmaps"},
    {"/api/v1/secrets", "secrets"},
    {"/api/v1/services", "services"},
    {"/api/v1/serviceaccounts", "serviceaccounts"},
    {"/api/v1/limitranges", "limitranges"},
    {"/api/v1/resourcequotas", "resourcequotas"},
    {"/apis/rbac.authorization.k8s.io/v1/roles", "roles"},
    {"/apis/rbac.authorization.k8s.io/v1/rolebindings", "rolebindings"},
    {"/apis/networking.k8s.io/v1/networkpolicies", "networkpolicies"},
};

/* Members that say when, which copy or how often, wherever they stand. */
static bool is_noise(const char *name)
{
    static const char *const NAMES[] = {
        "uid",       "resourceVersion",    "creationTimestamp",  "generation",
        "time",      "observedGeneration", "lastTransitionTime", "lastUpdateTime",
        "startTime", "deletionTimestamp",  "startedAt",          "completionTime",
        "podUID",    "nextAttemptTime",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(NAMES[i], name) == 0)
            return true;
    }
    return false;
}

/* The owned item of a list whose key is a uid. */
static bool names_a_uid(const char *name)
{
    return strncmp(name, "k:{\"uid\":", 9) == 0;
}

static void strip(cJSON *value)
{
    for (cJSON *child = value->child, *next; child; child = next) {
        next = child->next;
        if (child->string && (is_noise(child->string) || names_a_uid(child->string)))
            json_free(json_take(value, child));
        else
            strip(child);
    }
}

static int compare_entries(const cJSON *a, const cJSON *b)
{
    int order = strcmp(json_str_or(a, "", "manager"), json_str_or(b, "", "manager"));
    if (!order)
        order =
            strcmp(json_str_or(a, "", "operation"), json_str_or(b, "", "operation"));
    return order ? order
                 : strcmp(json_str_or(a, "", "subresource"),
                          json_str_or(b, "", "subresource"));
}

/* Entries of managedFields stand in the order of their times. */
static void sort_managers(cJSON *object)
{
    cJSON *entries = json_member(json_member(object, "metadata"), "managedFields");
    cJSON *sorted = json_array();
    while (entries && entries->child) {
        cJSON *first = entries->child;
        for (cJSON *entry = first; entry; entry = entry->next) {
            if (compare_entries(entry, first) < 0)
                first = entry;
        }
        json_push(sorted, json_take(entries, first));
    }
    if (entries)
        json_set(object, sorted, "metadata", "managedFields");
    else
        json_free(sorted);
}

static void add_object(cJSON *state, const char *resource, const cJSON *object)
{
    struct strbuf key;
    strbuf_init(&key, 1024);
    strbuf_addf(&key, "%s %s/%s", resource, kube_namespace(object), kube_name(object));
    cJSON *copy = json_copy(object);
    strip(copy);
    sort_managers(copy);
    json_set(state, copy, key.text);
    strbuf_fini(&key);
}

static void add_pods(struct world *world, cJSON *state)
{
    auto_json cJSON *list = world_get(world, "/api/v1/pods");
    json_each (pod, json_at(list, "items")) {
        const cJSON *owner = kube_controller_of(pod);
        const char *hash = kube_label(pod, "pod-template-hash");
        const char *revision = kube_label(pod, "controller-revision-hash");
        struct strbuf key;
        strbuf_init(&key, 1024);
        strbuf_addf(&key, "pods of %s %s/%s %s%s", json_str_or(owner, "", "kind"),
                    kube_namespace(pod), json_str_or(owner, "", "name"),
                    hash ? hash : "", revision ? revision : "");
        json_set(state, json_number(json_int(state, 0, key.text) + 1), key.text);
        strbuf_fini(&key);
    }
}

cJSON *end_state(struct world *world)
{
    cJSON *state = json_object();
    for (size_t i = 0; i < sizeof RESOURCES / sizeof *RESOURCES; i++) {
        auto_json cJSON *list = world_get(world, RESOURCES[i].path);
        json_each (object, json_at(list, "items"))
            add_object(state, RESOURCES[i].name, object);
    }
    add_pods(world, state);
    return state;
}

cJSON *end_events(struct world *world)
{
    cJSON *events = json_object();
    auto_json cJSON *list = world_get(world, "/apis/events.k8s.io/v1/events");
    json_each (event, json_at(list, "items")) {
        struct strbuf key;
        strbuf_init(&key, 1024);
        strbuf_addf(&key, "%s/%s %s", json_str_or(event, "", "regarding", "kind"),
                    json_str_or(event, "", "regarding", "name"),
                    json_str_or(event, "", "reason"));
        json_set(events, json_boolean(true), key.text);
        strbuf_fini(&key);
    }
    return events;
}
