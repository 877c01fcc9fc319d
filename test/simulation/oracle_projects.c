#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "test/simulation/oracle.h"

#include <stdio.h>
#include <string.h>

#define GROUP "/apis/vteam.ambient-code/v1alpha1"
#define BINDINGS "/apis/rbac.authorization.k8s.io/v1/rolebindings"
#define POLICY "/configmaps/openshell-policy"

static const char *settings_path(const char *ns)
{
    return strcmp(ns, STORY_OWNED) == 0
               ? GROUP "/namespaces/" STORY_OWNED "/projectsettings/projectsettings"
               : GROUP "/namespaces/" STORY_SHARED "/projectsettings/projectsettings";
}

/* ---- the Project */

static bool is_whole(const cJSON *policy)
{
    return json_at(policy, "data", "policy.rego") &&
           json_at(policy, "data", "policy.yaml");
}

/* The sandbox's policy is missing, or somebody put another one in its place: users can
 * do that, and the Project says so. */
static bool may_lack_policy(struct story *story, const cJSON *project)
{
    auto_json cJSON *source =
        world_get(story->world, "/api/v1/namespaces/" WORLD_SYSTEM POLICY);
    auto_json cJSON *copy =
        world_get(story->world, "/api/v1/namespaces/" STORY_OWNED POLICY);
    const cJSON *owner = kube_controller_of(copy);
    bool foreign =
        copy && strcmp(json_str_or(owner, "", "uid"), kube_uid(project)) != 0;
    bool wanted = story->sandbox_on || json_at(project, "spec", "sandbox");
    return wanted && (foreign || !is_whole(source));
}

static bool project_is_right(struct story *story)
{
    auto_json cJSON *object = world_get(story->world, GROUP "/projects/" STORY_OWNED);
    auto_json cJSON *ns = world_get(story->world, "/api/v1/namespaces/" STORY_OWNED);
    if (story->project != !!object || story->project != !!ns)
        return object_to(story, "the Project or its namespace: wanted %s",
                         story->project ? "there" : "gone");
    const cJSON *conditions = json_at(object, "status", "conditions");
    if (!object || condition_is(conditions, "Ready", CONDITION_TRUE))
        return true;
    if (condition_is(conditions, "PolicyReady", CONDITION_FALSE) &&
        may_lack_policy(story, object))
        return true;
    return object_to(story, "the Project is not Ready: %s",
                     json_str_or(condition_find(conditions, "Ready"), "", "message"));
}

/* ---- whom its settings give access */

static bool binds(const cJSON *binding, const cJSON *entry)
{
    const cJSON *subjects = json_at(binding, "subjects");
    char role[64];
    snprintf(role, sizeof role, "ambient-project-%s", json_str_or(entry, "", "role"));
    return json_count(subjects) == 1 &&
           strcmp(json_str_or(subjects->child, "", "name"),
                  json_str_or(entry, "-", "groupName")) == 0 &&
           strcmp(json_str_or(subjects->child, "", "kind"), "Group") == 0 &&
           strcmp(json_str_or(binding, "", "roleRef", "name"), role) == 0;
}

/* Each entry has a binding that belongs to the settings, and there is no other. */
static bool access_is_right(struct story *story, const char *ns)
{
    auto_json cJSON *settings = world_get(story->world, settings_path(ns));
    auto_json cJSON *place =
        world_get(story->world, strcmp(ns, STORY_OWNED) == 0
                                    ? "/api/v1/namespaces/" STORY_OWNED
                                    : "/api/v1/namespaces/" STORY_SHARED);
    auto_json cJSON *list = world_get(story->world, BINDINGS);
    const cJSON *entries = json_at(settings, "spec", "groupAccess");
    size_t owned = 0, bound = 0;
    if (!settings || !kube_label(place, "ambient-code.io/managed"))
        return true; /* garbage collection's, or left alone */
    json_each (binding, json_at(list, "items")) {
        const cJSON *owner = kube_controller_of(binding);
        if (strcmp(json_str_or(owner, "", "uid"), kube_uid(settings)) != 0 ||
            strcmp(kube_name(binding), "berth-project-manager") == 0)
            continue;
        owned++;
        json_each (entry, entries)
            bound += binds(binding, entry);
    }
    size_t wanted = json_count(entries);
    return (owned == wanted && bound == wanted) ||
           object_to(story, "%s: %zu groups, %zu bindings of which %zu are right", ns,
                     wanted, owned, bound);
}

bool oracle_of_projects(struct story *story)
{
    return project_is_right(story) &&
           (!story->has_sessions || (access_is_right(story, STORY_OWNED) &&
                                     access_is_right(story, STORY_SHARED)));
}
