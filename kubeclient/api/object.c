#include "kubeclient/api/object.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

const char *kube_name(const cJSON *object)
{
    return json_str_or(object, "", "metadata", "name");
}

const char *kube_namespace(const cJSON *object)
{
    return json_str_or(object, "", "metadata", "namespace");
}

const char *kube_uid(const cJSON *object)
{
    return json_str_or(object, "", "metadata", "uid");
}

const char *kube_resource_version(const cJSON *object)
{
    return json_str_or(object, "", "metadata", "resourceVersion");
}

int64_t kube_generation(const cJSON *object)
{
    return json_int(object, 0, "metadata", "generation");
}

const char *kube_label(const cJSON *object, const char *name)
{
    return json_str(object, "metadata", "labels", name);
}

const char *kube_annotation(const cJSON *object, const char *name)
{
    return json_str(object, "metadata", "annotations", name);
}

bool kube_deleting(const cJSON *object)
{
    return json_str(object, "metadata", "deletionTimestamp") != NULL;
}

bool kube_has_finalizer(const cJSON *object, const char *finalizer)
{
    json_each (item, json_at(object, "metadata", "finalizers")) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, finalizer) == 0)
            return true;
    }
    return false;
}

const cJSON *kube_controller_of(const cJSON *object)
{
    json_each (reference, json_at(object, "metadata", "ownerReferences")) {
        if (json_bool(reference, false, "controller"))
            return reference;
    }
    return NULL;
}

cJSON *kube_object(struct arena *arena, const struct kube_resource *resource,
                   const char *ns, const char *name)
{
    cJSON *object = json_object();
    json_set_str(object, kube_api_version(arena, resource), "apiVersion");
    json_set_str(object, resource->kind, "kind");
    json_set_str(object, name, "metadata", "name");
    if (resource->namespaced && ns && ns[0])
        json_set_str(object, ns, "metadata", "namespace");
    return object;
}

cJSON *kube_finalizer_patch(const cJSON *object, const char *finalizer, bool present)
{
    cJSON *patch = json_object();
    json_set_str(patch, kube_uid(object), "metadata", "uid");
    json_set_str(patch, kube_resource_version(object), "metadata", "resourceVersion");
    cJSON *list = json_set(patch, json_array(), "metadata", "finalizers");
    json_each (item, json_at(object, "metadata", "finalizers")) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, finalizer) != 0)
            json_push(list, json_copy(item));
    }
    if (present)
        json_push(list, json_string(finalizer));
    return patch;
}

int kube_compare_versions(const char *a, const char *b)
{
    uint64_t x, y;
    if (ascii_parse_u64(a, &x) && ascii_parse_u64(b, &y))
        return (x > y) - (x < y);
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len != b_len)
        return a_len < b_len ? -1 : 1;
    return strcmp(a, b);
}
