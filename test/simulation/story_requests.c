#include "kubeclient/api/object.h"
#include "test/simulation/story.h"

#include <stdio.h>
#include <string.h>

enum { PATH_MAX_BYTES = 512 };

cJSON *story_head(const char *version, const char *kind, const char *name)
{
    cJSON *object = json_object();
    json_set_str(object, version, "apiVersion");
    json_set_str(object, kind, "kind");
    json_set_str(object, name, "metadata", "name");
    return object;
}

int story_say(struct story *story, const char *manager, const char *method,
              const char *target, const cJSON *body)
{
    char path[PATH_MAX_BYTES];
    bool apply = strcmp(method, "PATCH") == 0;
    snprintf(path, sizeof path, "%s%s%s%s", target, body ? "?fieldManager=" : "",
             body ? manager : "", apply ? "&force=true" : "");
    const struct world_call call = {
        .manager = manager,
        .method = method,
        .target = path,
        .content_type = apply ? "application/apply-patch+yaml" : NULL,
        .body = body,
    };
    return world_say(story->world, &call, NULL);
}

void story_merge(struct story *story, const char *manager, const char *target,
                 const cJSON *patch)
{
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "%s?fieldManager=%s", target, manager);
    const struct world_call call = {.manager = manager,
                                    .method = "PATCH",
                                    .target = path,
                                    .content_type = "application/merge-patch+json",
                                    .body = patch};
    world_say(story->world, &call, NULL);
}

bool story_is_going(const struct story *story, const char *path)
{
    auto_json cJSON *object = world_get(story->world, path);
    return kube_deleting(object);
}

bool story_is_there(const struct story *story, const char *path)
{
    auto_json cJSON *object = world_get(story->world, path);
    return object && !kube_deleting(object);
}
