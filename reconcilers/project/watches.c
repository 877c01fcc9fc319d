#include "kubeclient/api/object.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

/* Of managedFields all that says what Berth applied: children are whole objects. */
#define CHILD_META                                                                     \
    "metadata labels", "metadata annotations", "metadata ownerReferences",             \
        "metadata managedFields"

static const char *const PROJECT_KEEP[] = {
    "metadata creationTimestamp",
    "metadata finalizers",
    ("metadata annotations " AMBIENT_ANNOTATION_CREATED_BY),
    "metadata managedFields manager",
    "metadata managedFields operation",
    "metadata managedFields subresource",
    "spec",
    "status",
    NULL,
};

static const char *const NAMESPACE_KEEP[] = {
    "metadata labels",
    ("metadata annotations " ANNOTATION_CREATED_BY_PROJECT),
    "metadata managedFields",
    "status phase",
    "status conditions type",
    "status conditions status",
    "status conditions message",
    NULL,
};

static const char *const SPEC_KEEP[] = {CHILD_META, "spec", NULL};
static const char *const ROLE_KEEP[] = {CHILD_META, "rules", NULL};
static const char *const BINDING_KEEP[] = {CHILD_META, "metadata creationTimestamp",
                                           "roleRef", "subjects", NULL};
static const char *const CONFIG_MAP_KEEP[] = {CHILD_META, "immutable", "data",
                                              "binaryData", NULL};
static const char *const SETTINGS_KEEP[] = {"spec runnerSecretsName", NULL};
static const char *const SECRET_KEEP[] = {"metadata name", NULL};
static const char *const API_SERVICE_KEEP[] = {"spec group", NULL};

static void index_namespace(const cJSON *object, struct kube_keys *values)
{
    struct arena *arena = arena_new();
    kube_keys_add(values, "", project_namespace(arena, object));
    arena_free(&arena);
}

static void index_group(const cJSON *object, struct kube_keys *values)
{
    const char *group = json_str(object, "spec", "group");
    if (group)
        kube_keys_add(values, "", group);
}

static void index_image_namespace(const cJSON *object, struct kube_keys *values)
{
    const char *ns = json_str(object, "spec", "imageNamespace");
    if (ns)
        kube_keys_add(values, "", ns);
}

static void index_owner(const cJSON *object, struct kube_keys *values)
{
    const char *uid = json_str(kube_controller_of(object), "uid");
    if (uid)
        kube_keys_add(values, "", uid);
}

static const struct reconciler_index PROJECT_INDEXES[] = {
    {PROJECTS_BY_NAMESPACE, index_namespace},
    {PROJECTS_BY_IMAGE_NAMESPACE, index_image_namespace},
    {0}};
static const struct reconciler_index BINDING_INDEXES[] = {
    {BINDINGS_BY_OWNER, index_owner}, {0}};
static const struct reconciler_index API_SERVICE_INDEXES[] = {
    {API_SERVICES_BY_GROUP, index_group}, {0}};

/* ---- whom a change concerns */

static void projects_of_namespace(struct observed *observed, const char *ns,
                                  struct kube_keys *primaries)
{
    struct arena *arena = arena_new();
    observed_find_keys(observed, &KUBE_PROJECTS, PROJECTS_BY_NAMESPACE,
                       kube_key_text(arena, "", ns), primaries);
    arena_free(&arena);
}

static void map_namespace(const cJSON *object, struct observed *observed,
                          const struct reconcile_config *config,
                          struct kube_keys *primaries)
{
    struct arena *arena = arena_new();
    projects_of_namespace(observed, kube_name(object), primaries);
    if (strcmp(kube_name(object), config->project->image_namespace) == 0)
        observed_find_keys(observed, &KUBE_PROJECTS, NULL, "", primaries);
    else
        observed_find_keys(observed, &KUBE_PROJECTS, PROJECTS_BY_IMAGE_NAMESPACE,
                           kube_key_text(arena, "", kube_name(object)), primaries);
    arena_free(&arena);
}

static void map_inside(const cJSON *object, struct observed *observed,
                       const struct reconcile_config *config,
                       struct kube_keys *primaries)
{
    (void)config;
    projects_of_namespace(observed, kube_namespace(object), primaries);
}

static void map_all(const cJSON *object, struct observed *observed,
                    const struct reconcile_config *config, struct kube_keys *primaries)
{
    (void)object;
    (void)config;
    observed_find_keys(observed, &KUBE_PROJECTS, NULL, "", primaries);
}

/* Of the ConfigMaps beside Berth only the policy matters to Projects. */
static void map_policy_source(const cJSON *object, struct observed *observed,
                              const struct reconcile_config *config,
                              struct kube_keys *primaries)
{
    if (strcmp(kube_name(object), config->project->policy_config_map) == 0)
        map_all(object, observed, config, primaries);
}

/* A binding in the project's namespace, or one that Berth made elsewhere for it: its
 * label names the Project, shortened where the name is long. */
static void map_binding(const cJSON *object, struct observed *observed,
                        const struct reconcile_config *config,
                        struct kube_keys *primaries)
{
    const char *id = kube_label(object, AMBIENT_LABEL_PROJECT);
    map_inside(object, observed, config, primaries);
    if (!id)
        return;
    struct kube_keys all = {.arena = primaries->arena};
    observed_find_keys(observed, &KUBE_PROJECTS, NULL, "", &all);
    for (size_t i = 0; i < all.len; i++) {
        if (strcmp(project_id(primaries->arena, all.items[i].name), id) == 0)
            kube_keys_add(primaries, "", all.items[i].name);
    }
}

bool is_managed_namespace(const cJSON *ns)
{
    const char *label = kube_label(ns, AMBIENT_LABEL_MANAGED);
    return label && strcmp(label, "true") == 0;
}

const struct reconciler_watch project_watches[] = {
    {.resource = &KUBE_PROJECTS, .keep = PROJECT_KEEP, .indexes = PROJECT_INDEXES},
    {.resource = &KUBE_NAMESPACES, .keep = NAMESPACE_KEEP, .map = map_namespace},
    {.resource = &KUBE_PROJECT_SETTINGS, .keep = SETTINGS_KEEP, .map = map_inside},
    {.resource = &KUBE_ROLES,
     .keep = ROLE_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_inside},
    {.resource = &KUBE_ROLE_BINDINGS,
     .keep = BINDING_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .indexes = BINDING_INDEXES,
     .map = map_binding},
    {.resource = &KUBE_LIMIT_RANGES,
     .keep = SPEC_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_inside},
    {.resource = &KUBE_RESOURCE_QUOTAS,
     .keep = SPEC_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_inside},
    {.resource = &KUBE_NETWORK_POLICIES,
     .keep = SPEC_KEEP,
     .chooses = is_managed_namespace,
     .map = map_inside,
     .optional = true},
    {.resource = &KUBE_CONFIG_MAPS,
     .keep = CONFIG_MAP_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_inside},
    {.resource = &KUBE_CONFIG_MAPS,
     .scope = WATCH_OWN_NAMESPACE,
     .keep = CONFIG_MAP_KEEP,
     .map = map_policy_source},
    {.resource = &KUBE_SECRETS,
     .keep = SECRET_KEEP,
     .chooses = is_managed_namespace,
     .map = map_inside,
     .optional = true},
    {.resource = &KUBE_API_SERVICES,
     .keep = API_SERVICE_KEEP,
     .indexes = API_SERVICE_INDEXES,
     .map = map_all,
     .optional = true},
    {0},
};

/* ---- ProjectSettings */

static void map_settings_inside(const cJSON *object, struct observed *observed,
                                const struct reconcile_config *config,
                                struct kube_keys *primaries)
{
    (void)config;
    observed_find_keys(observed, &KUBE_PROJECT_SETTINGS, NULL, kube_namespace(object),
                       primaries);
}

static void map_settings_of(const cJSON *ns, struct observed *observed,
                            const struct reconcile_config *config,
                            struct kube_keys *primaries)
{
    (void)config;
    observed_find_keys(observed, &KUBE_PROJECT_SETTINGS, NULL, kube_name(ns),
                       primaries);
}

static void map_settings_of_project(const cJSON *project, struct observed *observed,
                                    const struct reconcile_config *config,
                                    struct kube_keys *primaries)
{
    struct arena *arena = arena_new();
    (void)config;
    observed_find_keys(observed, &KUBE_PROJECT_SETTINGS, NULL,
                       project_namespace(arena, project), primaries);
    arena_free(&arena);
}

static void map_settings_of_policy(const cJSON *object, struct observed *observed,
                                   const struct reconcile_config *config,
                                   struct kube_keys *primaries)
{
    if (strcmp(kube_name(object), config->project->policy_config_map) == 0)
        observed_find_keys(observed, &KUBE_PROJECT_SETTINGS, NULL, "", primaries);
}

const struct reconciler_watch project_settings_watches[] = {
    {.resource = &KUBE_PROJECT_SETTINGS, .keep = PROJECT_KEEP},
    {.resource = &KUBE_NAMESPACES, .keep = NAMESPACE_KEEP, .map = map_settings_of},
    {.resource = &KUBE_PROJECTS,
     .keep = (const char *const[]){"spec namespace", "spec imageNamespace", NULL},
     .indexes = PROJECT_INDEXES,
     .map = map_settings_of_project},
    {.resource = &KUBE_ROLE_BINDINGS,
     .keep = BINDING_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .indexes = BINDING_INDEXES,
     .map = map_settings_inside},
    {.resource = &KUBE_LIMIT_RANGES,
     .keep = SPEC_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_settings_inside},
    {.resource = &KUBE_RESOURCE_QUOTAS,
     .keep = SPEC_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_settings_inside},
    {.resource = &KUBE_NETWORK_POLICIES,
     .keep = SPEC_KEEP,
     .chooses = is_managed_namespace,
     .map = map_settings_inside,
     .optional = true},
    {.resource = &KUBE_CONFIG_MAPS,
     .keep = CONFIG_MAP_KEEP,
     .label_selector = AMBIENT_MANAGED_SELECTOR,
     .map = map_settings_inside},
    {.resource = &KUBE_CONFIG_MAPS,
     .scope = WATCH_OWN_NAMESPACE,
     .keep = CONFIG_MAP_KEEP,
     .map = map_settings_of_policy},
    {0},
};
