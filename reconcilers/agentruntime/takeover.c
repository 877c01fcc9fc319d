#include "reconcilers/agentruntime/takeover.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/agentruntime/managed_patch.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

struct takeover {
    const struct enrolment *e;
    struct managed_patch patch;
    bool releasing; /* take what is Berth's and owned by nobody, too */
};

/* Who but Berth owns a path. */
struct others {
    size_t count;
    bool all_predecessors;
};

/* The API server's name for fields that were there before the first apply; and managers
 * whose work Berth continues, by configuration. */
static bool is_predecessor(const struct enrolment *e, const char *manager)
{
    if (strcmp(manager, "before-first-apply") == 0)
        return true;
    for (const char *const *name = e->config->take_over_from; name && *name; name++) {
        if (strcmp(manager, *name) == 0)
            return true;
    }
    return false;
}

static bool is_other_owner(const cJSON *entry, const struct field_path *path)
{
    bool mine =
        strcmp(json_str_or(entry, "", "manager"), BERTH_MANAGER.name) == 0 &&
        strcmp(json_str_or(entry, "", "operation"), BERTH_MANAGER.operation) == 0;
    return !mine && json_str_or(entry, "", "subresource")[0] == '\0' &&
           json_at_path(json_at(entry, "fieldsV1"), path->segments);
}

static struct others others_of(const struct enrolment *e, const struct field_path *path)
{
    struct others others = {.all_predecessors = true};
    json_each (entry, json_at(e->target, "metadata", "managedFields")) {
        if (!is_other_owner(entry, path))
            continue;
        others.count++;
        others.all_predecessors &= is_predecessor(e, json_str_or(entry, "", "manager"));
    }
    return others;
}

const char *owned_by_stranger(const struct enrolment *e, const struct field_path *path)
{
    json_each (entry, json_at(e->target, "metadata", "managedFields")) {
        const char *manager = json_str_or(entry, "", "manager");
        if (is_other_owner(entry, path) && !is_predecessor(e, manager))
            return manager;
    }
    return NULL;
}

bool was_mounted_by_berth(const struct enrolment *e, const char *volume,
                          const char *mount_path)
{
    if (!target_is_known(e) || !ascii_has_prefix(volume, "skill-"))
        return false;
    const cJSON *skill = json_find(json_at(e->runtime, "status", "skills"), "name",
                                   volume + strlen("skill-"));
    return skill && (!mount_path ||
                     strcmp(json_str_or(skill, "", "mountPath"), mount_path) == 0);
}

bool counts_as_berths(const struct enrolment *e, const struct field_path *path,
                      bool known)
{
    if (owned_by_berth(e->target, path))
        return true;
    bool cleared = json_count(json_at(e->target, "metadata", "managedFields")) == 0;
    return others_of(e, path).count == 0 && (known || cleared);
}

static void move(struct managed_patch *patch, const struct field_path *path)
{
    size_t index = 0;
    json_each (entry, json_at(patch->object, "metadata", "managedFields")) {
        if (is_other_owner(entry, path))
            managed_patch_remove(patch, index, path);
        index++;
    }
    managed_patch_add(patch, path);
}

/* Moves the path if only predecessors share it with Berth, or if Berth lost it and is
 * known to have put it there. */
static void consider(struct takeover *takeover, const struct field_path *path,
                     bool known)
{
    struct others others = others_of(takeover->e, path);
    bool lost = known && !owned_by_berth(takeover->e->target, path);
    if (others.count == 0 ? lost && takeover->releasing
                          : lost || others.all_predecessors)
        move(&takeover->patch, path);
}

/* Scalars: what has another value is not known to be Berth's; drift of keys that only
 * Berth uses needs no move, since a forced apply takes a differing value over. */
static void consider_scalars(struct takeover *takeover)
{
    const struct enrolment *e = takeover->e;
    const cJSON *template = json_at(e->target, "spec", "template");
    const struct {
        struct field_path path;
        const char *live, *wanted;
    } scalars[] = {
        {path_of_label(e->arena, LABEL_TYPE), kube_label(e->target, LABEL_TYPE),
         e->spec.type},
        {path_of_label(e->arena, LABEL_MANAGED_BY),
         kube_label(e->target, LABEL_MANAGED_BY), NULL},
        {path_of_annotation(e->arena, ANNOTATION_RUNTIME),
         kube_annotation(e->target, ANNOTATION_RUNTIME), e->name},
        {path_of_annotation(e->arena, ANNOTATION_SKILLS),
         kube_annotation(e->target, ANNOTATION_SKILLS),
         skills_annotation(e->arena, &e->skills)},
        {path_of_template_label(e->arena, LABEL_TYPE), kube_label(template, LABEL_TYPE),
         e->spec.type},
        {path_of_template_annotation(e->arena, ANNOTATION_CONFIG_HASH),
         kube_annotation(template, ANNOTATION_CONFIG_HASH),
         json_str(e->runtime, "status", "configHash")},
    };
    bool known = target_is_known(e);
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
        if (!scalars[i].live)
            continue;
        bool ours =
            scalars[i].wanted && strcmp(scalars[i].live, scalars[i].wanted) == 0;
        consider(takeover, &scalars[i].path, known && ours);
    }
}

static bool is_skill_volume(const cJSON *target, const char *name)
{
    return ascii_has_prefix(name, "skill-") &&
           json_at(json_find(target_volumes(target), "name", name), "image");
}

static void consider_env(struct takeover *takeover, const cJSON *container)
{
    const struct enrolment *e = takeover->e;
    const char *folders = json_str(
        json_find(json_at(container, "env"), "name", ENV_SKILL_FOLDERS), "value");
    if (!folders || !target_is_known(e))
        return;
    struct field_path path = path_of_env(e->arena, e->container, ENV_SKILL_FOLDERS);
    consider(takeover, &path,
             strcmp(folders, skills_folders(e->arena, &e->skills)) == 0);
}

static void consider_container(struct takeover *takeover, const cJSON *container)
{
    const struct enrolment *e = takeover->e;
    const char *name = json_str_or(container, "", "name");
    bool chosen = e->container && strcmp(name, e->container) == 0;
    json_each (mount, json_at(container, "volumeMounts")) {
        const char *volume = json_str_or(mount, "", "name");
        const char *mount_path = json_str_or(mount, "", "mountPath");
        if (!is_skill_volume(e->target, volume) || !json_bool(mount, false, "readOnly"))
            continue;
        struct field_path path = path_of_mount(e->arena, name, mount_path);
        consider(takeover, &path,
                 chosen && was_mounted_by_berth(e, volume, mount_path));
    }
    if (chosen)
        consider_env(takeover, container);
}

static cJSON *build_patch(const struct enrolment *e, bool releasing)
{
    struct takeover takeover = {
        .e = e,
        .patch = managed_patch_begin(e->arena, e->target),
        .releasing = releasing,
    };
    consider_scalars(&takeover);
    json_each (volume, target_volumes(e->target)) {
        const char *name = json_str_or(volume, "", "name");
        if (!is_skill_volume(e->target, name))
            continue;
        struct field_path path = path_of_volume(e->arena, name);
        consider(&takeover, &path, was_mounted_by_berth(e, name, NULL));
    }
    json_each (container, target_containers(e->target)) {
        consider_container(&takeover, container);
    }
    return managed_patch_finish(&takeover.patch,
                                kube_api_version(e->arena, e->resource), e->now_ms);
}

cJSON *takeover_patch(const struct enrolment *e)
{
    return build_patch(e, false);
}

cJSON *takeover_patch_for_release(const struct enrolment *e)
{
    return build_patch(e, true);
}
