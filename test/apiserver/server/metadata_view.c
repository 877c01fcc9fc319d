#include "test/apiserver/server/views.h"

cJSON *metadata_of(const cJSON *object)
{
    cJSON *view = json_object();
    json_set_str(view, "PartialObjectMetadata", "kind");
    json_set_str(view, "meta.k8s.io/v1", "apiVersion");
    json_set(view, json_copy(json_at(object, "metadata")), "metadata");
    return view;
}

cJSON *metadata_list_of(const cJSON *items, const cJSON *list_meta)
{
    cJSON *view = json_object();
    json_set_str(view, "PartialObjectMetadataList", "kind");
    json_set_str(view, "meta.k8s.io/v1", "apiVersion");
    json_set(view, list_meta ? json_copy(list_meta) : json_object(), "metadata");
    cJSON *list = json_set(view, json_array(), "items");
    json_each (item, items)
        json_push(list, metadata_of(item));
    return view;
}
