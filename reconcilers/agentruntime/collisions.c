#include "reconcilers/agentruntime/collisions.h"

#include "kubeclient/api/object.h"
#include "reconcilers/agentruntime/takeover.h"
#include "reconcilers/shared/labels.h"
#include "reconcilers/shared/mount_path.h"

#include <string.h>

/* The first kind found gives the reason; the message holds all. */
static void add(struct arena *arena, struct collision *collision, const char *reason,
                const char *message)
{
    if (!collision->reason)
        *collision = (struct collision){reason, message};
    else
        collision->message = arena_printf(arena, "%s; %s", collision->message, message);
}

static void check_volumes(const struct enrolment *e, struct collision *collision)
{
    for (size_t i = 0; i < e->skills.len; i++) {
        const char *name = skill_volume_name(e->arena, e->skills.by_name[i]);
        if (!json_find(target_volumes(e->target), "name", name))
            continue;
        struct field_path path = path_of_volume(e->arena, name);
        if (counts_as_berths(e, &path, was_mounted_by_berth(e, name, NULL)))
            continue;
        const char *owner = owned_by_other(e->target, &path);
        add(e->arena, collision, "VolumeNameConflict",
            arena_printf(e->arena, "volume %s exists already and belongs to %s", name,
                         owner ? owner : "nobody known"));
    }
}

static void check_mount(const struct enrolment *e, const cJSON *mount,
                        struct collision *collision)
{
    const char *written = json_str_or(mount, "", "mountPath");
    const char *volume = json_str_or(mount, "", "name");
    struct field_path path = path_of_mount(e->arena, e->container, written);
    if (counts_as_berths(e, &path, was_mounted_by_berth(e, volume, written)))
        return;
    const char *normal = mount_path_normal(e->arena, written);
    for (size_t i = 0; i < e->skills.len; i++) {
        const struct skill *skill = e->skills.by_name[i];
        if (!mount_path_within(normal, mount_path_normal(e->arena, skill->mount_path)))
            continue;
        add(e->arena, collision, "MountPathConflict",
            arena_printf(e->arena,
                         "mount of volume %s at %s in container %s lies where skill "
                         "%s is to be mounted (%s)",
                         volume, written, e->container, skill->name,
                         skill->mount_path));
    }
}

struct collision find_skill_collision(const struct enrolment *e)
{
    struct collision collision = {0};
    if (e->skills.len == 0)
        return collision;
    check_volumes(e, &collision);
    if (!e->container) {
        const char *text =
            e->spec.container
                ? arena_printf(e->arena, "the pod template has no container %s",
                               e->spec.container)
                : "the pod template has no containers";
        add(e->arena, &collision, "ContainerNotFound", text);
        return collision;
    }
    const cJSON *container =
        json_find(target_containers(e->target), "name", e->container);
    json_each (mount, json_at(container, "volumeMounts")) {
        check_mount(e, mount, &collision);
    }
    return collision;
}

static void check_label(const struct enrolment *e, const struct field_path *path,
                        const char *live, const char *where,
                        struct collision *collision)
{
    const char *owner = owned_by_stranger(e, path);
    if (!live || !owner || strcmp(live, e->spec.type) == 0)
        return;
    add(e->arena, collision, "LabelConflict",
        arena_printf(e->arena, "label %s=%s of the %s is owned by manager %s",
                     LABEL_TYPE, live, where, owner));
}

struct collision find_label_collision(const struct enrolment *e)
{
    struct collision collision = {0};
    struct field_path outer = path_of_label(e->arena, LABEL_TYPE);
    struct field_path inner = path_of_template_label(e->arena, LABEL_TYPE);
    check_label(e, &outer, kube_label(e->target, LABEL_TYPE), "workload", &collision);
    check_label(e, &inner,
                kube_label(json_at(e->target, "spec", "template"), LABEL_TYPE),
                "pod template", &collision);
    return collision;
}
