#include "test/apiserver/schema/schema.h"

#include <string.h>

static const char REFERENCE[] = "#/components/schemas/";

static const size_t REFERENCE_MAX = 512;

static cJSON *reference_to(const struct schema *schema)
{
    struct strbuf text;
    strbuf_init(&text, REFERENCE_MAX);
    strbuf_addf(&text, "%s%s", REFERENCE, schema->definition);
    cJSON *reference = json_object();
    json_set_str(reference, text.text, "$ref");
    strbuf_fini(&text);
    return reference;
}

static cJSON *expand(const struct schema *schema);

/* OpenAPI allows nothing beside a $ref, so what a field adds stands beside an allOf. */
static cJSON *of_property(const struct schema *schema)
{
    if (!schema->definition || schema->openapi)
        return expand(schema);
    cJSON *field = json_object();
    json_push(json_set(field, json_array(), "allOf"), reference_to(schema));
    json_set(field, json_copy(schema->fallback), "default");
    json_set_str(field, schema->patch_strategy, "x-kubernetes-patch-strategy");
    return field;
}

static cJSON *of_item(const struct schema *schema)
{
    return schema->definition ? reference_to(schema) : expand(schema);
}

static void add_list(cJSON *out, const struct schema *schema)
{
    static const char *const names[] = {[SCHEMA_LIST_ATOMIC] = "atomic",
                                        [SCHEMA_LIST_SET] = "set",
                                        [SCHEMA_LIST_MAP] = "map"};
    json_set_str(out, names[schema->list], "x-kubernetes-list-type");
    if (schema->items)
        json_set(out, of_item(schema->items), "items");
    const char *const *keys = schema->list == SCHEMA_LIST_MAP ? schema->keys : NULL;
    for (const char *const *key = keys; key && *key; key++) {
        cJSON *names_of = json_member(out, "x-kubernetes-list-map-keys");
        if (!names_of)
            names_of = json_set(out, json_array(), "x-kubernetes-list-map-keys");
        json_push(names_of, json_string(*key));
    }
    const char *merge_key = schema->merge_key ? schema->merge_key : keys ? *keys : NULL;
    if (schema->patch_strategy) {
        json_set_str(out, merge_key, "x-kubernetes-patch-merge-key");
        json_set_str(out, schema->patch_strategy, "x-kubernetes-patch-strategy");
    }
}

static void add_object(cJSON *out, const struct schema *schema)
{
    cJSON *required = NULL;
    cJSON *properties = schema->property_count ? json_object() : NULL;
    for (size_t i = 0; i < schema->property_count; i++) {
        const struct schema_property *property = &schema->properties[i];
        json_add(properties, of_property(property->schema), property->name);
        if (property->required) {
            if (!required)
                required = json_set(out, json_array(), "required");
            json_push(required, json_string(property->name));
        }
    }
    json_set(out, properties, "properties");
    if (schema->values)
        json_set(out, of_item(schema->values), "additionalProperties");
    if (schema->atomic)
        json_set_str(out, "atomic", "x-kubernetes-map-type");
}

static void add_type(cJSON *out, const char *list, const char *type)
{
    cJSON *types = json_member(out, list);
    if (!types)
        types = json_set(out, json_array(), list);
    json_set_str(json_push(types, json_object()), type, "type");
}

static void add_scalar(cJSON *out, const struct schema *schema)
{
    static const char *const names[] = {
        [SCHEMA_OBJECT] = "object",    [SCHEMA_ARRAY] = "array",
        [SCHEMA_STRING] = "string",    [SCHEMA_INTEGER] = "integer",
        [SCHEMA_NUMBER] = "number",    [SCHEMA_BOOLEAN] = "boolean",
        [SCHEMA_INT_OR_STRING] = NULL, [SCHEMA_ANY] = NULL,
    };
    json_set_str(out, names[schema->type], "type");
    /* kubectl explain takes a schema without members for a missing one. */
    if (schema->type == SCHEMA_ANY)
        json_set_str(out, "Any JSON value.", "description");
    if (schema->type == SCHEMA_INT_OR_STRING && schema->definition) {
        add_type(out, "oneOf", "string");
        add_type(out, "oneOf", "number");
        return;
    }
    if (schema->type == SCHEMA_INT_OR_STRING) {
        add_type(out, "oneOf", "integer");
        add_type(out, "oneOf", "string");
    }
    json_set_str(out, schema->format, "format");
    json_set(out, json_copy(schema->fallback), "default");
}

/* A custom resource's own words, with what is the same in all of them. */
static cJSON *of_custom(const struct schema *schema)
{
    cJSON *out = json_copy(schema->openapi);
    for (size_t i = 0; schema->embedded && i < schema->property_count; i++) {
        const struct schema_property *property = &schema->properties[i];
        if (!property->schema->openapi)
            json_set(out, of_property(property->schema), "properties", property->name);
    }
    return out;
}

static cJSON *expand(const struct schema *schema)
{
    if (schema->openapi)
        return of_custom(schema);
    cJSON *out = json_object();
    add_scalar(out, schema);
    if (schema->type == SCHEMA_ARRAY)
        add_list(out, schema);
    else if (schema->type == SCHEMA_OBJECT)
        add_object(out, schema);
    return out;
}

cJSON *schema_openapi(const struct schema *schema)
{
    return expand(schema);
}
