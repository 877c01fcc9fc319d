/* What users do to AgenticSessions, and what becomes of their pods. */
#include "kubeclient/api/object.h"
#include "test/simulation/story.h"

#include <stdio.h>
#include <string.h>

#define SESSIONS "/apis/vteam.ambient-code/v1alpha1/namespaces/%s/agenticsessions/%s"
#define REQUEST "ambient-code.io/desired-phase"
#define OUTCOME "play.berth.dev/outcome"

/* Two of them differ in what a name of a pod cannot have. */
static const struct {
    const char *ns, *name;
} PLACES[STORY_SESSIONS] = {{STORY_OWNED, "tidy"},
                            {STORY_OWNED, "tidy.up"},
                            {STORY_OWNED, "tidy-up"},
                            {STORY_SHARED, "tidy"}};

const char *story_session_path(int session)
{
    static char path[160];
    snprintf(path, sizeof path, SESSIONS, PLACES[session].ns, PLACES[session].name);
    return path;
}

const char *story_session_place(int session)
{
    return PLACES[session].ns;
}

/* ---- what they ask for */

/* A second wish before the first was acted on: which one wins is not told. */
static void note_wish(struct story *story, int session, bool stopped)
{
    struct story_session *wanted = &story->sessions[session];
    auto_json cJSON *object = world_get(story->world, story_session_path(session));
    const char *desired = json_str_or(object, "Running", "spec", "desiredPhase");
    const char *observed =
        json_str_or(object, "Running", "status", "observedDesiredPhase");
    if (kube_annotation(object, REQUEST) || strcmp(desired, observed) != 0)
        wanted->unsure = true;
    wanted->stopped = stopped;
}

static void add_limits(struct story *story, cJSON *object)
{
    if (story_random(story, 2)) {
        json_set_str(object, "OnFailure", "spec", "restartPolicy");
        json_set(object, json_number(story_random(story, 4)), "spec", "backoffLimit");
    }
    if (story_random(story, 5) == 0)
        json_set(object, json_number(1 + story_random(story, 20)), "spec",
                 "activeDeadlineSeconds");
    if (story_random(story, 5) == 0)
        json_set(object, json_number(1 + story_random(story, 30)), "spec",
                 "inactivityTimeout");
    if (story_random(story, 5) == 0)
        json_set(object, json_number(story_random(story, 30)), "spec",
                 "ttlSecondsAfterFinished");
}

static void add_credential(struct story *story, cJSON *object)
{
    cJSON *list = json_set(object, json_array(), "spec", "credentials");
    cJSON *credential = json_push(list, json_object());
    json_set_str(credential, "github", "provider");
    json_set_str(credential, "github-token", "secretRef", "name");
    if (story_random(story, 2))
        json_set(credential, json_boolean(true), "optional");
}

/* Who writes all of it anew says nothing of the phase, or what it was. */
static void apply_session(struct story *story, int session)
{
    static const char *const MODES[] = {"inherit", "openshell", "none"};
    struct story_session *wanted = &story->sessions[session];
    const char *path = story_session_path(session);
    char prompt[64];
    auto_json cJSON *former = world_get(story->world, path);
    auto_json cJSON *object = story_head("vteam.ambient-code/v1alpha1",
                                         "AgenticSession", PLACES[session].name);
    snprintf(prompt, sizeof prompt, "Tidy up %d times.", story_random(story, 9));
    json_set_str(object, prompt, "spec", "initialPrompt");
    json_set_str(object, json_str(former, "spec", "desiredPhase"), "spec",
                 "desiredPhase");
    add_limits(story, object);
    if (story_random(story, 4) == 0)
        add_credential(story, object);
    if (story_random(story, 4) == 0)
        json_set_str(object, MODES[story_random(story, 3)], "spec", "sandbox", "mode");
    if (story_say(story, "user", "PATCH", path, object) == 201)
        *wanted = (struct story_session){0};
    bool stays = strcmp(PLACES[session].ns, STORY_SHARED) == 0 || story->project;
    wanted->exists = stays && story_is_there(story, path);
    wanted->passes =
        wanted->passes || json_at(object, "spec", "ttlSecondsAfterFinished");
}

static void set_phase(struct story *story, int session)
{
    const char *word = story_random(story, 2) ? "Stopped" : "Running";
    auto_json cJSON *object = world_get(story->world, story_session_path(session));
    auto_json cJSON *patch = json_object();
    if (strcmp(json_str_or(object, "Running", "spec", "desiredPhase"), word) != 0)
        note_wish(story, session, strcmp(word, "Stopped") == 0);
    json_set_str(patch, word, "spec", "desiredPhase");
    story_merge(story, "user", story_session_path(session), patch);
}

/* What the session's text says, Stopped, is not undone by a request to start. */
static void request_phase(struct story *story, int session)
{
    bool stop = story_random(story, 2);
    char time[32];
    auto_json cJSON *object = world_get(story->world, story_session_path(session));
    bool refused = !stop && strcmp(json_str_or(object, "", "spec", "desiredPhase"),
                                   "Stopped") == 0;
    auto_json cJSON *patch = json_object();
    snprintf(time, sizeof time, "2026-01-02T04:00:%02zuZ", story->actions % 60);
    if (!refused)
        note_wish(story, session, stop);
    json_set_str(patch, stop ? "Stopped" : "Running", "metadata", "annotations",
                 REQUEST);
    json_set_str(patch, time, "metadata", "annotations",
                 stop ? "ambient-code.io/stop-requested-at"
                      : "ambient-code.io/start-requested-at");
    story_merge(story, "user", story_session_path(session), patch);
}

static void delete_session(struct story *story, int session)
{
    story->sessions[session].exists = false;
    story_say(story, "user", "DELETE", story_session_path(session), NULL);
}

/* Somebody in a hurry: what it leaves is garbage. */
static void delete_session_at_once(struct story *story, int session)
{
    auto_json cJSON *patch = json_object();
    json_set(patch, json_null(), "metadata", "finalizers");
    delete_session(story, session);
    story_merge(story, "kubectl-edit", story_session_path(session), patch);
}

/* ---- what becomes of it */

/* Deletes by hand one of the objects that belong to it; the pod more often. */
static void vandalize_session(struct story *story, int session)
{
    static const struct {
        const char *api, *resource, *suffix;
    } CHILDREN[] = {
        {"/api/v1", "pods", "-runner"},
        {"/api/v1", "pods", "-runner"},
        {"/api/v1", "services", ""},
        {"/api/v1", "serviceaccounts", "-sa"},
        {"/apis/rbac.authorization.k8s.io/v1", "roles", ""},
        {"/apis/rbac.authorization.k8s.io/v1", "rolebindings", ""},
    };
    char path[160];
    int child = story_random(story, 6);
    snprintf(path, sizeof path, "%s/namespaces/%s/%s/session-%s%s", CHILDREN[child].api,
             PLACES[session].ns, CHILDREN[child].resource, PLACES[session].name,
             CHILDREN[child].suffix);
    story_say(story, "user", "DELETE", path, NULL);
}

/* The runner tells what it does, and one time in three what it should not. */
static void report(struct story *story, int session)
{
    static const char *const LIES[] = {"Completed", "Failed", "Stopped", "Running"};
    char path[180];
    auto_json cJSON *patch = json_object();
    json_set_str(patch, "2026-01-02T03:04:30Z", "status", "lastActivityTime");
    if (story_random(story, 3) == 0)
        json_set_str(patch, LIES[story_random(story, 4)], "status", "phase");
    snprintf(path, sizeof path, "%s/status", story_session_path(session));
    story_merge(story, "runner", path, patch);
}

static const char *outcome(struct story *story)
{
    static const char *const WORDS[] = {
        "running",     "running",    "completed",           "exit:1",
        "exit:2",      "oom-killed", "image-pull-back-off", "config-error",
        "never-ready", "stubborn",   "unschedulable",       "evicted",
    };
    return WORDS[story_random(story, 12)];
}

/* From now on the nodes play the pods of a namespace so. */
static void turn_nodes(struct story *story)
{
    char path[64];
    auto_json cJSON *patch = json_object();
    snprintf(path, sizeof path, "/api/v1/namespaces/%s",
             story_random(story, 4) ? STORY_OWNED : STORY_SHARED);
    const char *word = outcome(story);
    if (strcmp(word, "evicted") == 0) /* for ever, nothing would come to rest */
        word = "running";
    json_set_str(patch, word, "metadata", "annotations", OUTCOME);
    story_merge(story, "kubectl-annotate", path, patch);
}

/* One pod takes its own way. */
static void turn_pod(struct story *story, int session)
{
    char path[160];
    auto_json cJSON *patch = json_object();
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/pods/session-%s-runner",
             PLACES[session].ns, PLACES[session].name);
    json_set_str(patch, outcome(story), "metadata", "annotations", OUTCOME);
    story_merge(story, "kubectl-annotate", path, patch);
}

void story_act_on_sessions(struct story *story)
{
    int session = story_random(story, STORY_SESSIONS);
    int what = story_random(story, 60);
    if (what < 16)
        apply_session(story, session);
    else if (what < 20)
        delete_session(story, session);
    else if (what < 21)
        delete_session_at_once(story, session);
    else if (what < 30)
        set_phase(story, session);
    else if (what < 38)
        request_phase(story, session);
    else if (what < 45)
        vandalize_session(story, session);
    else if (what < 48)
        report(story, session);
    else if (what < 53)
        turn_nodes(story);
    else
        turn_pod(story, session);
}

void story_populate_sessions(struct story *story)
{
    /* the last one: its namespace is there already */
    if (story_random(story, 2))
        apply_session(story, STORY_SESSIONS - 1);
}
