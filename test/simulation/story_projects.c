/* What users do to Projects, their settings, policies and Secrets. */
#include "kubeclient/api/object.h"
#include "test/simulation/story.h"

#include <stdio.h>
#include <string.h>

#define PROJECT "/apis/vteam.ambient-code/v1alpha1/projects/" STORY_OWNED
#define NAMESPACE "/api/v1/namespaces/" STORY_OWNED
#define SHARED "/api/v1/namespaces/" STORY_SHARED
#define RUNNER_SECRET "ambient-runner-secrets"
#define POLICY "openshell-policy"

static const char *const MODES[] = {"inherit", "openshell", "none"};
static const char *const ROLES[] = {"admin", "edit", "view"};

/* ---- the Project */

static void write_project(struct story *story)
{
    auto_json cJSON *object =
        story_head("vteam.ambient-code/v1alpha1", "Project", STORY_OWNED);
    json_set(object, json_object(), "spec");
    if (story->has_sessions && story_random(story, 3) == 0)
        json_set_str(object, MODES[story_random(story, 3)], "spec", "sandbox", "mode");
    if (story->has_sessions && story_random(story, 3) == 0) {
        cJSON *modes =
            json_set(object, json_array(), "spec", "sandbox", "sessionModes");
        json_push(modes, json_string(MODES[1 + story_random(story, 2)]));
    }
    if (story->has_sessions && story_random(story, 6) == 0)
        json_set_str(object, "baseline", "spec", "podSecurity", "enforce");
    story_say(story, "user", "PATCH", PROJECT, object);
    story->project = story_is_there(story, PROJECT);
}

/* Its namespace goes with it, and all that is in there. */
static void delete_project(struct story *story)
{
    story->project = false;
    story->projects_were_ended = true;
    for (int i = 0; i < STORY_SESSIONS; i++) {
        if (strcmp(story_session_place(i), STORY_OWNED) == 0)
            story->sessions[i].exists = false;
    }
    story_say(story, "user", "DELETE", PROJECT, NULL);
}

/* Somebody deletes what belongs to the Project. */
static void vandalize_project(struct story *story)
{
    static const char *const PATHS[] = {
        "/apis/networking.k8s.io/v1/namespaces/" STORY_OWNED "/networkpolicies/"
        "berth-session-ingress",
        "/apis/rbac.authorization.k8s.io/v1/namespaces/" STORY_OWNED "/rolebindings/"
        "berth-project-manager",
        "/apis/vteam.ambient-code/v1alpha1/namespaces/" STORY_OWNED "/projectsettings/"
        "projectsettings",
        NAMESPACE "/limitranges/ambient-default-limits",
        NAMESPACE "/configmaps/" POLICY,
    };
    story_say(story, "user", "DELETE", PATHS[story_random(story, 5)], NULL);
}

/* ---- its settings */

static void write_settings(struct story *story, const char *ns)
{
    static const char *const GROUPS[] = {"tide-team", "ops", "Night Shift/2"};
    char path[160];
    auto_json cJSON *object =
        story_head("vteam.ambient-code/v1alpha1", "ProjectSettings", "projectsettings");
    cJSON *list = json_set(object, json_array(), "spec", "groupAccess");
    for (int i = 0; i < 3; i++) {
        if (story_random(story, 2))
            continue;
        cJSON *entry = json_push(list, json_object());
        json_set_str(entry, GROUPS[i], "groupName");
        json_set_str(entry, ROLES[story_random(story, 3)], "role");
    }
    snprintf(path, sizeof path,
             "/apis/vteam.ambient-code/v1alpha1/namespaces/%s/projectsettings/"
             "projectsettings",
             ns);
    story_say(story, "user", "PATCH", path, object);
}

/* Somebody gives a group another role by hand, or takes its binding away. */
static void vandalize_access(struct story *story)
{
    char path[160];
    auto_json cJSON *patch = json_object();
    snprintf(path, sizeof path,
             "/apis/rbac.authorization.k8s.io/v1/namespaces/" STORY_OWNED
             "/rolebindings/tide-team-%s",
             ROLES[story_random(story, 3)]);
    json_set(patch, json_array(), "subjects");
    if (story_random(story, 2))
        story_merge(story, "kubectl-edit", path, patch);
    else
        story_say(story, "user", "DELETE", path, NULL);
}

/* ---- Secrets and policies */

static void write_secret(struct story *story, const char *ns, const char *name,
                         const char *provider)
{
    char path[160];
    auto_json cJSON *object = story_head("v1", "Secret", name);
    json_set_str(object, STORY_SECRET, "data",
                 provider ? "token" : "ANTHROPIC_API_KEY");
    json_set_str(object, provider, "metadata", "labels",
                 "ambient-code.io/credential-provider");
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/secrets/%s", ns, name);
    story_say(story, "user", "PATCH", path, object);
}

static void change_secret(struct story *story)
{
    static const char *const PLACES[] = {STORY_OWNED, STORY_SHARED};
    const char *ns = PLACES[story_random(story, 2)];
    bool credential = story_random(story, 2);
    const char *name = credential ? "github-token" : RUNNER_SECRET;
    char path[160];
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/secrets/%s", ns, name);
    if (story_random(story, 2))
        story_say(story, "user", "DELETE", path, NULL);
    else /* for somebody else's use, one time in four */
        write_secret(story, ns, name,
                     !credential              ? NULL
                     : story_random(story, 4) ? "github"
                                              : "jira");
}

static void write_policy(struct story *story, const char *ns, bool whole)
{
    char path[160], text[32];
    auto_json cJSON *object = story_head("v1", "ConfigMap", POLICY);
    snprintf(text, sizeof text, "version: %d", story_random(story, 4));
    json_set_str(object, text, "data", "policy.yaml");
    if (whole)
        json_set_str(object, "package story", "data", "policy.rego");
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/configmaps/" POLICY, ns);
    story_say(story, "user", "PATCH", path, object);
}

static void change_policy(struct story *story)
{
    static const char SOURCE[] =
        "/api/v1/namespaces/" WORLD_SYSTEM "/configmaps/" POLICY;
    switch (story_random(story, 5)) {
    case 0:
        story_say(story, "user", "DELETE", SOURCE, NULL);
        break;
    case 1: /* a member of the project puts one of their own there */
        story_say(story, "user", "DELETE", NAMESPACE "/configmaps/" POLICY, NULL);
        write_policy(story, STORY_OWNED, true);
        break;
    case 2:
        story_say(story, "user", "DELETE", SOURCE, NULL);
        write_policy(story, WORLD_SYSTEM, false);
        break;
    default:
        write_policy(story, WORLD_SYSTEM, true);
        break;
    }
}

/* ---- namespaces */

/* The namespace that has no Project is somebody else's, or a project of upstream's. */
static void toggle_managed(struct story *story)
{
    auto_json cJSON *ns = world_get(story->world, SHARED);
    auto_json cJSON *patch = json_object();
    bool managed = kube_label(ns, "ambient-code.io/managed") != NULL;
    json_set(patch, managed ? json_null() : json_string("true"), "metadata", "labels",
             "ambient-code.io/managed");
    story_merge(story, "kubectl-label", SHARED, patch);
}

void story_act_on_projects(struct story *story)
{
    int what = story_random(story, story->has_sessions ? 20 : 3);
    if (what == 0)
        vandalize_project(story);
    else if (what <= 2 && story->project)
        delete_project(story);
    else if (what <= 6)
        write_project(story);
    else if (what <= 9)
        write_settings(story, what == 9 ? STORY_SHARED : STORY_OWNED);
    else if (what == 10)
        vandalize_access(story);
    else if (what <= 13)
        change_secret(story);
    else if (what <= 17)
        change_policy(story);
    else
        toggle_managed(story);
}

void story_populate_projects(struct story *story)
{
    if (story_random(story, 3))
        write_policy(story, WORLD_SYSTEM, true);
    if (story_random(story, 8))
        write_project(story);
    write_secret(story, STORY_SHARED, RUNNER_SECRET, NULL);
    if (story_random(story, 2))
        toggle_managed(story);
    if (story_random(story, 2))
        write_settings(story, STORY_SHARED);
}
