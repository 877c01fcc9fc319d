#include "kubeclient/base/ascii.h"
#include "kubeclient/base/map.h"
#include "test/apiserver/server/views.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LEN = 512 };

/* ---- names */

/* "api/v1" or "apis/GROUP/VERSION". */
static void print_place(struct strbuf *out, const struct resource_def *def)
{
    if (*def->group)
        strbuf_addf(out, "apis/%s/%s", def->group, def->version);
    else
        strbuf_addf(out, "api/%s", def->version);
}

/* What a kind's schema is called: as Kubernetes names its own, or by the group's
 * labels turned round for a CRD. */
static void print_schema_name(struct strbuf *out, const struct resource_def *def)
{
    if (def->schema && def->schema->definition) {
        strbuf_adds(out, def->schema->definition);
        return;
    }
    const char *end = def->group + strlen(def->group);
    while (end > def->group) {
        const char *start = end;
        while (start > def->group && start[-1] != '.')
            start--;
        strbuf_add(out, start, (size_t)(end - start));
        strbuf_addc(out, '.');
        end = start > def->group ? start - 1 : start;
    }
    strbuf_addf(out, "%s.%s", def->version, def->kind);
}

static cJSON *group_version_kind(const struct resource_def *def)
{
    cJSON *object = json_object();
    json_set_str(object, def->group, "group");
    json_set_str(object, def->version, "version");
    json_set_str(object, def->kind, "kind");
    return object;
}

/* ---- schemas */

struct components {
    cJSON *schemas;
    struct map seen; /* by address: schemas refer to each other in circles */
};

static void add_definitions(struct components *components, const struct schema *schema)
{
    char key[32];
    if (!schema)
        return;
    snprintf(key, sizeof key, "%p", (const void *)schema);
    if (map_get(&components->seen, key))
        return;
    map_put(&components->seen, key, components);
    if (schema->definition && !json_at(components->schemas, schema->definition))
        json_set(components->schemas, schema_openapi(schema), schema->definition);
    add_definitions(components, schema->items);
    add_definitions(components, schema->values);
    for (size_t i = 0; i < schema->property_count; i++)
        add_definitions(components, schema->properties[i].schema);
}

static void add_kind(struct components *components, const struct resource_def *def)
{
    struct strbuf name;
    strbuf_init(&name, NAME_MAX_LEN);
    print_schema_name(&name, def);
    add_definitions(components, def->schema);
    if (!json_at(components->schemas, name.text))
        json_set(components->schemas, schema_openapi(def->schema), name.text);
    cJSON *schema = json_member(components->schemas, name.text);
    cJSON *kinds = json_set(schema, json_array(), "x-kubernetes-group-version-kind");
    json_push(kinds, group_version_kind(def));
    strbuf_fini(&name);
}

/* ---- paths */

static void set_operation(cJSON *path, const struct resource_def *def,
                          const char *method, const char *action, const char *prefix)
{
    struct strbuf ref;
    strbuf_init(&ref, NAME_MAX_LEN);
    strbuf_adds(&ref, prefix);
    print_schema_name(&ref, def);
    cJSON *operation = json_set(path, json_object(), method);
    json_set_str(operation, action, "x-kubernetes-action");
    json_set(operation, group_version_kind(def), "x-kubernetes-group-version-kind");
    json_set_str(operation, "OK", "responses", "200", "description");
    json_set_str(operation, ref.text, "responses", "200", "content", "application/json",
                 "schema", "$ref");
    strbuf_fini(&ref);
}

static cJSON *query_parameter(const char *name)
{
    cJSON *parameter = json_object();
    json_set_str(parameter, name, "name");
    json_set_str(parameter, "query", "in");
    json_set_str(parameter, "string", "schema", "type");
    return parameter;
}

static void add_paths(cJSON *paths, const struct resource_def *def)
{
    static const char REF[] = "#/components/schemas/";
    struct strbuf place;
    strbuf_init(&place, NAME_MAX_LEN);
    strbuf_addc(&place, '/');
    print_place(&place, def);
    if (def->namespaced)
        strbuf_adds(&place, "/namespaces/{namespace}");
    strbuf_addf(&place, "/%s", def->plural);
    cJSON *list = json_set(paths, json_object(), place.text);
    set_operation(list, def, "post", "post", REF);
    if (def->verbs == BUILTIN_STORED) {
        set_operation(list, def, "get", "list", REF);
        strbuf_adds(&place, "/{name}");
        cJSON *single = json_set(paths, json_object(), place.text);
        set_operation(single, def, "get", "get", REF);
        set_operation(single, def, "put", "put", REF);
        set_operation(single, def, "delete", "delete", REF);
        set_operation(single, def, "patch", "patch", REF);
        /* kubectl looks here whether the server validates fields itself. */
        json_push(json_set(json_member(single, "patch"), json_array(), "parameters"),
                  query_parameter("fieldValidation"));
        json_push(json_member(json_member(single, "patch"), "parameters"),
                  query_parameter("dryRun"));
    }
    strbuf_fini(&place);
}

/* ---- documents */

static cJSON *document(const struct registry *registry, const char *place)
{
    struct components components = {.schemas = json_object()};
    cJSON *paths = json_object();
    map_init(&components.seen, 1);
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct resource_def *def = registry_at(registry, i);
        struct strbuf own;
        strbuf_init(&own, NAME_MAX_LEN);
        print_place(&own, def);
        if (strcmp(own.text, place) == 0) {
            add_kind(&components, def);
            add_paths(paths, def);
        }
        strbuf_fini(&own);
    }
    map_fini(&components.seen);
    if (!paths->child) {
        json_free(paths);
        json_free(components.schemas);
        return NULL;
    }
    cJSON *answer = json_object();
    json_set_str(answer, "3.0.0", "openapi");
    json_set_str(answer, "Kubernetes", "info", "title");
    json_set_str(answer, "v1", "info", "version");
    json_set(answer, paths, "paths");
    json_set(answer, components.schemas, "components", "schemas");
    return answer;
}

static cJSON *document_index(const struct registry *registry)
{
    cJSON *answer = json_object();
    cJSON *paths = json_set(answer, json_object(), "paths");
    for (size_t i = 0; i < registry_count(registry); i++) {
        struct strbuf place, url;
        strbuf_init(&place, NAME_MAX_LEN);
        strbuf_init(&url, NAME_MAX_LEN);
        print_place(&place, registry_at(registry, i));
        strbuf_addf(&url, "/openapi/v3/%s", place.text);
        json_set_str(paths, url.text, place.text, "serverRelativeURL");
        strbuf_fini(&place);
        strbuf_fini(&url);
    }
    return answer;
}

cJSON *openapi_answer(const struct registry *registry, const char *path)
{
    static const char ROOT[] = "/openapi/v3";
    if (strcmp(path, ROOT) == 0)
        return document_index(registry);
    if (ascii_has_prefix(path, ROOT) && path[strlen(ROOT)] == '/')
        return document(registry, path + strlen(ROOT) + 1);
    return NULL;
}
