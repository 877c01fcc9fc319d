#include "reconcilers/agentruntime/seen_skills.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/agentruntime/ownership.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

/* Where Berth has mounted the volume, or NULL. */
static const char *mount_path_of(const struct enrolment *e, const char *volume)
{
    json_each (container, target_containers(e->target)) {
        const char *name = json_str_or(container, "", "name");
        json_each (mount, json_at(container, "volumeMounts")) {
            const char *at = json_str_or(mount, "", "mountPath");
            struct field_path path = path_of_mount(e->arena, name, at);
            if (strcmp(json_str_or(mount, "", "name"), volume) == 0 &&
                owned_by_berth(e->target, &path))
                return at;
        }
    }
    return NULL;
}

static void push_mounted(const struct enrolment *e, const cJSON *volume, cJSON *list)
{
    const char *name = json_str_or(volume, "", "name");
    const char *image = json_str(volume, "image", "reference");
    const char *at = mount_path_of(e, name);
    struct field_path path = path_of_volume(e->arena, name);
    if (!image || !at || !ascii_has_prefix(name, "skill-") ||
        !owned_by_berth(e->target, &path))
        return;
    cJSON *item = json_push(list, json_object());
    json_set_str(item, name + strlen("skill-"), "name");
    json_set_str(item, image, "image");
    json_set_str(item, at, "mountPath");
}

cJSON *skills_as_mounted(const struct enrolment *e)
{
    cJSON *list = json_array();
    const cJSON *volumes = target_volumes(e->target);
    for (size_t i = 0; i < e->spec.skills.len; i++)
        push_mounted(e,
                     json_find(volumes, "name",
                               skill_volume_name(e->arena, &e->spec.skills.items[i])),
                     list);
    json_each (volume, volumes) {
        const char *name = json_str_or(volume, "", "name");
        if (ascii_has_prefix(name, "skill-") &&
            !skills_find(&e->spec.skills, name + strlen("skill-")))
            push_mounted(e, volume, list);
    }
    if (list->child)
        return list;
    json_free(list);
    return NULL;
}

static bool all_strings(const cJSON *list)
{
    json_each (item, list) {
        if (!cJSON_IsString(item))
            return false;
    }
    return cJSON_IsArray(list);
}

cJSON *skills_as_linked(const struct enrolment *e, bool *malformed)
{
    const char *text = kube_annotation(e->target, ANNOTATION_SKILLS);
    *malformed = false;
    if (!text || !text[0])
        return NULL;
    struct err err;
    cJSON *names = json_parse(text, strlen(text), &err);
    *malformed = !names || !all_strings(names);
    if (names && !*malformed && names->child)
        return names;
    json_free(names);
    return NULL;
}
