#include "test/apiserver/schema/builtin_validate_pod.h"

#include "test/apiserver/schema/builtin_names.h"

#include <string.h>

static const char *const dns_policies[] = {"ClusterFirstWithHostNet", "ClusterFirst",
                                           "Default", "None", NULL};
static const char *const operators[] = {"Equal", "Exists", NULL};

/* What a source must name. */
static const struct {
    const char *source, *member;
} references[] = {
    {"configMap", "name"},
    {"secret", "secretName"},
    {"image", "reference"},
};

static void check_volume(struct faults *faults, const cJSON *volume,
                         const struct schema_path *path)
{
    check_dns_label(faults, volume, "name", path);
    size_t given = 0;
    json_each (source, volume) {
        const struct schema_path here = {.parent = path, .name = source->string};
        if (cJSON_IsObject(source) && given++)
            faults_add(faults, "Forbidden", &here,
                       "Forbidden: may not specify more than 1 volume type");
    }
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        const struct schema_path here = {.parent = path, .name = references[i].source};
        const cJSON *source = json_at(volume, references[i].source);
        if (source)
            check_given(faults, source, references[i].member, &here);
    }
}

static void check_duplicate(struct faults *faults, const cJSON *first,
                            const cJSON *item, const struct schema_path *path)
{
    const struct schema_path here = {.parent = path, .name = "name"};
    if (first && first != item)
        faults_add(faults, "Duplicate", &here, "Duplicate value: \"%s\"",
                   json_str_or(item, "", "name"));
}

static void check_volumes(struct faults *faults, const cJSON *volumes,
                          const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "volumes"};
    struct schema_path here = {.parent = &path};
    json_each (volume, volumes) {
        const char *name = json_str_or(volume, "", "name");
        check_volume(faults, volume, &here);
        check_duplicate(faults, *name ? json_find(volumes, "name", name) : NULL, volume,
                        &here);
        here.index++;
    }
}

/* Containers of all lists share their names; `earlier` were checked before. */
static void check_containers(struct faults *faults, const struct mountable *mountable,
                             const cJSON *containers, const cJSON *earlier,
                             const struct schema_path *path)
{
    struct schema_path here = {.parent = path};
    json_each (container, containers) {
        const char *name = json_str_or(container, "", "name");
        validate_container(faults, container, mountable, &here);
        const cJSON *first = NULL;
        if (*name && earlier)
            first = json_find(earlier, "name", name);
        if (*name && !first)
            first = json_find(containers, "name", name);
        check_duplicate(faults, first, container, &here);
        here.index++;
    }
}

static void check_tolerations(struct faults *faults, const cJSON *tolerations,
                              const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "tolerations"};
    struct schema_path here = {.parent = &path};
    json_each (toleration, tolerations) {
        check_choice(faults, toleration, "operator", operators, &here);
        here.index++;
    }
}

void validate_pod_spec(struct faults *faults, const cJSON *spec, const cJSON *claims,
                       const struct schema_path *path)
{
    const struct mountable mountable = {.volumes = json_at(spec, "volumes"),
                                        .claims = claims};
    const struct schema_path main_path = {.parent = path, .name = "containers"};
    const struct schema_path init_path = {.parent = path, .name = "initContainers"};
    const cJSON *containers = json_at(spec, "containers");
    check_volumes(faults, mountable.volumes, path);
    check_containers(faults, &mountable, containers, NULL, &main_path);
    check_containers(faults, &mountable, json_at(spec, "initContainers"), containers,
                     &init_path);
    check_choice(faults, spec, "dnsPolicy", dns_policies, path);
    check_tolerations(faults, json_at(spec, "tolerations"), path);
    check_subdomain(faults, spec, "serviceAccountName", path);
}
