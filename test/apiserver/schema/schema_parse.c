#include "test/apiserver/schema/schema.h"

#include "test/apiserver/schema/schema_path.h"
#include "test/apiserver/schema/schema_rules.h"

#include <stdlib.h>
#include <string.h>

struct parse {
    struct arena *arena;
    const struct schema *object_meta;
    struct err *err;
};

/* What a schema may say; the rest is refused, for to ignore it would be to promise it.
 */
static const char *const keywords[] = {
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "description",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
};

static const struct {
    const char *name;
    enum schema_type type;
} types[] = {
    {"object", SCHEMA_OBJECT},   {"array", SCHEMA_ARRAY},   {"string", SCHEMA_STRING},
    {"integer", SCHEMA_INTEGER}, {"number", SCHEMA_NUMBER}, {"boolean", SCHEMA_BOOLEAN},
};

static bool refuse(const struct parse *parse, const struct schema_path *path,
                   const char *what, const char *value)
{
    struct strbuf text;
    strbuf_init(&text, SCHEMA_PATH_MAX);
    schema_path_print(&text, path);
    err_set(parse->err, ERR_INVALID, "schema of %s: %s \"%s\" is not understood",
            text.len ? text.text : "the object", what, value);
    strbuf_fini(&text);
    return false;
}

static bool known_keyword(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(keywords[i], name) == 0)
            return true;
    }
    return false;
}

static bool read_type(const struct parse *parse, struct schema *schema,
                      const struct schema_path *path)
{
    const char *name = json_str(schema->openapi, "type");
    if (json_bool(schema->openapi, false, "x-kubernetes-int-or-string")) {
        schema->type = SCHEMA_INT_OR_STRING;
        return true;
    }
    if (!name)
        return true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name) == 0) {
            schema->type = types[i].type;
            return true;
        }
    }
    return refuse(parse, path, "type", name);
}

static bool read_list(const struct parse *parse, struct schema *schema,
                      const struct schema_path *path)
{
    const char *type = json_str_or(schema->openapi, "atomic", "x-kubernetes-list-type");
    if (strcmp(type, "set") == 0)
        schema->list = SCHEMA_LIST_SET;
    else if (strcmp(type, "map") == 0)
        schema->list = SCHEMA_LIST_MAP;
    else if (strcmp(type, "atomic") != 0)
        return refuse(parse, path, "list type", type);
    const cJSON *keys = json_at(schema->openapi, "x-kubernetes-list-map-keys");
    const char **names =
        arena_alloc(parse->arena, (json_count(keys) + 1) * sizeof *names);
    size_t count = 0;
    json_each (key, keys) {
        if (cJSON_IsString(key))
            names[count++] = key->valuestring;
    }
    schema->keys = names;
    if (schema->list == SCHEMA_LIST_MAP && !count)
        return refuse(parse, path, "list type", "map without keys");
    return true;
}

static const struct schema *parse_schema(const struct parse *parse,
                                         const cJSON *openapi,
                                         const struct schema_path *path);

static bool is_required(const cJSON *openapi, const char *name)
{
    json_each (item, json_at(openapi, "required")) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0)
            return true;
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct schema_property *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* What every whole object has, whatever its schema says of it. */
static bool is_envelope(const char *name)
{
    return strcmp(name, "apiVersion") == 0 || strcmp(name, "kind") == 0 ||
           strcmp(name, "metadata") == 0;
}

static size_t add_envelope(const struct parse *parse,
                           struct schema_property *properties)
{
    static const struct schema string = {.type = SCHEMA_STRING};
    properties[0] = (struct schema_property){.name = "apiVersion", .schema = &string};
    properties[1] = (struct schema_property){.name = "kind", .schema = &string};
    properties[2] =
        (struct schema_property){.name = "metadata", .schema = parse->object_meta};
    return 3;
}

/* What is required need not be described. */
static void require_undescribed(struct schema_property *properties, size_t *count,
                                const cJSON *required)
{
    static const struct schema any = {.type = SCHEMA_ANY, .preserve_unknown = true};
    size_t described = *count;
    json_each (item, required) {
        bool found = !cJSON_IsString(item);
        for (size_t i = 0; i < described && !found; i++)
            found = strcmp(properties[i].name, item->valuestring) == 0;
        if (!found)
            properties[(*count)++] = (struct schema_property){
                .name = item->valuestring, .schema = &any, .required = true};
    }
}

static bool read_properties(const struct parse *parse, struct schema *schema,
                            const struct schema_path *path)
{
    const cJSON *source = json_at(schema->openapi, "properties");
    const cJSON *required = json_at(schema->openapi, "required");
    size_t room = json_count(source) + json_count(required) + 3, count = 0;
    struct schema_property *properties =
        arena_alloc(parse->arena, room * sizeof *properties);
    if (schema->embedded)
        count = add_envelope(parse, properties);
    json_each (item, source) {
        if (schema->embedded && is_envelope(item->string))
            continue;
        struct schema_path here = {.parent = path, .name = item->string};
        struct schema_property *property = &properties[count++];
        property->name = item->string;
        property->required = is_required(schema->openapi, item->string);
        property->schema = parse_schema(parse, item, &here);
        if (!property->schema)
            return false;
    }
    require_undescribed(properties, &count, required);
    if (count)
        qsort(properties, count, sizeof *properties, by_name);
    schema->properties = properties;
    schema->property_count = count;
    return true;
}

/* `additionalProperties: true` is any value, and so is that of a map of nothing. */
static bool read_values(const struct parse *parse, struct schema *schema,
                        const struct schema_path *path)
{
    static const struct schema any = {.type = SCHEMA_ANY, .preserve_unknown = true};
    const cJSON *values = json_at(schema->openapi, "additionalProperties");
    if (cJSON_IsTrue(values))
        schema->values = &any;
    if (!cJSON_IsObject(values))
        return true;
    struct schema_path here = {.parent = path, .name = "*", .bracket = true};
    schema->values = parse_schema(parse, values, &here);
    return schema->values;
}

static bool read_items(const struct parse *parse, struct schema *schema,
                       const struct schema_path *path)
{
    const cJSON *items = json_at(schema->openapi, "items");
    if (!cJSON_IsObject(items))
        return true;
    struct schema_path here = {.parent = path, .name = "*", .bracket = true};
    schema->items = parse_schema(parse, items, &here);
    return schema->items;
}

static struct schema *new_schema(const struct parse *parse, const cJSON *openapi)
{
    struct schema *schema = arena_alloc(parse->arena, sizeof *schema);
    *schema = (struct schema){
        .openapi = openapi,
        .fallback = json_at(openapi, "default"),
        .format = json_str(openapi, "format"),
        .nullable = json_bool(openapi, false, "nullable"),
        .embedded = json_bool(openapi, false, "x-kubernetes-embedded-resource"),
        .preserve_unknown =
            json_bool(openapi, false, "x-kubernetes-preserve-unknown-fields"),
        .atomic =
            strcmp(json_str_or(openapi, "", "x-kubernetes-map-type"), "atomic") == 0,
    };
    return schema;
}

static bool read_schemas(const struct parse *parse, const cJSON *array,
                         const struct schema *const **list,
                         const struct schema_path *path)
{
    if (!json_count(array))
        return true;
    const struct schema **schemas =
        arena_alloc(parse->arena, (json_count(array) + 1) * sizeof(struct schema *));
    size_t count = 0;
    json_each (item, array) {
        schemas[count] = parse_schema(parse, item, path);
        if (!schemas[count++])
            return false;
    }
    *list = schemas;
    return true;
}

static bool read_rules(const struct parse *parse, struct schema *schema,
                       const struct schema_path *path)
{
    const cJSON *openapi = schema->openapi;
    struct schema_rules *rules = schema_rules_parse(parse->arena, openapi, parse->err);
    if (!rules) {
        struct strbuf text;
        strbuf_init(&text, SCHEMA_PATH_MAX);
        schema_path_print(&text, path);
        err_wrap(parse->err, "schema of %s", text.len ? text.text : "the object");
        strbuf_fini(&text);
        return false;
    }
    schema->rules = rules;
    const cJSON *negated = json_at(openapi, "not");
    if (negated)
        rules->not_of = parse_schema(parse, negated, path);
    return (!negated || rules->not_of) &&
           read_schemas(parse, json_at(openapi, "allOf"), &rules->all_of, path) &&
           read_schemas(parse, json_at(openapi, "anyOf"), &rules->any_of, path) &&
           read_schemas(parse, json_at(openapi, "oneOf"), &rules->one_of, path);
}

static bool fill(const struct parse *parse, struct schema *schema,
                 const struct schema_path *path)
{
    json_each (item, schema->openapi) {
        if (!known_keyword(item->string))
            return refuse(parse, path, "keyword", item->string);
    }
    return read_type(parse, schema, path) && read_list(parse, schema, path) &&
           read_properties(parse, schema, path) && read_values(parse, schema, path) &&
           read_items(parse, schema, path) && read_rules(parse, schema, path);
}

static const struct schema *parse_schema(const struct parse *parse,
                                         const cJSON *openapi,
                                         const struct schema_path *path)
{
    struct schema *schema = new_schema(parse, openapi);
    return fill(parse, schema, path) ? schema : NULL;
}

const struct schema *schema_parse(struct arena *arena, const cJSON *openapi,
                                  const struct schema *object_meta, struct err *err)
{
    const struct parse parse = {.arena = arena, .object_meta = object_meta, .err = err};
    const struct schema_path root = {0};
    if (!cJSON_IsObject(openapi)) {
        err_set(err, ERR_INVALID, "openAPIV3Schema is no object");
        return NULL;
    }
    struct schema *schema = new_schema(&parse, openapi);
    schema->embedded = true;
    return fill(&parse, schema, &root) ? schema : NULL;
}
