#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/views.h"

#include <string.h>

#define AGGREGATED "as=APIGroupDiscoveryList"

static const char *const STORED_VERBS[] = {"create", "delete", "deletecollection",
                                           "get",    "list",   "patch",
                                           "update", "watch",  NULL};
/* Namespaces end one by one. */
static const char *const NAMESPACE_VERBS[] = {"create", "delete", "get",   "list",
                                              "patch",  "update", "watch", NULL};
static const char *const REVIEW_VERBS[] = {"create", NULL};
static const char *const SUBRESOURCE_VERBS[] = {"get", "patch", "update", NULL};

/* A part of a resource with a path of its own. */
struct subresource {
    const char *name;
    const char *group, *version, *kind; /* of what it answers */
    const char *const *verbs;
};

static cJSON *strings(const char *const *texts)
{
    cJSON *list = json_array();
    for (; texts && *texts; texts++)
        json_push(list, json_string(*texts));
    return list;
}

static void add_strings(cJSON *object, const char *const *texts, const char *name)
{
    if (texts && *texts)
        json_set(object, strings(texts), name);
}

static const char *const *verbs_of(const struct resource_def *def)
{
    if (strcmp(def->storage, "/namespaces") == 0)
        return NAMESPACE_VERBS;
    return def->verbs == BUILTIN_CREATE_ONLY ? REVIEW_VERBS : STORED_VERBS;
}

/* At most three. */
static size_t subresources_of(const struct resource_def *def, struct subresource out[3])
{
    size_t count = 0;
    if (def->has_scale)
        out[count++] = (struct subresource){"scale", "autoscaling", "v1", "Scale",
                                            SUBRESOURCE_VERBS};
    if (def->has_status)
        out[count++] = (struct subresource){"status", def->group, def->version,
                                            def->kind, SUBRESOURCE_VERBS};
    if (strcmp(def->kind, "ServiceAccount") == 0 && !def->custom)
        out[count++] = (struct subresource){"token", "authentication.k8s.io", "v1",
                                            "TokenRequest", REVIEW_VERBS};
    if (strcmp(def->kind, "Pod") == 0 && !def->custom)
        out[count++] =
            (struct subresource){"binding", "", "v1", "Binding", REVIEW_VERBS};
    return count;
}

/* ---- the plain form */

static cJSON *plain_resource(const struct resource_def *def)
{
    cJSON *resource = json_object();
    json_set_str(resource, def->plural, "name");
    json_set_str(resource, def->singular, "singularName");
    json_set(resource, json_boolean(def->namespaced), "namespaced");
    json_set_str(resource, def->kind, "kind");
    json_set(resource, strings(verbs_of(def)), "verbs");
    add_strings(resource, def->short_names, "shortNames");
    add_strings(resource, def->categories, "categories");
    return resource;
}

static cJSON *plain_subresource(const struct resource_def *def,
                                const struct subresource *part)
{
    struct strbuf name;
    strbuf_init(&name, 512);
    strbuf_addf(&name, "%s/%s", def->plural, part->name);
    cJSON *resource = json_object();
    json_set_str(resource, name.text, "name");
    json_set_str(resource, "", "singularName");
    json_set(resource, json_boolean(def->namespaced), "namespaced");
    json_set_str(resource, part->kind, "kind");
    if (strcmp(part->group, def->group) != 0) {
        json_set_str(resource, part->group, "group");
        json_set_str(resource, part->version, "version");
    }
    json_set(resource, strings(part->verbs), "verbs");
    strbuf_fini(&name);
    return resource;
}

static cJSON *resource_list(const struct registry *registry, const char *group,
                            const char *version)
{
    cJSON *resources = json_array();
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct resource_def *def = registry_at(registry, i);
        struct subresource parts[3];
        if (strcmp(def->group, group) != 0 || strcmp(def->version, version) != 0)
            continue;
        json_push(resources, plain_resource(def));
        for (size_t k = 0, count = subresources_of(def, parts); k < count; k++)
            json_push(resources, plain_subresource(def, &parts[k]));
    }
    if (!resources->child) {
        json_free(resources);
        return NULL;
    }
    struct strbuf name;
    strbuf_init(&name, 512);
    strbuf_addf(&name, "%s%s%s", group, *group ? "/" : "", version);
    cJSON *list = json_object();
    json_set_str(list, "APIResourceList", "kind");
    json_set_str(list, "v1", "apiVersion");
    json_set_str(list, name.text, "groupVersion");
    json_set(list, resources, "resources");
    strbuf_fini(&name);
    return list;
}

static cJSON *group_version(const char *group, const char *version)
{
    struct strbuf name;
    strbuf_init(&name, 512);
    strbuf_addf(&name, "%s/%s", group, version);
    cJSON *object = json_object();
    json_set_str(object, name.text, "groupVersion");
    json_set_str(object, version, "version");
    strbuf_fini(&name);
    return object;
}

static cJSON *group_named(cJSON *groups, const char *name)
{
    cJSON *group;
    cJSON_ArrayForEach (group, groups) {
        if (strcmp(json_str_or(group, "", "name"), name) == 0)
            return group;
    }
    group = json_push(groups, json_object());
    json_set_str(group, name, "name");
    json_set(group, json_array(), "versions");
    return group;
}

/* All groups but the core one, each with its versions. */
static cJSON *group_array(const struct registry *registry)
{
    cJSON *groups = json_array();
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct resource_def *def = registry_at(registry, i);
        if (!*def->group)
            continue;
        cJSON *group = group_named(groups, def->group);
        cJSON *versions = json_member(group, "versions");
        if (json_find(versions, "version", def->version))
            continue;
        json_push(versions, group_version(def->group, def->version));
        if (!json_at(group, "preferredVersion"))
            json_set(group, group_version(def->group, def->version),
                     "preferredVersion");
    }
    return groups;
}

static cJSON *group_list(const struct registry *registry)
{
    cJSON *list = json_object();
    json_set_str(list, "APIGroupList", "kind");
    json_set_str(list, "v1", "apiVersion");
    json_set(list, group_array(registry), "groups");
    return list;
}

static cJSON *single_group(const struct registry *registry, const char *name)
{
    auto_json cJSON *groups = group_array(registry);
    cJSON *group = json_copy(json_find(groups, "name", name));
    if (!group)
        return NULL;
    json_set_str(group, "APIGroup", "kind");
    json_set_str(group, "v1", "apiVersion");
    return group;
}

static cJSON *core_versions(void)
{
    static const char *const VERSIONS[] = {"v1", NULL};
    cJSON *list = json_object();
    json_set_str(list, "APIVersions", "kind");
    json_set(list, strings(VERSIONS), "versions");
    json_set(list, json_array(), "serverAddressByClientCIDRs");
    return list;
}

/* ---- the aggregated form (apidiscovery.k8s.io/v2) */

static cJSON *response_kind(const char *group, const char *version, const char *kind)
{
    cJSON *object = json_object();
    json_set_str(object, group, "group");
    json_set_str(object, version, "version");
    json_set_str(object, kind, "kind");
    return object;
}

static cJSON *aggregated_resource(const struct resource_def *def)
{
    struct subresource parts[3];
    size_t count = subresources_of(def, parts);
    cJSON *resource = json_object();
    json_set_str(resource, def->plural, "resource");
    json_set(resource, response_kind(def->group, def->version, def->kind),
             "responseKind");
    json_set_str(resource, def->namespaced ? "Namespaced" : "Cluster", "scope");
    json_set_str(resource, def->singular, "singularResource");
    json_set(resource, strings(verbs_of(def)), "verbs");
    add_strings(resource, def->short_names, "shortNames");
    add_strings(resource, def->categories, "categories");
    if (count)
        json_set(resource, json_array(), "subresources");
    for (size_t i = 0; i < count; i++) {
        cJSON *part = json_push(json_member(resource, "subresources"), json_object());
        json_set_str(part, parts[i].name, "subresource");
        json_set(part, response_kind(parts[i].group, parts[i].version, parts[i].kind),
                 "responseKind");
        json_set(part, strings(parts[i].verbs), "verbs");
    }
    return resource;
}

static cJSON *item_named(cJSON *items, const char *name)
{
    cJSON *item;
    cJSON_ArrayForEach (item, items) {
        if (strcmp(json_str_or(item, "", "metadata", "name"), name) == 0)
            return item;
    }
    item = json_push(items, json_object());
    json_set_str(item, name, "metadata", "name");
    json_set(item, json_array(), "versions");
    return item;
}

static cJSON *version_named(cJSON *versions, const char *name)
{
    cJSON *version;
    cJSON_ArrayForEach (version, versions) {
        if (strcmp(json_str_or(version, "", "version"), name) == 0)
            return version;
    }
    version = json_push(versions, json_object());
    json_set_str(version, name, "version");
    json_set(version, json_array(), "resources");
    json_set_str(version, "Current", "freshness");
    return version;
}

/* /api has the core group, /apis the others. */
static cJSON *aggregated(const struct registry *registry, bool core)
{
    cJSON *list = json_object();
    json_set_str(list, "APIGroupDiscoveryList", "kind");
    json_set_str(list, "apidiscovery.k8s.io/v2", "apiVersion");
    json_set(list, json_object(), "metadata");
    cJSON *items = json_set(list, json_array(), "items");
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct resource_def *def = registry_at(registry, i);
        if (core != !*def->group)
            continue;
        cJSON *item = item_named(items, def->group);
        cJSON *version = version_named(json_member(item, "versions"), def->version);
        json_push(json_member(version, "resources"), aggregated_resource(def));
    }
    return list;
}

/* ---- paths */

/* "GROUP" or "GROUP/VERSION" after /apis/. */
static cJSON *answer_group(const struct registry *registry, const char *rest)
{
    char group[256];
    const char *slash = strchr(rest, '/');
    size_t len = slash ? (size_t)(slash - rest) : strlen(rest);
    if (len >= sizeof group)
        return NULL;
    memcpy(group, rest, len);
    group[len] = '\0';
    if (!slash)
        return single_group(registry, group);
    return strchr(slash + 1, '/') ? NULL : resource_list(registry, group, slash + 1);
}

cJSON *discovery_answer(const struct registry *registry, const char *path,
                        const char *accept, const char **content_type)
{
    bool core = strcmp(path, "/api") == 0;
    bool wants = accept && strstr(accept, AGGREGATED) && strstr(accept, "v=v2;");
    if ((core || strcmp(path, "/apis") == 0) && wants) {
        *content_type =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
        return aggregated(registry, core);
    }
    if (core)
        return core_versions();
    if (strcmp(path, "/apis") == 0)
        return group_list(registry);
    if (strcmp(path, "/api/v1") == 0)
        return resource_list(registry, "", "v1");
    return ascii_has_prefix(path, "/apis/")
               ? answer_group(registry, path + strlen("/apis/"))
               : NULL;
}
