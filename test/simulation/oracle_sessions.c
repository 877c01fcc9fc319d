#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "test/simulation/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A session and what belongs to it, as they are when all has come to rest. */
struct seen {
    const cJSON *object, *ns, *pod;
    size_t pods, services;
    const char *name, *phase;
    const struct story_session *wanted;
};

static const cJSON *condition_of(const struct seen *seen, const char *type)
{
    return condition_find(json_at(seen->object, "status", "conditions"), type);
}

static bool is_owned_by(const cJSON *object, const char *uid)
{
    const cJSON *owner = kube_controller_of(object);
    return strcmp(json_str_or(owner, "", "uid"), uid) == 0;
}

static size_t count_owned(struct story *story, const char *path, const char *uid)
{
    auto_json cJSON *list = world_get(story->world, path);
    size_t count = 0;
    json_each (object, json_at(list, "items"))
        count += is_owned_by(object, uid);
    return count;
}

/* ---- why a session has no pod */

static bool lacks_secret(struct story *story, const char *ns, const char *name,
                         const char *provider)
{
    char path[160];
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/secrets/%s", ns, name);
    auto_json cJSON *secret = world_get(story->world, path);
    const char *label = kube_label(secret, "ambient-code.io/credential-provider");
    return !secret || (provider && (!label || strcmp(label, provider) != 0));
}

/* The namespace is nobody's project, or the Project is not there yet. */
static bool namespace_holds_back(struct story *story, const struct seen *seen)
{
    auto_json cJSON *project = world_get(
        story->world, "/apis/vteam.ambient-code/v1alpha1/projects/" STORY_OWNED);
    bool of_project = strcmp(kube_namespace(seen->object), STORY_OWNED) == 0;
    return !kube_label(seen->ns, "ambient-code.io/managed") ||
           (of_project && !condition_is(json_at(project, "status", "conditions"),
                                        "PolicyReady", CONDITION_TRUE));
}

/* Somebody has to do with the sandbox. */
static bool sandbox_holds_back(struct story *story, const struct seen *seen)
{
    auto_json cJSON *project = world_get(
        story->world, "/apis/vteam.ambient-code/v1alpha1/projects/" STORY_OWNED);
    return story->sandbox_on || json_at(seen->object, "spec", "sandbox", "mode") ||
           json_at(project, "spec", "sandbox");
}

/* Neither Project nor settings give Berth its rights in the namespace. */
static bool rights_hold_back(struct story *story, const struct seen *seen)
{
    char path[160];
    snprintf(path, sizeof path,
             "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/rolebindings/"
             "berth-project-manager",
             kube_namespace(seen->object));
    auto_json cJSON *binding = world_get(story->world, path);
    return !binding;
}

/* A step that does not hold is so in truth. */
static bool is_held_back(struct story *story, const struct seen *seen)
{
    const char *ns = kube_namespace(seen->object);
    const cJSON *conditions = json_at(seen->object, "status", "conditions");
    const struct {
        const char *type;
        bool true_of_it;
    } STEPS[] = {
        {"SecretsReady", rights_hold_back(story, seen)},
        {"NamespaceReady", namespace_holds_back(story, seen)},
        {"SecretsReady", lacks_secret(story, ns, "ambient-runner-secrets", NULL)},
        {"CredentialsReady", json_at(seen->object, "spec", "credentials") &&
                                 lacks_secret(story, ns, "github-token", "github")},
        {"SandboxReady", sandbox_holds_back(story, seen)},
        {"PodSecurity",
         kube_label(seen->ns, "pod-security.kubernetes.io/enforce") != NULL},
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        if (condition_find(conditions, STEPS[i].type) && STEPS[i].true_of_it &&
            !condition_is(conditions, STEPS[i].type, CONDITION_TRUE))
            return true;
    }
    return false;
}

/* ---- each phase */

static bool runner_is(const cJSON *pod, const char *state)
{
    const cJSON *runner = json_find(json_at(pod, "status", "containerStatuses"), "name",
                                    "ambient-code-runner");
    return json_at(runner, "state", state) != NULL;
}

static bool is_of_attempt(const struct seen *seen)
{
    const char *text = kube_annotation(seen->pod, "berth.dev/attempt");
    return text && atoll(text) == json_int(seen->object, 0, "status", "attempt");
}

static bool is_starting(struct story *story, const struct seen *seen)
{
    if (!seen->pod)
        return is_held_back(story, seen) ||
               object_to(story, "%s is %s, has no pod and nothing says why: %s",
                         seen->name, seen->phase,
                         json_str_or(condition_of(seen, "Ready"), "-", "message"));
    return (is_of_attempt(seen) && !runner_is(seen->pod, "running") &&
            !runner_is(seen->pod, "terminated")) ||
           object_to(story, "%s is %s, and its pod is not", seen->name, seen->phase);
}

static bool is_running(struct story *story, const struct seen *seen)
{
    return (is_of_attempt(seen) && runner_is(seen->pod, "running") &&
            seen->services == 1) ||
           object_to(story, "%s is Running, with %zu pods and %zu Services", seen->name,
                     seen->pods, seen->services);
}

static bool is_stopped(struct story *story, const struct seen *seen)
{
    const char *reason = json_str_or(seen->object, "", "status", "stoppedReason");
    bool by_user = strcmp(reason, "user") == 0;
    if (by_user && !seen->wanted->stopped && !seen->wanted->unsure)
        return object_to(story, "%s is Stopped, and should run", seen->name);
    return (!seen->pods && !seen->services) ||
           object_to(story, "%s is Stopped, with %zu pods and %zu Services", seen->name,
                     seen->pods, seen->services);
}

/* The pod stays for its logs, but what has ended does not begin again by itself. */
static bool has_ended(struct story *story, const struct seen *seen)
{
    const char *phase = json_str_or(seen->pod, "", "status", "phase");
    bool over = strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
    if (seen->pod && !over)
        return object_to(story, "%s is %s, and its pod may still run: %s", seen->name,
                         seen->phase, phase);
    return !seen->services ||
           object_to(story, "%s is %s, and has a Service", seen->name, seen->phase);
}

static bool phase_is_right(struct story *story, const struct seen *seen)
{
    static const struct {
        const char *phase;
        bool (*holds)(struct story *, const struct seen *);
        bool ended;
    } PHASES[] = {
        {"Pending", is_starting, false}, {"Creating", is_starting, false},
        {"Running", is_running, false},  {"Stopped", is_stopped, true},
        {"Completed", has_ended, true},  {"Failed", has_ended, true},
    };
    for (size_t i = 0; i < sizeof PHASES / sizeof *PHASES; i++) {
        if (strcmp(PHASES[i].phase, seen->phase) != 0)
            continue;
        if (seen->wanted->stopped && !seen->wanted->unsure && !PHASES[i].ended)
            return object_to(story, "%s is %s, and should be stopped", seen->name,
                             seen->phase);
        return PHASES[i].holds(story, seen);
    }
    return object_to(story, "%s is in phase %s", seen->name, seen->phase);
}

static bool session_is_right(struct story *story, int session, const cJSON *pods)
{
    const struct story_session *wanted = &story->sessions[session];
    const char *place = story_session_place(session);
    char name[64], path[64];
    auto_json cJSON *object = world_get(story->world, story_session_path(session));
    snprintf(path, sizeof path, "/api/v1/namespaces/%s", place);
    auto_json cJSON *ns = world_get(story->world, path);
    snprintf(name, sizeof name, "session %d", session);
    if (!wanted->exists || !object)
        return wanted->exists == !!object || (!object && wanted->passes) ||
               object_to(story, "%s: wanted %s", name,
                         wanted->exists ? "there" : "gone");
    struct seen seen = {.object = object, .ns = ns, .name = name, .wanted = wanted};
    seen.phase = json_str_or(object, "(none)", "status", "phase");
    json_each (pod, json_at(pods, "items")) {
        if (is_owned_by(pod, kube_uid(object))) {
            seen.pods++;
            seen.pod = pod;
        }
    }
    seen.services = count_owned(story, "/api/v1/services", kube_uid(object));
    const cJSON *ready = condition_of(&seen, "Ready");
    if (seen.pods > 1)
        return object_to(story, "%s has %zu pods", name, seen.pods);
    if (json_int(ready, 0, "observedGeneration") != kube_generation(object))
        return object_to(story, "%s: Ready speaks of another generation", name);
    return phase_is_right(story, &seen);
}

/* ---- what nobody owns */

/* What belonged to a session that is gone is gone too. */
static bool nothing_is_left(struct story *story)
{
    static const char *const PATHS[] = {
        "/api/v1/pods",
        "/api/v1/services",
        "/api/v1/serviceaccounts",
        "/apis/rbac.authorization.k8s.io/v1/roles",
        "/apis/rbac.authorization.k8s.io/v1/rolebindings",
    };
    auto_json cJSON *sessions =
        world_get(story->world, "/apis/vteam.ambient-code/v1alpha1/agenticsessions");
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        auto_json cJSON *list = world_get(story->world, PATHS[i]);
        json_each (object, json_at(list, "items")) {
            const cJSON *owner = kube_controller_of(object);
            bool lives = strcmp(json_str_or(owner, "", "kind"), "AgenticSession") != 0;
            json_each (session, json_at(sessions, "items"))
                lives = lives || is_owned_by(object, kube_uid(session));
            if (!lives)
                return object_to(story, "%s/%s outlived its session", PATHS[i],
                                 kube_name(object));
        }
    }
    return true;
}

bool oracle_of_sessions(struct story *story)
{
    auto_json cJSON *pods = world_get(story->world, "/api/v1/pods");
    for (int i = 0; i < STORY_SESSIONS; i++) {
        if (!session_is_right(story, i, pods))
            return false;
    }
    return nothing_is_left(story);
}
