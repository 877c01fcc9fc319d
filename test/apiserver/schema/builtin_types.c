#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/map.h"
#include "test/apiserver/schema/builtin.h"
#include "test/apiserver/schema/builtin_notation.h"
#include "test/apiserver/schema/builtin_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A schema that differs from its type by a default or a patch strategy; made when all
 * types are read. */
struct variant {
    struct variant *next;
    struct schema *schema;
    const struct schema *of;
    const cJSON *fallback;
    const char *patch_strategy;
};

struct builtin_types {
    struct arena *arena;
    struct map by_name; /* "core.Container" to its struct schema */
    struct variant *variants;
    const struct schema *object_meta;
};

struct group {
    const char *name; /* of the API; NULL: none of its own */
    const char *alias;
    const char *package;
    const char *const *tables[5]; /* ends with NULL */
};

static const struct group groups[] = {
    {NULL, "meta", "io.k8s.apimachinery.pkg.apis.meta.v1", {builtin_meta}},
    {"",
     "core",
     "io.k8s.api.core.v1",
     {builtin_core, builtin_core_pod, builtin_core_pod_status, builtin_core_volume}},
    {"apps", "apps", "io.k8s.api.apps.v1", {builtin_apps}},
    {"batch", "batch", "io.k8s.api.batch.v1", {builtin_batch}},
    {"networking.k8s.io",
     "networking",
     "io.k8s.api.networking.v1",
     {builtin_networking}},
    {"rbac.authorization.k8s.io", "rbac", "io.k8s.api.rbac.v1", {builtin_rbac}},
    {"coordination.k8s.io",
     "coordination",
     "io.k8s.api.coordination.v1",
     {builtin_coordination}},
    {"events.k8s.io", "events", "io.k8s.api.events.v1", {builtin_events}},
    {"authentication.k8s.io",
     "authentication",
     "io.k8s.api.authentication.v1",
     {builtin_authentication}},
    {"authorization.k8s.io",
     "authorization",
     "io.k8s.api.authorization.v1",
     {builtin_authorization}},
    {"apiextensions.k8s.io",
     "apiextensions",
     "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1",
     {builtin_apiextensions}},
    {"apiregistration.k8s.io",
     "apiregistration",
     "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1",
     {builtin_apiregistration}},
    {"admissionregistration.k8s.io",
     "admissionregistration",
     "io.k8s.api.admissionregistration.v1",
     {builtin_admissionregistration}},
};

#define GROUP_COUNT (sizeof groups / sizeof *groups)

static const struct {
    const char *name;
    struct schema schema;
} scalars[] = {
    {"string", {.type = SCHEMA_STRING}},
    {"int", {.type = SCHEMA_INTEGER, .format = "int32"}},
    {"int64", {.type = SCHEMA_INTEGER, .format = "int64"}},
    {"number", {.type = SCHEMA_NUMBER, .format = "double"}},
    {"bool", {.type = SCHEMA_BOOLEAN}},
    {"bytes", {.type = SCHEMA_STRING, .format = "byte"}},
    {"time", {.type = SCHEMA_STRING, .format = "date-time"}},
    {"microTime", {.type = SCHEMA_STRING, .format = "date-time"}},
    {"quantity",
     {.type = SCHEMA_INT_OR_STRING,
      .format = "quantity",
      .definition = "io.k8s.apimachinery.pkg.api.resource.Quantity"}},
    {"intOrString", {.type = SCHEMA_INT_OR_STRING, .format = "int-or-string"}},
    {"any", {.type = SCHEMA_ANY, .preserve_unknown = true}},
};

#define SCALAR_COUNT (sizeof scalars / sizeof *scalars)

static struct schema *find_type(const struct builtin_types *types, const char *alias,
                                const char *name)
{
    struct strbuf text;
    strbuf_init(&text, 256);
    strbuf_addf(&text, "%s.%s", alias, name);
    struct schema *schema = map_get(&types->by_name, text.text);
    strbuf_fini(&text);
    return schema;
}

static const struct schema *type_of(const struct builtin_types *types,
                                    const struct group *group, const char *name)
{
    for (size_t i = 0; i < SCALAR_COUNT; i++) {
        if (strcmp(scalars[i].name, name) == 0)
            return &scalars[i].schema;
    }
    const struct schema *schema = strchr(name, '.')
                                      ? map_get(&types->by_name, name)
                                      : find_type(types, group->alias, name);
    assert(schema);
    return schema;
}

static const char *const *split_keys(struct arena *arena, const char *text, size_t len)
{
    size_t count = 1, at = 0;
    for (size_t i = 0; i < len; i++)
        count += text[i] == ',';
    const char **keys = arena_alloc(arena, (count + 1) * sizeof *keys);
    for (size_t start = 0; start < len;) {
        size_t end = start + strcspn(text + start, ",]");
        keys[at++] = arena_strndup(arena, text + start, end - start);
        start = end + 1;
    }
    return keys;
}

static const struct schema *shape_of(struct builtin_types *types,
                                     const struct group *group, const char *shape);

static const struct schema *list_of(struct builtin_types *types,
                                    const struct group *group, const char *shape)
{
    struct schema *schema = arena_alloc(types->arena, sizeof *schema);
    schema->type = SCHEMA_ARRAY;
    const char *end = strchr(shape, ']');
    assert(end);
    size_t len = (size_t)(end - shape - 1);
    if (len == 3 && strncmp(shape + 1, "set", 3) == 0) {
        schema->list = SCHEMA_LIST_SET;
        schema->patch_strategy = "merge";
    } else if (len) {
        schema->list = SCHEMA_LIST_MAP;
        schema->keys = split_keys(types->arena, shape + 1, len);
        schema->patch_strategy = "merge";
    }
    schema->items = shape_of(types, group, end + 1);
    return schema;
}

static const struct schema *shape_of(struct builtin_types *types,
                                     const struct group *group, const char *shape)
{
    if (*shape == '[')
        return list_of(types, group, shape);
    if (*shape == '{') {
        struct schema *schema = arena_alloc(types->arena, sizeof *schema);
        schema->type = SCHEMA_OBJECT;
        schema->atomic = shape[1] != '}';
        schema->values = shape_of(types, group, strchr(shape, '}') + 1);
        return schema;
    }
    return type_of(types, group, *shape == ':' ? shape + 1 : "string");
}

static const cJSON *fallback_of(struct arena *arena, const struct schema *schema,
                                const char *text)
{
    /* Quantities are text also where they are whole. */
    bool textual = schema->type == SCHEMA_STRING || schema->definition;
    cJSON *value = NULL;
    int64_t number = 0;
    bool numeric = ascii_parse_i64(text, &number);
    if (strcmp(text, "{}") == 0)
        value = json_object();
    else if (schema->type == SCHEMA_BOOLEAN)
        value = json_boolean(strcmp(text, "true") == 0);
    else if (numeric && !textual)
        value = json_number(number);
    else
        value = json_string(text);
    return json_adopt(arena, value);
}

/* "merge(ip)", "merge+retainKeys", "replace" */
static void set_strategy(struct arena *arena, struct schema *schema, const char *text)
{
    const char *key = strchr(text, '(');
    if (key)
        schema->merge_key = arena_strndup(arena, key + 1, strcspn(key + 1, ")"));
    char *strategy = arena_strndup(arena, text, strcspn(text, "("));
    char *plus = strchr(strategy, '+');
    if (plus)
        *plus = ',';
    schema->patch_strategy = strcmp(strategy, "replace") == 0 ? NULL : strategy;
}

static const struct schema *schema_of(struct builtin_types *types,
                                      const struct group *group,
                                      const struct notation_field *field)
{
    const struct schema *plain = shape_of(types, group, field->shape);
    if (!field->fallback && !field->strategy)
        return plain;
    struct schema *schema = arena_alloc(types->arena, sizeof *schema);
    *schema = *plain;
    if (plain->type == SCHEMA_ARRAY) {
        if (field->strategy)
            set_strategy(types->arena, schema, field->strategy);
        assert(!field->fallback);
        return schema;
    }
    struct variant *variant = arena_alloc(types->arena, sizeof *variant);
    *variant = (struct variant){
        .next = types->variants,
        .schema = schema,
        .of = plain,
        .patch_strategy = field->strategy,
        .fallback =
            field->fallback ? fallback_of(types->arena, plain, field->fallback) : NULL,
    };
    types->variants = variant;
    return schema;
}

static int by_name(const void *a, const void *b)
{
    const struct schema_property *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static size_t add_kind(const struct builtin_types *types,
                       struct schema_property *properties)
{
    const struct schema *string = &scalars[0].schema;
    properties[0] = (struct schema_property){.name = "apiVersion", .schema = string};
    properties[1] = (struct schema_property){.name = "kind", .schema = string};
    properties[2] =
        (struct schema_property){.name = "metadata", .schema = types->object_meta};
    return 3;
}

/* Go prints a struct behind a pointer even when it is empty. */
static bool omits_empty(const struct notation_field *field, const struct schema *schema)
{
    if (field->keep_empty || field->required || schema->type == SCHEMA_ANY)
        return false;
    return schema->type != SCHEMA_OBJECT || schema->values;
}

static void read_type(struct builtin_types *types, const struct group *group,
                      const char *const *lines)
{
    struct notation_type head = notation_head(types->arena, *lines);
    struct schema *schema = find_type(types, group->alias, head.name);
    schema->atomic = head.atomic;
    schema->definition = arena_printf(types->arena, "%s.%s", group->package, head.name);
    size_t count = 0, at = 0;
    struct notation_field *fields = notation_fields(types->arena, lines, &count);
    struct schema_property *properties =
        arena_alloc(types->arena, (count + 3) * sizeof *properties);
    if (head.kind)
        at = add_kind(types, properties);
    for (size_t i = 0; i < count; i++) {
        struct schema_property *property = &properties[at++];
        property->name = fields[i].name;
        property->required = fields[i].required;
        property->non_empty = fields[i].required && !fields[i].keep_empty;
        property->pointer = fields[i].keep_empty;
        property->schema = schema_of(types, group, &fields[i]);
        property->omit_empty = omits_empty(&fields[i], property->schema);
    }
    qsort(properties, at, sizeof *properties, by_name);
    schema->properties = properties;
    schema->property_count = at;
}

typedef void visit_fn(struct builtin_types *types, const struct group *group,
                      const char *const *lines);

static void each_type(struct builtin_types *types, visit_fn *visit)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        for (const char *const *const *table = groups[i].tables; *table; table++) {
            for (const char *const *at = *table; at; at = notation_next(at))
                visit(types, &groups[i], at);
        }
    }
}

static void name_type(struct builtin_types *types, const struct group *group,
                      const char *const *lines)
{
    struct notation_type head = notation_head(types->arena, *lines);
    char *name = arena_printf(types->arena, "%s.%s", group->alias, head.name);
    struct schema *schema = arena_alloc(types->arena, sizeof *schema);
    schema->type = SCHEMA_OBJECT;
    void *former = map_put(&types->by_name, name, schema);
    assert(!former);
}

static void finish_variants(struct builtin_types *types)
{
    for (struct variant *at = types->variants; at; at = at->next) {
        *at->schema = *at->of;
        at->schema->fallback = at->fallback;
        at->schema->patch_strategy = at->patch_strategy;
    }
}

struct builtin_types *builtin_types_new(void)
{
    struct builtin_types *types = xcalloc(1, sizeof *types);
    types->arena = arena_new();
    map_init_borrowed(&types->by_name, 0);
    each_type(types, name_type);
    types->object_meta = map_get(&types->by_name, "meta.ObjectMeta");
    each_type(types, read_type);
    finish_variants(types);
    return types;
}

void builtin_types_free(struct builtin_types **types)
{
    if (!*types)
        return;
    map_fini(&(*types)->by_name);
    arena_free(&(*types)->arena);
    free(*types);
    *types = NULL;
}

const struct schema *builtin_schema(const struct builtin_types *types,
                                    const char *group, const char *version,
                                    const char *kind)
{
    if (strcmp(version, "v1") != 0)
        return NULL;
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (groups[i].name && strcmp(groups[i].name, group) == 0)
            return find_type(types, groups[i].alias, kind);
    }
    return NULL;
}

const struct schema *builtin_object_meta(const struct builtin_types *types)
{
    return types->object_meta;
}
