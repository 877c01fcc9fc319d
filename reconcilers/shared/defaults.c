#include "reconcilers/shared/defaults.h"

#include "kubeclient/api/object.h"
#include "reconcilers/shared/labels.h"

#include <string.h>

/* The index value is "NAMESPACE/defaults". */
static const char *const INDEX_NAME = "defaults";

void defaults_index(const cJSON *config_map, struct kube_keys *values)
{
    const char *label = kube_label(config_map, LABEL_DEFAULTS);
    if (label && strcmp(label, "true") == 0)
        kube_keys_add(values, kube_namespace(config_map), INDEX_NAME);
}

static void overlay(cJSON *merged, const cJSON *config_map)
{
    json_each (entry, json_at(config_map, "data")) {
        if (cJSON_IsString(entry) && entry->string)
            json_set(merged, json_copy(entry), entry->string);
    }
}

/* The first by name: a list's own order means nothing. */
static const cJSON *first_by_name(const struct object_list *list)
{
    const cJSON *first = NULL;
    for (size_t i = 0; i < list->len; i++) {
        if (!first || strcmp(kube_name(list->items[i]), kube_name(first)) < 0)
            first = list->items[i];
    }
    return first;
}

struct defaults defaults_merge(struct arena *arena, struct observed *observed,
                               const struct reconcile_config *config, const char *ns)
{
    struct defaults defaults = {0};
    cJSON *merged = json_object();
    overlay(merged,
            observed_get(observed, &KUBE_CONFIG_MAPS, config->controller_namespace,
                         config->platform_config_map));
    struct object_list list = observed_find(observed, &KUBE_CONFIG_MAPS, DEFAULTS_INDEX,
                                            kube_key_text(arena, ns, INDEX_NAME));
    const cJSON *chosen = first_by_name(&list);
    overlay(merged, chosen);
    if (list.len > 1)
        defaults.warning = arena_printf(
            arena, "%zu ConfigMaps are labelled %s=true; %s is used, the first by name",
            list.len, LABEL_DEFAULTS, kube_name(chosen));
    defaults.data = json_adopt(arena, merged);
    return defaults;
}
