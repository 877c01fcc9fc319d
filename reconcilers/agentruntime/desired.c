#include "reconcilers/agentruntime/desired.h"

#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/ownership.h"
#include "reconcilers/shared/image_reference.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

/* Others may set the key too, and Berth must not fight over it: `helm upgrade` fails on
 * a key that another manager applied. */
static bool yields_managed_by(const struct enrolment *e)
{
    struct field_path path = path_of_label(e->arena, LABEL_MANAGED_BY);
    const char *live = kube_label(e->target, LABEL_MANAGED_BY);
    if (owned_by_other(e->target, &path))
        return true;
    return live && strcmp(live, MANAGED_BY_VALUE) != 0 &&
           !owned_by_berth(e->target, &path);
}

static bool yields_skills_annotation(const struct enrolment *e)
{
    struct field_path path = path_of_annotation(e->arena, ANNOTATION_SKILLS);
    return owned_by_other(e->target, &path) && !owned_by_berth(e->target, &path);
}

static bool yields_folders(const struct enrolment *e)
{
    struct field_path path = path_of_env(e->arena, e->container, ENV_SKILL_FOLDERS);
    const cJSON *container =
        json_find(target_containers(e->target), "name", e->container);
    const cJSON *live = json_find(json_at(container, "env"), "name", ENV_SKILL_FOLDERS);
    return owned_by_other(e->target, &path) ||
           (live && !owned_by_berth(e->target, &path));
}

static void set_metadata(const struct enrolment *e, cJSON *intent)
{
    json_set_str(intent, e->spec.type, "metadata", "labels", LABEL_TYPE);
    if (!yields_managed_by(e))
        json_set_str(intent, MANAGED_BY_VALUE, "metadata", "labels", LABEL_MANAGED_BY);
    json_set_str(intent, e->name, "metadata", "annotations", ANNOTATION_RUNTIME);
    if (e->skills.len && !yields_skills_annotation(e))
        json_set_str(intent, skills_annotation(e->arena, &e->skills), "metadata",
                     "annotations", ANNOTATION_SKILLS);
    if (!target_has_template(e))
        return;
    json_set_str(intent, e->spec.type, "spec", "template", "metadata", "labels",
                 LABEL_TYPE);
    json_set_str(intent, e->hash, "spec", "template", "metadata", "annotations",
                 ANNOTATION_CONFIG_HASH);
}

/* An unset policy is left to the server while its default fits: it keeps the default
 * that it once made for an earlier reference, and then the right one must be written,
 * and go on being written for as long as it is Berth's. */
static const char *policy_to_write(const struct enrolment *e, const struct skill *skill)
{
    if (skill->pull_policy)
        return skill->pull_policy;
    const char *volume = skill_volume_name(e->arena, skill);
    const char *fitting = image_default_pull_policy(skill->image);
    const char *live = json_str(json_find(target_volumes(e->target), "name", volume),
                                "image", "pullPolicy");
    struct field_path path = path_of_volume(e->arena, volume);
    const cJSON *mine =
        json_at_path(managed_fields(e->target, &BERTH_MANAGER), path.segments);
    if ((live && strcmp(live, fitting) != 0) ||
        json_at(mine, "f:image", "f:pullPolicy"))
        return fitting;
    return NULL;
}

static void set_skills(const struct enrolment *e, cJSON *intent, bool with_folders)
{
    cJSON *volumes = json_array(), *mounts = json_array();
    for (size_t i = 0; i < e->skills.len; i++) {
        const struct skill *skill = e->skills.by_name[i];
        json_push(volumes, skill_volume(e->arena, skill, policy_to_write(e, skill)));
        json_push(mounts, skill_mount(e->arena, skill));
    }
    json_set(intent, volumes, "spec", "template", "spec", "volumes");
    cJSON *containers =
        json_set(intent, json_array(), "spec", "template", "spec", "containers");
    cJSON *container = json_push(containers, json_object());
    json_set_str(container, e->container, "name");
    json_set(container, mounts, "volumeMounts");
    if (!with_folders || !e->spec.skill_folders || yields_folders(e))
        return;
    cJSON *env = json_push(json_set(container, json_array(), "env"), json_object());
    json_set_str(env, ENV_SKILL_FOLDERS, "name");
    json_set_str(env, skills_folders(e->arena, &e->skills), "value");
}

static cJSON *build(const struct enrolment *e, bool with_folders)
{
    cJSON *intent = kube_object(e->arena, e->resource, e->ns, e->spec.target.name);
    set_metadata(e, intent);
    if (e->skills.len && e->container)
        set_skills(e, intent, with_folders);
    return intent;
}

cJSON *desired_intent(const struct enrolment *e)
{
    return build(e, true);
}

cJSON *desired_intent_without_folders(const struct enrolment *e)
{
    return build(e, false);
}

struct enrolment enrolment_without_skills(const struct enrolment *e)
{
    struct enrolment bare = *e;
    const char *hash = json_str(e->target, "spec", "template", "metadata",
                                "annotations", ANNOTATION_CONFIG_HASH);
    bare.skills = (struct skills){0};
    bare.hash = hash ? hash : e->hash;
    return bare;
}

cJSON *released_intent(struct arena *arena, const struct kube_resource *resource,
                       const cJSON *workload)
{
    return kube_object(arena, resource, kube_namespace(workload), kube_name(workload));
}
