#include "kubeclient/api/object.h"
#include "test/simulation/oracle.h"

#include <stdio.h>
#include <string.h>

static bool is(const cJSON *write, const char *member, const char *word)
{
    return strcmp(json_str_or(write, "", member), word) == 0;
}

/* Each attempt has one pod, ever. */
static bool is_first_pod(struct story *story, const cJSON *write)
{
    char path[512], key[128];
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/pods/%s",
             json_str(write, "namespace"), json_str(write, "name"));
    auto_json cJSON *pod = world_get(story->world, path);
    const cJSON *owner = kube_controller_of(pod);
    const char *attempt = kube_annotation(pod, "berth.dev/attempt");
    snprintf(key, sizeof key, "%s %s", json_str_or(owner, "", "uid"),
             attempt ? attempt : "-");
    if (!pod)
        return true; /* gone at once: it cannot be told */
    if (json_at(story->pods, key))
        return object_to(story, "Pod %s is made twice for attempt %s", kube_name(pod),
                         attempt ? attempt : "-");
    json_set(story->pods, json_boolean(true), key);
    return true;
}

static bool pod_write_is_right(struct story *story, const cJSON *write)
{
    int64_t code = json_int(write, 0, "code");
    if (!is(write, "verb", "patch") || code >= 300)
        return true;
    if (code == 201)
        return is_first_pod(story, write);
    return !json_bool(write, false, "apply") ||
           object_to(story, "Pod %s is applied again", json_str(write, "name"));
}

/* A session goes after its pod. */
static bool session_write_is_right(struct story *story, const cJSON *write)
{
    char path[512];
    const char *place = json_str_or(write, "", "namespace");
    const char *name = json_str_or(write, "", "name");
    snprintf(path, sizeof path,
             "/apis/vteam.ambient-code/v1alpha1/namespaces/%s/agenticsessions/%s",
             place, name);
    auto_json cJSON *object = world_get(story->world, path);
    if (object) {
        json_set_str(story->sessions_seen, kube_uid(object), path);
        return true;
    }
    if (!is(write, "verb", "patch") || json_int(write, 0, "code") != 200)
        return true;
    auto_json cJSON *pods = world_get(story->world, "/api/v1/pods");
    json_each (pod, json_at(pods, "items")) {
        const cJSON *owner = kube_controller_of(pod);
        if (strcmp(json_str_or(owner, "-", "uid"),
                   json_str_or(story->sessions_seen, "", path)) == 0)
            return object_to(story, "session %s/%s is let go before its pod", place,
                             name);
    }
    return true;
}

static bool write_is_right(struct story *story, const cJSON *write)
{
    bool deletes = is(write, "verb", "delete");
    if (is(write, "resource", "agenticsessions"))
        return session_write_is_right(story, write);
    if (is(write, "resource", "pods"))
        return pod_write_is_right(story, write);
    if (is(write, "resource", "namespaces") && deletes && !story->projects_were_ended)
        return object_to(story, "namespace %s is deleted, and no Project was",
                         json_str(write, "name"));
    if (is(write, "resource", "secrets") &&
        !is(write, "name", "ambient-runner-secrets"))
        return object_to(story, "Secret %s is written", json_str(write, "name"));
    return true;
}

bool oracle_of_writes(struct story *story)
{
    const cJSON *audit = world_audit(story->world);
    const cJSON *write = story->looked_at ? story->looked_at->next : audit->child;
    for (; write; write = write->next) {
        story->looked_at = write;
        story->ok = story->ok && write_is_right(story, write);
    }
    return story->ok;
}
