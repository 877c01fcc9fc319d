#include "reconcilers/shared/hardening_paths.h"

#include "reconcilers/shared/mount_path.h"

#include <string.h>

enum framework_set {
    EVERY_FRAMEWORK = ~0,
    PYTHONS = 1 << FRAMEWORK_PYTHON | 1 << FRAMEWORK_PYTHON_OPENLLMETRY,
    OPENLLMETRY = 1 << FRAMEWORK_PYTHON_OPENLLMETRY,
    NODEJS = 1 << FRAMEWORK_NODEJS,
};

static const struct {
    const char *volume, *path, *size;
    int frameworks;
} PATHS[] = {
    {"tmp", "/tmp", "1Gi", EVERY_FRAMEWORK},
    {"agent-workspace", "/data", "5Gi", EVERY_FRAMEWORK},
    {"pip-cache", "/home/nobody/.cache", "2Gi", EVERY_FRAMEWORK},
    {"home-local", "/home/nobody/.local", "1Gi", OPENLLMETRY},
    {"npm-cache", "/home/nobody/.npm", "1Gi", NODEJS},
};

static const struct {
    const char *name, *value;
    int frameworks;
} VARIABLES[] = {
    {"HOME", "/home/nobody", EVERY_FRAMEWORK},
    {"PYTHONDONTWRITEBYTECODE", "1", PYTHONS},
    {"PIP_CACHE_DIR", "/home/nobody/.cache/pip", PYTHONS},
    {"npm_config_cache", "/home/nobody/.npm", NODEJS},
};

static bool is_mounted(struct arena *arena, const cJSON *container, const char *path)
{
    const cJSON *mounts = json_at(container, "volumeMounts");
    json_each (mount, mounts) {
        const char *at = json_str_or(mount, "", "mountPath");
        if (*at && mount_path_within(path, mount_path_normal(arena, at)))
            return true;
    }
    return false;
}

static cJSON *list_in(cJSON *object, const char *name)
{
    cJSON *list = json_member(object, name);
    return list ? list : json_set(object, json_array(), name);
}

static void add_volume(cJSON *additions, const char *name, const char *size)
{
    if (json_find(json_at(additions, "volumes"), "name", name))
        return;
    cJSON *volume = json_push(list_in(additions, "volumes"), json_object());
    json_set_str(volume, name, "name");
    json_set_str(volume, size, "emptyDir", "sizeLimit");
}

void hardening_add_paths(const struct hardening *hardening, const cJSON *spec,
                         const cJSON *container, cJSON *to, cJSON *additions)
{
    struct arena *arena = arena_new();
    int framework = 1 << hardening->framework;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        if (!(PATHS[i].frameworks & framework) ||
            is_mounted(arena, container, PATHS[i].path))
            continue;
        /* A user's volume of that name is never merged into. */
        bool taken = json_find(json_at(spec, "volumes"), "name", PATHS[i].volume);
        const char *name =
            taken ? arena_printf(arena, "berth-%s", PATHS[i].volume) : PATHS[i].volume;
        const char *size =
            json_str_or(hardening->size_limits, PATHS[i].size, PATHS[i].volume);
        cJSON *mount = json_push(list_in(to, "volumeMounts"), json_object());
        json_set_str(mount, name, "name");
        json_set_str(mount, PATHS[i].path, "mountPath");
        add_volume(additions, name, size);
    }
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        if (!(VARIABLES[i].frameworks & framework) ||
            json_find(json_at(container, "env"), "name", VARIABLES[i].name))
            continue;
        cJSON *variable = json_push(list_in(to, "env"), json_object());
        json_set_str(variable, VARIABLES[i].name, "name");
        json_set_str(variable, VARIABLES[i].value, "value");
    }
    arena_free(&arena);
}
