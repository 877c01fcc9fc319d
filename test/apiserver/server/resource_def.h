/* resource_def.h - the resources that the server serves, built in or from CRDs.
 *
 * A definition is what a route leads to: names, scope, subresources, schema, columns.
 * The registry owns all of them; a CRD's come and go with it (one for each served
 * version). A definition that went stays in memory until the registry ends, so that
 * watches of it can say so. Pure.
 */
#ifndef BERTH_APISERVER_RESOURCE_DEF_H
#define BERTH_APISERVER_RESOURCE_DEF_H

#include "test/apiserver/schema/builtin.h"

struct resource_def {
    const char *group, *version, *plural, *singular, *kind, *list_kind;
    const char *const *short_names; /* NULL-terminated, never NULL */
    const char *const *categories;
    bool namespaced;
    bool has_status, has_scale, has_generation;
    bool custom; /* from a CRD */
    bool served; /* false: its CRD is gone or not yet established */
    enum builtin_verbs verbs;
    const struct schema *schema; /* of the whole object */
    const struct builtin_column
        *columns;             /* ends with a zeroed entry; NULL: name, age */
    const cJSON *crd_version; /* the CRD's entry of spec.versions; NULL: built in */
    const char *storage;      /* "group/plural": what holds its objects, shared by
                                 versions and by events.k8s.io and core events */
};

struct registry;

struct registry *registry_new(void); /* with the built-in resources */
void registry_free(struct registry **registry);

/* NULL: no such resource is served. `plural` may not be a singular or short name. */
const struct resource_def *registry_find(const struct registry *registry,
                                         const char *group, const char *version,
                                         const char *plural);
const struct resource_def *registry_find_kind(const struct registry *registry,
                                              const char *group, const char *version,
                                              const char *kind);

/* The served definitions in a fixed order: groups as Kubernetes prefers them. */
size_t registry_count(const struct registry *registry);
const struct resource_def *registry_at(const struct registry *registry, size_t index);

/* Takes in a CustomResourceDefinition as it is now, or takes it out. On failure
 * (`*reason` is set, in the registry's memory) nothing of it is served; the caller
 * writes the conditions NamesAccepted and Established. */
WARN_UNUSED bool registry_set_crd(struct registry *registry, const cJSON *crd,
                                  const char **reason);
/* Could a version of a CRD be served with this openAPIV3Schema? INVALID says why not.
 */
WARN_UNUSED bool registry_understands(const struct registry *registry,
                                      const cJSON *openapi, struct err *err);

void registry_remove_crd(struct registry *registry, const char *crd_name);

#endif
