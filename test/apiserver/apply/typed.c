#include "test/apiserver/apply/typed.h"

#include <string.h>

static const struct schema deduced = {.type = SCHEMA_ANY};

enum typed_kind typed_kind(struct field_type type, const cJSON *value)
{
    switch (type.schema->type) {
    case SCHEMA_OBJECT:
        return TYPED_MAP;
    case SCHEMA_ARRAY:
        return TYPED_LIST;
    case SCHEMA_ANY:
        if (cJSON_IsArray(value))
            return TYPED_LIST;
        return !value || cJSON_IsObject(value) || cJSON_IsNull(value) ? TYPED_MAP
                                                                      : TYPED_SCALAR;
    case SCHEMA_STRING:
    case SCHEMA_INTEGER:
    case SCHEMA_NUMBER:
    case SCHEMA_BOOLEAN:
    case SCHEMA_INT_OR_STRING:
    default:
        return TYPED_SCALAR;
    }
}

bool typed_atomic(struct field_type type, enum typed_kind kind)
{
    switch (kind) {
    case TYPED_MAP:
        return type.schema->atomic;
    case TYPED_LIST:
        return type.schema->type != SCHEMA_ARRAY || !type.schema->items ||
               type.schema->list == SCHEMA_LIST_ATOMIC;
    case TYPED_SCALAR:
    default:
        return true;
    }
}

static const struct schema_property *find_property(const struct schema *schema,
                                                   const char *name)
{
    size_t from = 0, to = schema->property_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strcmp(schema->properties[middle].name, name);
        if (order == 0)
            return &schema->properties[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

bool typed_member(struct field_type type, const char *name, struct field_type *member,
                  bool *declared)
{
    const struct schema *schema = type.schema;
    const struct schema_property *property = find_property(schema, name);
    bool preserve = type.preserve || schema->preserve_unknown;
    *declared = property != NULL;
    *member = (struct field_type){property         ? property->schema
                                  : schema->values ? schema->values
                                                   : &deduced,
                                  preserve};
    return property || schema->values || preserve || schema->property_count == 0;
}

struct field_type typed_item(struct field_type type)
{
    bool preserve = type.preserve || type.schema->preserve_unknown;
    return (struct field_type){type.schema->items ? type.schema->items : &deduced,
                               preserve};
}

/* ---- items of lists */

static const cJSON *key_value(const struct schema *items, const cJSON *item,
                              const char *key)
{
    const cJSON *value = json_at(item, key);
    if (value)
        return value;
    const struct schema_property *property = find_property(items, key);
    return property ? property->schema->fallback : NULL;
}

static bool key_element(struct arena *arena, struct field_type type, const cJSON *item,
                        struct field_element *element, const char **problem)
{
    size_t count = 0, at = 0;
    if (!cJSON_IsObject(item)) {
        *problem = cJSON_IsNull(item)
                       ? "associative list with keys may not have a null element"
                       : "associative list with keys may not have non-map elements";
        return false;
    }
    while (type.schema->keys[count])
        count++;
    struct field_key *keys = arena_alloc(arena, (count + 1) * sizeof *keys);
    for (size_t i = 0; i < count; i++) {
        const char *name = type.schema->keys[i];
        const cJSON *value = key_value(type.schema->items, item, name);
        if (value)
            keys[at++] = (struct field_key){name, value};
    }
    if (!at) {
        *problem = arena_printf(
            arena,
            "associative list with keys has an element that omits all key fields "
            "[\"%s\"%s (and doesn't have default values for any key fields)",
            count ? type.schema->keys[0] : "", count > 1 ? " ...]" : "]");
        return false;
    }
    field_keys_sort(keys, at);
    *element = (struct field_element){.kind = FIELD_KEY, .key_count = at, .keys = keys};
    return true;
}

bool typed_item_element(struct arena *arena, struct field_type type, const cJSON *item,
                        struct field_element *element, const char **problem)
{
    if (type.schema->list == SCHEMA_LIST_MAP)
        return key_element(arena, type, item, element, problem);
    if (cJSON_IsObject(item) || cJSON_IsArray(item) || cJSON_IsNull(item)) {
        *problem =
            cJSON_IsObject(item)
                ? "associative list without keys has an element that's a map type"
            : cJSON_IsArray(item)
                ? "not supported: associative list with lists as elements"
                : "associative list without keys has an element that's an "
                  "explicit null";
        return false;
    }
    *element = (struct field_element){.kind = FIELD_VALUE, .value = item};
    return true;
}
