#include "test/simulation/oracle.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/managed_fields.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"

#include <stdio.h>
#include <string.h>

enum {
    WRITES_PER_ACTION = 60, /* faults included */
    EVENTS_MAX = 60,        /* about one object */
    REST_MS = 180 * 1000,
};

static bool object_to(struct story *story, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool object_to(struct story *story, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_addv(story->why, format, args);
    va_end(args);
    strbuf_addc(story->why, '\n');
    return false;
}

/* ---- workloads */

static bool has_runtime(const struct story *story, int target)
{
    for (int i = 0; i < STORY_RUNTIMES; i++) {
        if (story->runtimes[i].exists && story->runtimes[i].target == target)
            return true;
    }
    return false;
}

/* Who takes off the mark by hand, and the finalizer or the runtime's status has gone or
 * never come before Berth looks again, leaves nothing to know the workload by. */
static bool lost_its_mark(const struct story *story, int target, const cJSON *object)
{
    return story->targets[target].unmarked &&
           !kube_annotation(object, "berth.dev/runtime");
}

static bool is_untouched(struct story *story, int target, const cJSON *object)
{
    const struct field_manager berth = {"berth", "Apply", ""};
    if (lost_its_mark(story, target, object))
        return true;
    if (managed_fields(object, &berth))
        return object_to(story, "target-%d is nobody's, and Berth owns fields of it",
                         target);
    const cJSON *volumes = json_at(object, "spec", "template", "spec", "volumes");
    json_each (volume, volumes) {
        if (ascii_has_prefix(json_str_or(volume, "", "name"), "skill-"))
            return object_to(story, "target-%d is nobody's, and has a skill", target);
    }
    return true;
}

static bool target_is_right(struct story *story, int target)
{
    const struct story_target *wanted = &story->targets[target];
    auto_json cJSON *object = world_get(story->world, story_target_path(story, target));
    char image[64], mark[16];
    if (!wanted->exists || !object)
        return wanted->exists == !!object ||
               object_to(story, "target-%d: wanted %s", target,
                         wanted->exists ? "there" : "gone");
    snprintf(image, sizeof image, "registry.example/agent:%d", wanted->image);
    snprintf(mark, sizeof mark, "%d", wanted->mark);
    const cJSON *container = json_find(
        json_at(object, "spec", "template", "spec", "containers"), "name", "agent");
    if (strcmp(json_str_or(container, "", "image"), image) != 0)
        return object_to(story, "target-%d: its image is no longer the user's", target);
    const char *label = kube_label(object, "flux");
    if (wanted->mark && (!label || strcmp(label, mark) != 0))
        return object_to(story, "target-%d: another applier's label is gone", target);
    return has_runtime(story, target) || is_untouched(story, target, object);
}

/* ---- runtimes */

static size_t count_skills(const cJSON *workload)
{
    size_t count = 0;
    const cJSON *volumes = json_at(workload, "spec", "template", "spec", "volumes");
    json_each (volume, volumes)
        count += ascii_has_prefix(json_str_or(volume, "", "name"), "skill-");
    return count;
}

/* A runtime that says that it is Ready has what it asks for. */
static bool ready_is_true(struct story *story, int runtime, const cJSON *object)
{
    const struct story_runtime *wanted = &story->runtimes[runtime];
    char name[32];
    snprintf(name, sizeof name, "runtime-%d", runtime);
    auto_json cJSON *target =
        world_get(story->world, story_target_path(story, wanted->target));
    const char *holder = kube_annotation(target, "berth.dev/runtime");
    if (!holder || strcmp(holder, name) != 0)
        return object_to(story, "%s is Ready, and its target is not enrolled", name);
    size_t skills = 0;
    for (int i = 0; i < STORY_MARKS; i++)
        skills += (wanted->skills >> i & 1) != 0;
    if (!story->skills_on)
        skills = 0;
    return count_skills(target) == skills || json_at(object, "spec", "suspend") ||
           object_to(story, "%s is Ready with %zu skills of %zu", name,
                     count_skills(target), skills);
}

static bool runtime_is_right(struct story *story, int runtime)
{
    const struct story_runtime *wanted = &story->runtimes[runtime];
    auto_json cJSON *object = world_get(story->world, story_runtime_path(runtime));
    if (!wanted->exists || !object)
        return wanted->exists == !!object ||
               object_to(story, "runtime-%d: wanted %s", runtime,
                         wanted->exists ? "there" : "gone");
    const cJSON *conditions = json_at(object, "status", "conditions");
    const cJSON *ready = condition_find(conditions, "Ready");
    if (!ready)
        return object_to(story, "runtime-%d has no condition Ready", runtime);
    if (json_int(ready, 0, "observedGeneration") != kube_generation(object))
        return object_to(story, "runtime-%d: Ready speaks of another generation",
                         runtime);
    return !condition_is(conditions, "Ready", CONDITION_TRUE) ||
           ready_is_true(story, runtime, object);
}

/* ---- the rest */

static bool project_is_right(struct story *story)
{
    auto_json cJSON *object =
        world_get(story->world, "/apis/vteam.ambient-code/v1alpha1/projects/story");
    auto_json cJSON *ns = world_get(story->world, "/api/v1/namespaces/story");
    if (story->project != !!object || story->project != !!ns)
        return object_to(story, "the Project or its namespace: wanted %s",
                         story->project ? "there" : "gone");
    const cJSON *conditions = json_at(object, "status", "conditions");
    return !object || condition_is(conditions, "Ready", CONDITION_TRUE) ||
           object_to(story, "the Project is not Ready: %s",
                     json_str_or(condition_find(conditions, "Ready"), "", "message"));
}

static bool events_are_few(struct story *story)
{
    auto_json cJSON *list = world_get(story->world, "/apis/events.k8s.io/v1/events");
    size_t count = json_count(json_at(list, "items"));
    return count <= EVENTS_MAX * (STORY_RUNTIMES + 2) ||
           object_to(story, "%zu events", count);
}

static bool no_secret_shows(struct story *story)
{
    static const char *const PATHS[] = {
        "/apis/events.k8s.io/v1/events",
        "/apis/agent.kagenti.dev/v1alpha1/agentruntimes",
        "/apis/apps/v1/deployments",
        "/apis/vteam.ambient-code/v1alpha1/projects",
    };
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        auto_json cJSON *list = world_get(story->world, PATHS[i]);
        struct strbuf text;
        strbuf_init(&text, 16 * 1024 * 1024);
        json_print(&text, list);
        bool shows = strstr(text.text, "bWFya2VkLXNlY3JldA") ||
                     strstr(text.text, "marked-secret");
        strbuf_fini(&text);
        if (shows)
            return object_to(story, "%s shows a secret", PATHS[i]);
    }
    return true;
}

bool oracle_of_state(struct story *story)
{
    bool ok =
        project_is_right(story) && events_are_few(story) && no_secret_shows(story);
    for (int i = 0; ok && i < STORY_TARGETS; i++)
        ok = target_is_right(story, i);
    for (int i = 0; ok && i < STORY_RUNTIMES; i++)
        ok = runtime_is_right(story, i);
    size_t writes = world_writes(story->world);
    size_t most = WRITES_PER_ACTION * (story->actions + STORY_RUNTIMES);
    return ok && (writes <= most || object_to(story, "%zu writes for %zu actions",
                                              writes, story->actions));
}

bool oracle_of_rest(struct story *story)
{
    size_t before = world_writes(story->world);
    world_kill(story->world);
    world_note(story->world, "a fresh controller looks at it");
    world_start(story->world, story_config(story));
    int64_t until = world_now_ms(story->world) + REST_MS;
    while (world_step(story->world, until))
        ;
    size_t more = world_writes(story->world) - before;
    return more == 0 || object_to(story, "a fresh controller writes %zu times", more);
}
