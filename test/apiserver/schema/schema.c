#include "test/apiserver/schema/schema.h"

#include "test/apiserver/schema/quantity.h"
#include "test/apiserver/schema/schema_path.h"

#include <assert.h>
#include <string.h>

static const struct schema_property *find_property(const struct schema *schema,
                                                   const char *name)
{
    size_t low = 0, high = schema->property_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(schema->properties[middle].name, name);
        if (!order)
            return &schema->properties[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct schema *schema_member(const struct schema *schema, const char *name)
{
    const struct schema_property *property = find_property(schema, name);
    return property ? property->schema : schema->values;
}

static bool is_empty(const cJSON *value)
{
    if (cJSON_IsString(value))
        return !*value->valuestring;
    if (cJSON_IsNumber(value))
        return value->valuedouble == 0;
    if (cJSON_IsArray(value) || cJSON_IsObject(value))
        return !value->child;
    return cJSON_IsFalse(value);
}

static void report(cJSON *dropped, const struct schema_path *path)
{
    if (!dropped)
        return;
    struct strbuf text;
    strbuf_init(&text, SCHEMA_PATH_MAX);
    schema_path_print(&text, path);
    json_push(dropped, json_string(text.text));
    strbuf_fini(&text);
}

static bool is_quantity(const struct schema *schema)
{
    return schema->type == SCHEMA_INT_OR_STRING && schema->format &&
           strcmp(schema->format, "quantity") == 0;
}

/* Decoding writes quantities anew; what is none is left for validation. */
static void canonicalize(cJSON *object, cJSON *member)
{
    struct strbuf text;
    struct quantity quantity;
    strbuf_init(&text, SCHEMA_PATH_MAX);
    if (cJSON_IsString(member))
        strbuf_adds(&text, member->valuestring);
    else
        json_print(&text, member);
    if (!text.overflow && api_quantity_parse(text.text, &quantity)) {
        strbuf_reset(&text);
        api_quantity_print(&text, quantity);
        if (!cJSON_IsString(member) || strcmp(member->valuestring, text.text) != 0)
            json_replace(object, member, json_string(text.text));
    }
    strbuf_fini(&text);
}

static void prune(const struct schema *schema, cJSON *value, cJSON *dropped,
                  const struct schema_path *path);

static bool stays(const struct schema *schema, const struct schema_property *property,
                  const cJSON *member, cJSON *dropped, const struct schema_path *path)
{
    if (!property) {
        if (schema->values || schema->preserve_unknown)
            return true;
        report(dropped, path);
        return false;
    }
    assert(property->schema);
    /* null is as good as absent where it is not allowed. */
    if (cJSON_IsNull(member))
        return property->schema->nullable || property->schema->type == SCHEMA_ANY;
    return !(property->omit_empty && is_empty(member));
}

static void prune_object(const struct schema *schema, cJSON *object, cJSON *dropped,
                         const struct schema_path *path)
{
    for (cJSON *member = object->child, *next = NULL; member; member = next) {
        next = member->next;
        const struct schema_property *property = find_property(schema, member->string);
        struct schema_path here = {.parent = path,
                                   .name = member->string,
                                   .bracket = !property && schema->values};
        const struct schema *below = property ? property->schema : schema->values;
        if (below)
            prune(below, member, dropped, &here);
        if (!stays(schema, property, member, dropped, &here))
            json_free(json_take(object, member));
        else if (below && is_quantity(below))
            canonicalize(object, member);
    }
}

static void prune(const struct schema *schema, cJSON *value, cJSON *dropped,
                  const struct schema_path *path)
{
    if (schema->type == SCHEMA_ARRAY && cJSON_IsArray(value)) {
        struct schema_path here = {.parent = path};
        for (cJSON *item = value->child; item && schema->items; item = item->next) {
            prune(schema->items, item, dropped, &here);
            here.index++;
        }
    }
    if (cJSON_IsObject(value) &&
        (schema->type == SCHEMA_OBJECT || schema->property_count))
        prune_object(schema, value, dropped, path);
}

void schema_prune(const struct schema *schema, cJSON *object, cJSON *dropped)
{
    const struct schema_path root = {0};
    prune(schema, object, dropped, &root);
}

/* The member is not there, or is a null that counts as that. */
static bool is_unset(const struct schema *schema, cJSON *object, const char *name)
{
    cJSON *member = json_member(object, name);
    if (!member)
        return true;
    if (!cJSON_IsNull(member) || schema->nullable)
        return false;
    json_free(json_take(object, member));
    return true;
}

static void default_object(const struct schema *schema, cJSON *object)
{
    for (size_t i = 0; i < schema->property_count; i++) {
        const struct schema_property *property = &schema->properties[i];
        if (property->schema->fallback &&
            is_unset(property->schema, object, property->name))
            json_add(object, json_copy(property->schema->fallback), property->name);
    }
    for (cJSON *member = object->child; member; member = member->next) {
        const struct schema *below = schema_member(schema, member->string);
        if (below)
            schema_default(below, member);
    }
}

void schema_default(const struct schema *schema, cJSON *object)
{
    if (cJSON_IsArray(object) && schema->items) {
        for (cJSON *item = object->child; item; item = item->next)
            schema_default(schema->items, item);
    } else if (cJSON_IsObject(object)) {
        default_object(schema, object);
    }
}
