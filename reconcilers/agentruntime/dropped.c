#include "reconcilers/agentruntime/dropped.h"

#include "kubeclient/api/intent.h"
#include "reconcilers/agentruntime/ownership.h"

#include <string.h>

static const cJSON *volumes_of(const cJSON *workload)
{
    return json_at(workload, "spec", "template", "spec", "volumes");
}

static const cJSON *containers_of(const cJSON *workload)
{
    return json_at(workload, "spec", "template", "spec", "containers");
}

bool skills_were_dropped(struct arena *arena, const cJSON *workload)
{
    const cJSON *owned = json_at(managed_fields(workload, &BERTH_MANAGER), "f:spec",
                                 "f:template", "f:spec", "f:volumes");
    size_t wanted = 0, present = 0;
    if (!cJSON_IsObject(owned))
        return false;
    json_each (key, owned) {
        wanted += strncmp(key->string, "k:", 2) == 0;
    }
    json_each (volume, volumes_of(workload)) {
        const char *name = json_str_or(volume, "", "name");
        present += json_at(owned, managed_key(arena, "name", name)) != NULL;
    }
    return present < wanted;
}

static void restore_volumes(struct arena *arena, const cJSON *workload,
                            const cJSON *intent, cJSON *restored)
{
    cJSON *missing =
        json_set(restored, json_array(), "spec", "template", "spec", "volumes");
    json_each (volume, volumes_of(intent)) {
        const char *name = json_str_or(volume, "", "name");
        struct field_path path = path_of_volume(arena, name);
        if (!json_find(volumes_of(workload), "name", name) &&
            owned_by_berth(workload, &path))
            json_push(missing, json_copy(volume));
    }
}

static void restore_mounts(struct arena *arena, const cJSON *workload,
                           const cJSON *intent, cJSON *restored)
{
    cJSON *containers =
        json_set(restored, json_array(), "spec", "template", "spec", "containers");
    json_each (container, containers_of(intent)) {
        const char *name = json_str_or(container, "", "name");
        const cJSON *live = json_find(containers_of(workload), "name", name);
        if (!live)
            continue;
        cJSON *item = json_push(containers, json_object());
        json_set_str(item, name, "name");
        cJSON *missing = json_set(item, json_array(), "volumeMounts");
        json_each (mount, json_at(container, "volumeMounts")) {
            const char *mount_path = json_str_or(mount, "", "mountPath");
            struct field_path path = path_of_mount(arena, name, mount_path);
            if (!json_find(json_at(live, "volumeMounts"), "mountPath", mount_path) &&
                owned_by_berth(workload, &path))
                json_push(missing, json_copy(mount));
        }
    }
}

const cJSON *with_dropped_skills(struct arena *arena, const cJSON *workload,
                                 const cJSON *intent)
{
    auto_json cJSON *restored = json_object();
    restore_volumes(arena, workload, intent, restored);
    restore_mounts(arena, workload, intent, restored);
    return json_adopt(arena, intent_merge(restored, workload));
}

bool keeps_skills(const cJSON *workload, const cJSON *intent)
{
    json_each (volume, volumes_of(intent)) {
        const char *name = json_str_or(volume, "", "name");
        if (!json_find(volumes_of(workload), "name", name))
            return false;
    }
    return true;
}
