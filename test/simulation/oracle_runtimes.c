#include "kubeclient/api/condition.h"
#include "kubeclient/api/managed_fields.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "test/simulation/oracle.h"

#include <stdio.h>
#include <string.h>

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

bool oracle_of_runtimes(struct story *story)
{
    bool ok = true;
    for (int i = 0; ok && i < STORY_TARGETS; i++)
        ok = target_is_right(story, i);
    for (int i = 0; ok && i < STORY_RUNTIMES; i++)
        ok = runtime_is_right(story, i);
    return ok;
}
