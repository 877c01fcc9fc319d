#include "controller/engine/status_write.h"

#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "reconcilers/plan.h"

#include <string.h>

bool status_is_held(const cJSON *primary, const cJSON *status,
                    const char *const *others)
{
    const cJSON *live = json_at(primary, "status");
    if (!others || !live)
        return json_equal(live, status);
    auto_json cJSON *own = json_copy(live);
    for (; *others; others++)
        json_remove(own, *others);
    return json_equal(own, status);
}

static bool is_among(const char *const *others, const char *managed)
{
    while (others && *others && strcmp(managed + strlen("f:"), *others) != 0)
        others++;
    return others && *others;
}

/* An entry that does not tell of what it owns may own anything. */
static bool owns_more(const cJSON *entry, const char *const *others)
{
    const cJSON *owned = json_at(entry, "fieldsV1", "f:status");
    bool more = !owned;
    json_each (field, owned)
        more = more || !is_among(others, field->string);
    return more;
}

bool status_is_foreign(const cJSON *primary, const char *const *others)
{
    json_each (entry, json_at(primary, "metadata", "managedFields")) {
        if (strcmp(json_str_or(entry, "", "subresource"), "status") != 0)
            continue;
        bool own =
            strcmp(json_str_or(entry, "", "manager"), BERTH_STATUS_MANAGER) == 0 &&
            strcmp(json_str_or(entry, "", "operation"), "Apply") == 0;
        if (!own && owns_more(entry, others))
            return true;
    }
    return false;
}

static const char *ready_of(const cJSON *status)
{
    return json_str_or(condition_find(json_at(status, "conditions"), "Ready"), "",
                       "status");
}

bool status_is_urgent(const cJSON *primary, const cJSON *status)
{
    const cJSON *live = json_at(primary, "status");
    return strcmp(ready_of(live), ready_of(status)) != 0 ||
           json_int(live, -1, "observedGeneration") !=
               json_int(status, -1, "observedGeneration");
}

static cJSON *guarded_object(struct arena *arena, const struct kube_resource *resource,
                             const cJSON *primary)
{
    cJSON *object =
        kube_object(arena, resource, kube_namespace(primary), kube_name(primary));
    json_set_str(object, kube_uid(primary), "metadata", "uid");
    json_set_str(object, kube_resource_version(primary), "metadata", "resourceVersion");
    return object;
}

static struct kube_target target_of(const struct kube_resource *resource,
                                    const cJSON *primary)
{
    return (struct kube_target){
        .resource = resource,
        .ns = kube_namespace(primary),
        .name = kube_name(primary),
        .subresource = "status",
    };
}

struct kube_request status_clear_request(struct arena *arena,
                                         const struct kube_resource *resource,
                                         const cJSON *primary,
                                         const char *const *others)
{
    auto_json cJSON *object = guarded_object(arena, resource, primary);
    cJSON *status = json_set(object, json_object(), "status");
    for (; others && *others; others++)
        json_set(status, json_copy(json_at(primary, "status", *others)), *others);
    struct kube_target target = target_of(resource, primary);
    return kube_request_replace(arena, &target, BERTH_STATUS_MANAGER, object);
}

struct kube_request status_apply_request(struct arena *arena,
                                         const struct kube_resource *resource,
                                         const cJSON *primary, const cJSON *status)
{
    auto_json cJSON *object = guarded_object(arena, resource, primary);
    json_set(object, json_copy(status), "status");
    struct kube_target target = target_of(resource, primary);
    return kube_request_apply(arena, &target, BERTH_STATUS_MANAGER, object);
}
