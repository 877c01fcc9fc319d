#include "test/apiserver/server/resource_def.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"

#include <assert.h>
#include <string.h>

/* One definition. A CRD's stay where they are when it changes, for requests and watches
 * hold them; what they pointed to before lives on in the registry's arena. */
struct entry {
    struct resource_def def;
    const char *crd_name; /* NULL: built in */
    unsigned rank;        /* of its group */
    struct entry *next;
};

struct registry {
    struct arena *arena;
    struct builtin_types *types;
    struct entry *first; /* by rank, group, version rank; then as they came */
    struct crd_memory *crds;
};

/* The spec that a CRD's definitions were made from. */
struct crd_memory {
    const char *name;
    const cJSON *spec;
    struct crd_memory *next;
};

static const char *const no_names[] = {NULL};

/* As /apis lists them; what is not here follows by name. */
static const char *const group_order[] = {"",
                                          "apiregistration.k8s.io",
                                          "apps",
                                          "events.k8s.io",
                                          "authentication.k8s.io",
                                          "authorization.k8s.io",
                                          "autoscaling",
                                          "batch",
                                          "certificates.k8s.io",
                                          "networking.k8s.io",
                                          "policy",
                                          "rbac.authorization.k8s.io",
                                          "storage.k8s.io",
                                          "admissionregistration.k8s.io",
                                          "apiextensions.k8s.io",
                                          "scheduling.k8s.io",
                                          "coordination.k8s.io",
                                          "node.k8s.io",
                                          "discovery.k8s.io",
                                          "flowcontrol.apiserver.k8s.io",
                                          NULL};

static unsigned rank_of(const char *group)
{
    unsigned rank = 0;
    while (group_order[rank] && strcmp(group_order[rank], group) != 0)
        rank++;
    return rank;
}

/* v2 before v1 before v1beta1 before v1alpha1 (apimachinery's CompareKubeAwareVersion,
 * as far as one digit of each goes); others last. */
static int version_rank(const char *version)
{
    static const char *const stages[] = {"alpha", "beta"};
    if (version[0] != 'v' || !ascii_digit(version[1]))
        return 0;
    int rank = 0;
    for (version++; ascii_digit(*version) && rank < 100; version++)
        rank = rank * 10 + (*version - '0');
    rank = 1000 + rank;
    if (!*version)
        return rank + 2000;
    for (int stage = 0; stage < 2; stage++) {
        if (ascii_has_prefix(version, stages[stage]))
            return rank + stage * 1000 - 500;
    }
    return 0;
}

static bool goes_before(const struct entry *a, const struct entry *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank;
    int order = strcmp(a->def.group, b->def.group);
    if (order)
        return order < 0;
    return version_rank(a->def.version) > version_rank(b->def.version);
}

static void insert(struct registry *registry, struct entry *entry)
{
    entry->rank = rank_of(entry->def.group);
    struct entry **at = &registry->first;
    while (*at && !goes_before(entry, *at))
        at = &(*at)->next;
    entry->next = *at;
    *at = entry;
}

/* "group/plural" of what holds it. */
static const char *storage_name(struct arena *arena, const struct builtin_resource *it)
{
    if (!it->stored_as)
        return arena_printf(arena, "%s/%s", it->group, it->plural);
    const char *version = strchr(it->stored_as, '/');
    const char *plural = version ? strchr(version + 1, '/') : NULL;
    assert(plural);
    return arena_printf(arena, "%.*s%s", (int)(version - it->stored_as), it->stored_as,
                        plural);
}

static void add_builtin(struct registry *registry, const struct builtin_resource *it)
{
    struct arena *arena = registry->arena;
    struct entry *entry = arena_alloc(arena, sizeof *entry);
    entry->def = (struct resource_def){
        .group = it->group,
        .version = it->version,
        .plural = it->plural,
        .singular = it->singular,
        .kind = it->kind,
        .list_kind = arena_printf(arena, "%sList", it->kind),
        .short_names = it->short_names ? it->short_names : no_names,
        .categories = it->categories ? it->categories : no_names,
        .namespaced = it->namespaced,
        .has_status = it->has_status,
        .has_scale = it->has_scale,
        .has_generation = it->has_generation,
        .served = true,
        .verbs = it->verbs,
        .schema = builtin_schema(registry->types, it->group, it->version, it->kind),
        .columns = it->columns,
        .storage = storage_name(arena, it),
    };
    insert(registry, entry);
}

struct registry *registry_new(void)
{
    struct registry *registry = xcalloc(1, sizeof *registry);
    registry->arena = arena_new();
    registry->types = builtin_types_new();
    for (const struct builtin_resource *it = builtin_resources; it->plural; it++)
        add_builtin(registry, it);
    return registry;
}

void registry_free(struct registry **registry_ptr)
{
    struct registry *registry = *registry_ptr;
    if (!registry)
        return;
    builtin_types_free(&registry->types);
    arena_free(&registry->arena);
    free(registry);
    *registry_ptr = NULL;
}

/* ---- finding */

static bool is_of(const struct resource_def *def, const char *group,
                  const char *version)
{
    return def->served && strcmp(def->group, group) == 0 &&
           strcmp(def->version, version) == 0;
}

const struct resource_def *registry_find(const struct registry *registry,
                                         const char *group, const char *version,
                                         const char *plural)
{
    for (const struct entry *at = registry->first; at; at = at->next) {
        if (is_of(&at->def, group, version) && strcmp(at->def.plural, plural) == 0)
            return &at->def;
    }
    return NULL;
}

const struct resource_def *registry_find_kind(const struct registry *registry,
                                              const char *group, const char *version,
                                              const char *kind)
{
    for (const struct entry *at = registry->first; at; at = at->next) {
        if (is_of(&at->def, group, version) && strcmp(at->def.kind, kind) == 0)
            return &at->def;
    }
    return NULL;
}

size_t registry_count(const struct registry *registry)
{
    size_t count = 0;
    for (const struct entry *at = registry->first; at; at = at->next)
        count += at->def.served;
    return count;
}

const struct resource_def *registry_at(const struct registry *registry, size_t index)
{
    for (const struct entry *at = registry->first; at; at = at->next) {
        if (at->def.served && index-- == 0)
            return &at->def;
    }
    return NULL;
}

/* ---- custom resources */

static const char *const *names_of(struct arena *arena, const cJSON *array)
{
    const char **names = arena_alloc(arena, (json_count(array) + 1) * sizeof *names);
    size_t count = 0;
    json_each (item, array) {
        if (cJSON_IsString(item))
            names[count++] = item->valuestring;
    }
    return names;
}

static const struct builtin_column *columns_of(struct arena *arena, const cJSON *array)
{
    size_t count = json_count(array);
    if (!count)
        return NULL;
    struct builtin_column *columns = arena_alloc(arena, (count + 1) * sizeof *columns);
    size_t at = 0;
    json_each (item, array) {
        columns[at++] =
            (struct builtin_column){.name = json_str_or(item, "", "name"),
                                    .type = json_str_or(item, "string", "type"),
                                    .json_path = json_str_or(item, "", "jsonPath"),
                                    .priority = (int)json_int(item, 0, "priority")};
    }
    return columns;
}

static struct entry *entry_of(struct registry *registry, const char *crd_name,
                              const char *version)
{
    for (struct entry *at = registry->first; at; at = at->next) {
        if (at->crd_name && strcmp(at->crd_name, crd_name) == 0 &&
            strcmp(at->def.version, version) == 0)
            return at;
    }
    struct entry *entry = arena_alloc(registry->arena, sizeof *entry);
    entry->crd_name = arena_strdup(registry->arena, crd_name);
    return entry;
}

static bool set_version(struct registry *registry, const char *crd_name,
                        const cJSON *spec, const cJSON *version, const char **reason)
{
    struct arena *arena = registry->arena;
    struct err err;
    const cJSON *openapi = json_at(version, "schema", "openAPIV3Schema");
    const struct schema *schema =
        schema_parse(arena, openapi, builtin_object_meta(registry->types), &err);
    if (!schema) {
        *reason = arena_strdup(arena, err.msg);
        return false;
    }
    const cJSON *names = json_at(spec, "names");
    struct entry *entry = entry_of(registry, crd_name, json_str(version, "name"));
    bool fresh = !entry->def.plural;
    entry->def = (struct resource_def){
        .group = json_str_or(spec, "", "group"),
        .version = json_str(version, "name"),
        .plural = json_str_or(names, "", "plural"),
        .singular = json_str_or(names, "", "singular"),
        .kind = json_str_or(names, "", "kind"),
        .list_kind = json_str_or(names, "", "listKind"),
        .short_names = names_of(arena, json_at(names, "shortNames")),
        .categories = names_of(arena, json_at(names, "categories")),
        .namespaced = strcmp(json_str_or(spec, "", "scope"), "Namespaced") == 0,
        .has_status = json_at(version, "subresources", "status"),
        .has_scale = json_at(version, "subresources", "scale"),
        .has_generation = true,
        .custom = true,
        .served = json_bool(version, false, "served"),
        .schema = schema,
        .columns = columns_of(arena, json_at(version, "additionalPrinterColumns")),
        .crd_version = version,
        .storage = arena_printf(arena, "%s/%s", json_str_or(spec, "", "group"),
                                json_str_or(names, "", "plural")),
    };
    if (fresh)
        insert(registry, entry);
    return true;
}

bool registry_understands(const struct registry *registry, const cJSON *openapi,
                          struct err *err)
{
    struct arena *arena = arena_new();
    bool good = schema_parse(arena, openapi, builtin_object_meta(registry->types), err);
    arena_free(&arena);
    return good;
}

static struct crd_memory *memory_of(struct registry *registry, const char *crd_name)
{
    for (struct crd_memory *at = registry->crds; at; at = at->next) {
        if (strcmp(at->name, crd_name) == 0)
            return at;
    }
    struct crd_memory *memory = arena_alloc(registry->arena, sizeof *memory);
    memory->name = arena_strdup(registry->arena, crd_name);
    memory->next = registry->crds;
    registry->crds = memory;
    return memory;
}

bool registry_set_crd(struct registry *registry, const cJSON *crd, const char **reason)
{
    const char *crd_name = json_str_or(crd, "", "metadata", "name");
    struct crd_memory *memory = memory_of(registry, crd_name);
    if (memory->spec && json_equal(memory->spec, json_at(crd, "spec")))
        return true;
    registry_remove_crd(registry, crd_name);
    const cJSON *spec = json_adopt(registry->arena, json_copy(json_at(crd, "spec")));
    json_each (version, json_at(spec, "versions")) {
        if (!set_version(registry, crd_name, spec, version, reason)) {
            registry_remove_crd(registry, crd_name);
            return false;
        }
    }
    memory->spec = spec;
    return true;
}

void registry_remove_crd(struct registry *registry, const char *crd_name)
{
    for (struct entry *at = registry->first; at; at = at->next) {
        if (at->crd_name && strcmp(at->crd_name, crd_name) == 0)
            at->def.served = false;
    }
    memory_of(registry, crd_name)->spec = NULL;
}
