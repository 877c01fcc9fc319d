#include "reconcilers/agentruntime/ownership.h"

#include "reconcilers/plan.h"

const struct field_manager BERTH_MANAGER = {
    .name = BERTH_FIELD_MANAGER,
    .operation = "Apply",
    .subresource = "",
};

struct field_path path_of_label(struct arena *arena, const char *name)
{
    return (struct field_path){
        .segments = {"f:metadata", "f:labels", managed_field(arena, name)},
    };
}

struct field_path path_of_annotation(struct arena *arena, const char *name)
{
    return (struct field_path){
        .segments = {"f:metadata", "f:annotations", managed_field(arena, name)},
    };
}

struct field_path path_of_template_label(struct arena *arena, const char *name)
{
    return (struct field_path){
        .segments = {"f:spec", "f:template", "f:metadata", "f:labels",
                     managed_field(arena, name)},
    };
}

struct field_path path_of_template_annotation(struct arena *arena, const char *name)
{
    return (struct field_path){
        .segments = {"f:spec", "f:template", "f:metadata", "f:annotations",
                     managed_field(arena, name)},
    };
}

struct field_path path_of_volume(struct arena *arena, const char *name)
{
    return (struct field_path){
        .segments = {"f:spec", "f:template", "f:spec", "f:volumes",
                     managed_key(arena, "name", name)},
        .item = true,
    };
}

struct field_path path_of_mount(struct arena *arena, const char *container,
                                const char *mount_path)
{
    return (struct field_path){
        .segments = {"f:spec", "f:template", "f:spec", "f:containers",
                     managed_key(arena, "name", container), "f:volumeMounts",
                     managed_key(arena, "mountPath", mount_path)},
        .item = true,
    };
}

struct field_path path_of_env(struct arena *arena, const char *container,
                              const char *name)
{
    return (struct field_path){
        .segments = {"f:spec", "f:template", "f:spec", "f:containers",
                     managed_key(arena, "name", container), "f:env",
                     managed_key(arena, "name", name)},
        .item = true,
    };
}

/* An item of which nothing but the key is owned is written as {}, without its ".". */
static bool owns_key(const cJSON *item)
{
    return item && (!item->child || json_at(item, "."));
}

bool owned_by_berth(const cJSON *object, const struct field_path *path)
{
    const cJSON *mine =
        json_at_path(managed_fields(object, &BERTH_MANAGER), path->segments);
    return path->item ? owns_key(mine) : mine != NULL;
}

const char *owned_by_other(const cJSON *object, const struct field_path *path)
{
    return managed_other_path(object, &BERTH_MANAGER, path->segments);
}

bool holds_anything(const cJSON *object)
{
    return managed_fields(object, &BERTH_MANAGER) != NULL;
}
