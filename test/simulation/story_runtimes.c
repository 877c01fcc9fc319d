#include "kubeclient/api/object.h"
#include "test/simulation/story.h"

#include <stdio.h>
#include <string.h>

#define PLACE "/namespaces/" STORY_SHARED "/"

static const char *const SKILLS[STORY_MARKS] = {"forecast", "search", "units"};

const char *story_target_path(const struct story *story, int target)
{
    static char path[128];
    snprintf(path, sizeof path, "/apis/apps/v1" PLACE "%s/target-%d",
             story->targets[target].stateful ? "statefulsets" : "deployments", target);
    return path;
}

const char *story_runtime_path(int runtime)
{
    static char path[128];
    snprintf(path, sizeof path,
             "/apis/agent.kagenti.dev/v1alpha1" PLACE "agentruntimes/runtime-%d",
             runtime);
    return path;
}

static cJSON *target_head(const struct story *story, int target)
{
    char name[32];
    snprintf(name, sizeof name, "target-%d", target);
    return story_head("apps/v1",
                      story->targets[target].stateful ? "StatefulSet" : "Deployment",
                      name);
}

/* ---- what users do */

static void apply_target(struct story *story, int target)
{
    char image[64];
    struct story_target *wanted = &story->targets[target];
    wanted->exists = true;
    wanted->image = 1 + story_random(story, 3);
    snprintf(image, sizeof image, "registry.example/agent:%d", wanted->image);
    auto_json cJSON *object = target_head(story, target);
    json_set(object, json_number(1), "spec", "replicas");
    json_set_str(object, "x", "spec", "selector", "matchLabels", "app");
    json_set_str(object, "x", "spec", "template", "metadata", "labels", "app");
    cJSON *containers =
        json_set(object, json_array(), "spec", "template", "spec", "containers");
    cJSON *container = json_push(containers, json_object());
    json_set_str(container, "agent", "name");
    json_set_str(container, image, "image");
    if (wanted->stateful)
        json_set_str(object, "x", "spec", "serviceName");
    story_say(story, "user", "PATCH", story_target_path(story, target), object);
}

static void delete_target(struct story *story, int target)
{
    story->targets[target].exists = false;
    story->targets[target].mark = 0;
    story_say(story, "user", "DELETE", story_target_path(story, target), NULL);
}

/* Another applier, such as a GitOps controller, puts a label on it. */
static void mark_target(struct story *story, int target)
{
    struct story_target *wanted = &story->targets[target];
    char value[16];
    if (!wanted->exists)
        return;
    wanted->mark = 1 + story_random(story, STORY_MARKS);
    snprintf(value, sizeof value, "%d", wanted->mark);
    auto_json cJSON *object = target_head(story, target);
    json_set_str(object, value, "metadata", "labels", "flux");
    story_say(story, "flux", "PATCH", story_target_path(story, target), object);
}

/* Somebody takes away by hand what Berth put there. */
static void vandalize(struct story *story, int target)
{
    auto_json cJSON *patch = json_object();
    if (!story->targets[target].exists)
        return;
    json_set(patch, json_null(), "metadata", "annotations", "berth.dev/runtime");
    json_set(patch, json_null(), "spec", "template", "metadata", "annotations",
             "kagenti.io/config-hash");
    story_merge(story, "kubectl-edit", story_target_path(story, target), patch);
    story->targets[target].unmarked = true;
}

static void add_skills(cJSON *object, int bits)
{
    char text[96];
    cJSON *skills = json_set(object, json_array(), "spec", "skills");
    for (int i = 0; i < STORY_MARKS; i++) {
        if (!(bits & 1 << i))
            continue;
        cJSON *skill = json_push(skills, json_object());
        json_set_str(skill, SKILLS[i], "name");
        snprintf(text, sizeof text, "registry.example/skills/%s:1", SKILLS[i]);
        json_set_str(skill, text, "image");
        snprintf(text, sizeof text, "/skills/%s", SKILLS[i]);
        json_set_str(skill, text, "mountPath");
    }
}

static void apply_runtime(struct story *story, int runtime)
{
    char name[32], target[32];
    struct story_runtime *wanted = &story->runtimes[runtime];
    wanted->exists = true;
    wanted->target = story_random(story, STORY_TARGETS);
    wanted->skills = story_random(story, 1 << STORY_MARKS);
    wanted->suspended = story_random(story, 8) == 0;
    snprintf(name, sizeof name, "runtime-%d", runtime);
    snprintf(target, sizeof target, "target-%d", wanted->target);
    auto_json cJSON *object =
        story_head("agent.kagenti.dev/v1alpha1", "AgentRuntime", name);
    json_set_str(object, story_random(story, 2) ? "agent" : "tool", "spec", "type");
    json_set_str(object, "apps/v1", "spec", "targetRef", "apiVersion");
    json_set_str(object,
                 story->targets[wanted->target].stateful ? "StatefulSet" : "Deployment",
                 "spec", "targetRef", "kind");
    json_set_str(object, target, "spec", "targetRef", "name");
    if (wanted->suspended)
        json_set(object, json_boolean(true), "spec", "suspend");
    add_skills(object, wanted->skills);
    story_say(story, "user", "PATCH", story_runtime_path(runtime), object);
    wanted->exists = !story_is_going(story, story_runtime_path(runtime));
}

static void delete_runtime(struct story *story, int runtime)
{
    story->runtimes[runtime].exists = false;
    story_say(story, "user", "DELETE", story_runtime_path(runtime), NULL);
}

/* Somebody in a hurry takes the finalizers off first: Berth learns of the end only when
 * it is over. */
static void delete_runtime_at_once(struct story *story, int runtime)
{
    auto_json cJSON *patch = json_object();
    json_set(patch, json_null(), "metadata", "finalizers");
    if (story->runtimes[runtime].exists)
        story_merge(story, "kubectl-edit", story_runtime_path(runtime), patch);
    delete_runtime(story, runtime);
}

void story_act_on_runtimes(struct story *story)
{
    int runtime = story_random(story, STORY_RUNTIMES);
    int target = story_random(story, STORY_TARGETS);
    int what = story_random(story, 74);
    if (what < 30)
        apply_runtime(story, runtime);
    else if (what < 39)
        delete_runtime(story, runtime);
    else if (what < 42)
        delete_runtime_at_once(story, runtime);
    else if (what < 54)
        apply_target(story, target);
    else if (what < 60)
        delete_target(story, target);
    else if (what < 68)
        mark_target(story, target);
    else
        vandalize(story, target);
}

void story_populate_runtimes(struct story *story)
{
    story->targets[STORY_TARGETS - 1].stateful = true;
    for (int i = 0; i < STORY_TARGETS; i++) {
        if (story_random(story, 4))
            apply_target(story, i);
    }
    for (int i = 0; i < STORY_RUNTIMES; i++) {
        if (story_random(story, 3))
            apply_runtime(story, i);
    }
}
