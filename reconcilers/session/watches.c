#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/project_config.h"
#include "reconcilers/session/belief.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

#define WAITING_FOR_POLICY "sessions-waiting-for-their-policy"

#define CHILD_META                                                                     \
    "metadata labels", "metadata annotations", "metadata ownerReferences",             \
        "metadata managedFields"

static const char *const SESSION_KEEP[] = {"metadata creationTimestamp",
                                           "metadata finalizers",
                                           "metadata annotations",
                                           BELIEF_KEEP,
                                           "spec",
                                           "status",
                                           NULL};
static const char *const NAMESPACE_KEEP[] = {
    "metadata labels", "metadata annotations " ANNOTATION_CREATED_BY_PROJECT, NULL};
static const char *const PROJECT_KEEP[] = {"metadata creationTimestamp", "spec",
                                           "status conditions", NULL};
static const char *const SETTINGS_KEEP[] = {"spec", NULL};
static const char *const SPEC_KEEP[] = {CHILD_META, "spec", NULL};
static const char *const ACCOUNT_KEEP[] = {CHILD_META, "automountServiceAccountToken",
                                           NULL};
static const char *const ROLE_KEEP[] = {CHILD_META, "rules", NULL};
static const char *const BINDING_KEEP[] = {CHILD_META, "roleRef", "subjects", NULL};
static const char *const CONFIG_MAP_KEEP[] = {CHILD_META, "immutable", "data",
                                              "binaryData", NULL};
static const char *const POD_KEEP[] = {"metadata creationTimestamp",
                                       "metadata labels",
                                       "metadata annotations",
                                       "metadata ownerReferences",
                                       "spec nodeName",
                                       "spec initContainers name",
                                       "spec initContainers restartPolicy",
                                       "spec initContainers ports containerPort",
                                       "status",
                                       NULL};
/* Of Secrets the names of keys, never a value. */
static const char *const SECRET_KEEP[] = {"metadata labels " SESSION_LABEL_CREDENTIAL,
                                          "data * !", NULL};

static void index_namespace(const cJSON *object, struct kube_keys *values)
{
    struct arena *arena = arena_new();
    const char *chosen = json_str(object, "spec", "namespace");
    char *name = arena_strdup(arena, chosen ? chosen : kube_name(object));
    for (char *c = name; !chosen && *c; c++)
        *c = ascii_to_lower(*c);
    kube_keys_add(values, "", name);
    arena_free(&arena);
}

static const struct reconciler_index PROJECT_INDEXES[] = {
    {SESSION_PROJECTS, index_namespace}, {0}};

static void index_waiting(const cJSON *object, struct kube_keys *values)
{
    if (condition_is(json_at(object, "status", "conditions"), "SandboxReady",
                     CONDITION_FALSE))
        kube_keys_add(values, "", "waiting");
}

static const struct reconciler_index SESSION_INDEXES[] = {
    {WAITING_FOR_POLICY, index_waiting}, {0}};

static bool is_managed(const cJSON *ns)
{
    const char *label = kube_label(ns, AMBIENT_LABEL_MANAGED);
    return label && strcmp(label, "true") == 0;
}

/* ---- whom a change concerns */

static void sessions_in(const char *ns, struct observed *observed,
                        struct kube_keys *primaries)
{
    observed_find_keys(observed, &KUBE_AGENTIC_SESSIONS, NULL, ns, primaries);
}

static void map_owned(const cJSON *object, struct observed *observed,
                      const struct reconcile_config *config,
                      struct kube_keys *primaries)
{
    (void)config;
    const cJSON *owner = kube_controller_of(object);
    if (strcmp(json_str_or(owner, "", "kind"), KUBE_AGENTIC_SESSIONS.kind) == 0)
        kube_keys_add(primaries, kube_namespace(object),
                      json_str_or(owner, "", "name"));
    else if (!owner) /* it may be in the way of one */
        sessions_in(kube_namespace(object), observed, primaries);
}

static void map_inside(const cJSON *object, struct observed *observed,
                       const struct reconcile_config *config,
                       struct kube_keys *primaries)
{
    (void)config;
    sessions_in(kube_namespace(object), observed, primaries);
}

static void map_namespace(const cJSON *object, struct observed *observed,
                          const struct reconcile_config *config,
                          struct kube_keys *primaries)
{
    (void)config;
    sessions_in(kube_name(object), observed, primaries);
}

static void map_project(const cJSON *object, struct observed *observed,
                        const struct reconcile_config *config,
                        struct kube_keys *primaries)
{
    (void)config;
    struct kube_keys names = {.arena = primaries->arena};
    index_namespace(object, &names);
    sessions_in(names.items[0].name, observed, primaries);
}

/* The source of the policy matters only to sessions that wait for it. */
static void map_source(const cJSON *object, struct observed *observed,
                       const struct reconcile_config *config,
                       struct kube_keys *primaries)
{
    (void)object;
    (void)config;
    observed_find_keys(observed, &KUBE_AGENTIC_SESSIONS, WAITING_FOR_POLICY, "waiting",
                       primaries);
}

#define OWNED(kind, members)                                                           \
    {                                                                                  \
        .resource = &(kind), .keep = (members),                                        \
        .label_selector = AMBIENT_MANAGED_SELECTOR, .map = map_owned                   \
    }

const struct reconciler_watch session_watches[] = {
    {.resource = &KUBE_AGENTIC_SESSIONS,
     .keep = SESSION_KEEP,
     .indexes = SESSION_INDEXES},
    {.resource = &KUBE_NAMESPACES, .keep = NAMESPACE_KEEP, .map = map_namespace},
    {.resource = &KUBE_PROJECTS,
     .keep = PROJECT_KEEP,
     .indexes = PROJECT_INDEXES,
     .map = map_project},
    {.resource = &KUBE_PROJECT_SETTINGS, .keep = SETTINGS_KEEP, .map = map_inside},
    OWNED(KUBE_PODS, POD_KEEP),
    OWNED(KUBE_SERVICES, SPEC_KEEP),
    OWNED(KUBE_SERVICE_ACCOUNTS, ACCOUNT_KEEP),
    OWNED(KUBE_ROLES, ROLE_KEEP),
    OWNED(KUBE_ROLE_BINDINGS, BINDING_KEEP),
    {.resource = &KUBE_SECRETS,
     .keep = SECRET_KEEP,
     .chooses = is_managed,
     .map = map_inside,
     .optional = true}, /* a namespace that may not be read holds up only its own */
    {.resource = &KUBE_CONFIG_MAPS,
     .keep = CONFIG_MAP_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_inside},
    {.resource = &KUBE_CONFIG_MAPS,
     .scope = WATCH_OWN_NAMESPACE,
     .keep = CONFIG_MAP_KEEP,
     .map = map_source},
    {.resource = NULL},
};
