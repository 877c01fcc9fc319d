#include "test/apiserver/schema/quantity.h"
#include "test/apiserver/schema/schema_check.h"

#include <math.h>
#include <string.h>

/* A walk over an object and its schema. Custom resources are checked by rules, the
 * types of built-in ones as decoding into Go structs does. */
struct walk {
    struct faults *faults;
    const struct schema *owner; /* the definition that the value is a field of */
    bool lenient;               /* in a status: nothing is required */
    const cJSON *former;        /* the value before an update; NULL: new */
};

static const char *type_name(const cJSON *value)
{
    if (cJSON_IsNumber(value))
        return floor(value->valuedouble) == value->valuedouble ? "integer" : "number";
    return cJSON_IsString(value)   ? "string"
           : cJSON_IsBool(value)   ? "boolean"
           : cJSON_IsArray(value)  ? "array"
           : cJSON_IsObject(value) ? "object"
                                   : "null";
}

static const char *wanted_name(enum schema_type type)
{
    static const char *const names[] = {
        [SCHEMA_ANY] = "any",         [SCHEMA_OBJECT] = "object",
        [SCHEMA_ARRAY] = "array",     [SCHEMA_STRING] = "string",
        [SCHEMA_INTEGER] = "integer", [SCHEMA_NUMBER] = "number",
        [SCHEMA_BOOLEAN] = "boolean", [SCHEMA_INT_OR_STRING] = "integer,string",
    };
    return names[type];
}

static bool is_integer(const cJSON *value)
{
    return cJSON_IsNumber(value) && floor(value->valuedouble) == value->valuedouble;
}

static bool has_type(const struct schema *schema, const cJSON *value)
{
    switch (schema->type) {
    case SCHEMA_OBJECT:
        return cJSON_IsObject(value);
    case SCHEMA_ARRAY:
        return cJSON_IsArray(value);
    case SCHEMA_STRING:
        return cJSON_IsString(value);
    case SCHEMA_INTEGER:
        return is_integer(value);
    case SCHEMA_NUMBER:
        return cJSON_IsNumber(value);
    case SCHEMA_BOOLEAN:
        return cJSON_IsBool(value);
    case SCHEMA_INT_OR_STRING:
        return cJSON_IsString(value) || is_integer(value);
    case SCHEMA_ANY:
    default:
        return true;
    }
}

static const char *short_definition(const struct schema *schema)
{
    const char *dot =
        schema && schema->definition ? strrchr(schema->definition, '.') : NULL;
    return dot ? dot + 1 : "";
}

static void print_go_type(struct strbuf *out, const struct schema *schema)
{
    if (schema->items) {
        strbuf_adds(out, "[]");
        print_go_type(out, schema->items);
    } else if (schema->values) {
        strbuf_adds(out, "map[string]");
        print_go_type(out, schema->values);
    } else if (schema->definition) {
        strbuf_addf(out, "v1.%s", short_definition(schema));
    } else if (schema->type == SCHEMA_INTEGER) {
        strbuf_adds(out, schema->format);
    } else {
        strbuf_adds(out, schema->type == SCHEMA_BOOLEAN ? "bool" : "string");
    }
}

/* Members only: decoding does not say which item or key. */
static void print_go_path(struct strbuf *out, const struct schema_path *path)
{
    if (!path->parent)
        return;
    print_go_path(out, path->parent);
    if (path->name && !path->bracket)
        strbuf_addf(out, ".%s", path->name);
}

static void refuse_decoding(const struct walk *walk, const struct schema *schema,
                            const cJSON *value, const struct schema_path *path)
{
    struct strbuf text;
    strbuf_init(&text, SCHEMA_PATH_MAX);
    strbuf_adds(&text, cJSON_IsBool(value)     ? "bool"
                       : cJSON_IsNumber(value) ? "number"
                                               : type_name(value));
    if (cJSON_IsNumber(value) && schema->type == SCHEMA_INTEGER) {
        strbuf_addc(&text, ' ');
        schema_print_value(&text, value);
    }
    strbuf_addf(&text, " into Go struct field %s", short_definition(walk->owner));
    print_go_path(&text, path);
    strbuf_adds(&text, " of type ");
    print_go_type(&text, schema);
    faults_undecodable(walk->faults, "json: cannot unmarshal %s", text.text);
    strbuf_fini(&text);
}

static void refuse_type(const struct walk *walk, const struct schema *schema,
                        const cJSON *value, const struct schema_path *path)
{
    if (!schema->openapi) {
        refuse_decoding(walk, schema, value, path);
        return;
    }
    struct strbuf field;
    strbuf_init(&field, SCHEMA_PATH_MAX);
    schema_path_print(&field, path);
    faults_add(walk->faults, "TypeInvalid", path,
               "Invalid value: \"%s\": %s in body must be of type %s: \"%s\"",
               type_name(value), field.text, wanted_name(schema->type),
               type_name(value));
    if (schema->type == SCHEMA_INTEGER && cJSON_IsNumber(value))
        faults_add_nowhere(walk->faults,
                           "Invalid value: \"\": Checked value must be of type integer "
                           "(default format) in %s",
                           field.text);
    strbuf_fini(&field);
}

static bool fits_int32(const struct schema *schema, const cJSON *value)
{
    return schema->type != SCHEMA_INTEGER || !schema->format ||
           strcmp(schema->format, "int32") != 0 ||
           (value->valuedouble >= INT32_MIN && value->valuedouble <= INT32_MAX);
}

static void check_quantity(const struct walk *walk, const cJSON *value)
{
    struct strbuf text;
    struct quantity quantity;
    strbuf_init(&text, SCHEMA_PATH_MAX);
    if (cJSON_IsString(value))
        strbuf_adds(&text, value->valuestring);
    else
        json_print(&text, value);
    if (!api_quantity_parse(text.text, &quantity))
        faults_undecodable(walk->faults,
                           "quantities must match the regular expression "
                           "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    strbuf_fini(&text);
}

/* False: the value has the wrong type, and what is below it is not looked at. */
static bool check_type(const struct walk *walk, const struct schema *schema,
                       const cJSON *value, const struct schema_path *path)
{
    if (schema->type == SCHEMA_INT_OR_STRING && schema->format &&
        strcmp(schema->format, "quantity") == 0) {
        check_quantity(walk, value);
        return true;
    }
    if (!has_type(schema, value)) {
        refuse_type(walk, schema, value, path);
        return false;
    }
    if (fits_int32(schema, value))
        return true;
    struct strbuf field;
    strbuf_init(&field, SCHEMA_PATH_MAX);
    schema_path_print(&field, path);
    if (!schema->openapi)
        refuse_decoding(walk, schema, value, path);
    else
        faults_add_nowhere(walk->faults,
                           "Invalid value: \"\": Checked value must be of type integer "
                           "with format int32 in %s",
                           field.text);
    strbuf_fini(&field);
    return true;
}

static void validate(struct walk walk, const struct schema *schema, const cJSON *value,
                     const struct schema_path *path);

static bool is_missing(const struct schema_property *property, const cJSON *member)
{
    if (!member || cJSON_IsNull(member))
        return !(member && property->schema->nullable) &&
               (property->schema->openapi || property->schema->type != SCHEMA_BOOLEAN);
    if (!property->non_empty)
        return false;
    return (cJSON_IsString(member) && !*member->valuestring) ||
           (cJSON_IsArray(member) && !member->child);
}

static void check_required(const struct walk *walk, const struct schema *schema,
                           const cJSON *object, const struct schema_path *path)
{
    for (size_t i = 0; i < schema->property_count && !walk->lenient; i++) {
        const struct schema_property *property = &schema->properties[i];
        if (!property->required)
            continue;
        const struct schema_path here = {.parent = path, .name = property->name};
        if (is_missing(property, json_at(object, property->name)))
            faults_add(walk->faults, "Required", &here, "Required value");
    }
}

static void validate_object(struct walk walk, const struct schema *schema,
                            const cJSON *object, const struct schema_path *path)
{
    check_required(&walk, schema, object, path);
    if (schema->definition)
        walk.owner = schema;
    json_each (member, object) {
        const struct schema *below = schema_member(schema, member->string);
        if (!below)
            continue;
        struct walk inner = walk;
        inner.former = json_at(walk.former, member->string);
        inner.lenient |=
            !path->parent && strcmp(member->string, "status") == 0 && !schema->openapi;
        const struct schema_path here = {.parent = path,
                                         .name = member->string,
                                         .bracket = below == schema->values &&
                                                    !schema->openapi};
        validate(inner, below, member, &here);
    }
}

static bool holds(struct walk walk, const struct schema *schema, const cJSON *value,
                  const struct schema_path *path)
{
    struct faults faults;
    faults_init(&faults, NULL);
    faults.quiet = true;
    walk.faults = &faults;
    validate(walk, schema, value, path);
    bool held = !faults.count;
    cJSON *refusal = NULL;
    bool clean = faults_end(&faults, &refusal);
    json_free(refusal);
    return held && clean;
}

static void check_any(const struct walk *walk, const struct schema_rules *rules,
                      const cJSON *value, const struct schema_path *path,
                      const char *field)
{
    for (const struct schema *const *at = rules->any_of; at && *at; at++) {
        if (holds(*walk, *at, value, path))
            return;
    }
    if (!rules->any_of)
        return;
    faults_add_nowhere(
        walk->faults,
        "Invalid value: \"\": \"%s\" must validate at least one schema (anyOf)", field);
    validate(*walk, rules->any_of[0], value, path);
}

static void check_one(const struct walk *walk, const struct schema_rules *rules,
                      const cJSON *value, const struct schema_path *path,
                      const char *field)
{
    size_t held = 0;
    for (const struct schema *const *at = rules->one_of; at && *at; at++)
        held += holds(*walk, *at, value, path);
    if (!rules->one_of || held == 1)
        return;
    struct strbuf found;
    strbuf_init(&found, 64);
    if (held)
        strbuf_addf(&found, "Found %zu valid alternatives", held);
    faults_add_nowhere(walk->faults,
                       "Invalid value: \"\": \"%s\" must validate one and only one "
                       "schema (oneOf). %s",
                       field, held ? found.text : "Found none valid");
    strbuf_fini(&found);
}

static void check_all(const struct walk *walk, const struct schema_rules *rules,
                      const cJSON *value, const struct schema_path *path,
                      const char *field)
{
    size_t held = 0, count = 0;
    for (const struct schema *const *at = rules->all_of; at && *at; at++, count++) {
        bool good = holds(*walk, *at, value, path);
        held += good;
        if (!good)
            validate(*walk, *at, value, path);
    }
    if (held < count)
        faults_add_nowhere(
            walk->faults,
            "Invalid value: \"\": \"%s\" must validate all the schemas (allOf).%s",
            field, held ? "" : " None validated");
}

static void check_combinations(const struct walk *walk,
                               const struct schema_rules *rules, const cJSON *value,
                               const struct schema_path *path)
{
    struct strbuf field;
    strbuf_init(&field, SCHEMA_PATH_MAX);
    schema_path_print(&field, path);
    check_any(walk, rules, value, path, field.text);
    check_one(walk, rules, value, path, field.text);
    check_all(walk, rules, value, path, field.text);
    if (rules->not_of && holds(*walk, rules->not_of, value, path))
        faults_add_nowhere(walk->faults,
                           "Invalid value: \"\": \"%s\" must not validate the schema "
                           "(not)",
                           field.text);
    strbuf_fini(&field);
}

static bool has_combinations(const struct schema_rules *rules)
{
    return rules->any_of || rules->one_of || rules->all_of || rules->not_of;
}

/* What was stored before a rule was made may stay as it is (KEP-4008). */
static bool is_ratcheted(const struct walk *walk, const struct schema *schema,
                         const cJSON *value)
{
    return walk->former && schema->openapi && json_equal(walk->former, value);
}

/* The item of the same keys; NULL: none, or the list is no map. */
static const cJSON *former_item(const cJSON *former, const struct schema *schema,
                                const cJSON *item)
{
    if (schema->list != SCHEMA_LIST_MAP)
        return NULL;
    json_each (other, former) {
        bool same = true;
        for (const char *const *key = schema->keys; same && *key; key++) {
            const cJSON *a = json_at(other, *key), *b = json_at(item, *key);
            same = a && b && json_equal(a, b);
        }
        if (same)
            return other;
    }
    return NULL;
}

static void validate(struct walk walk, const struct schema *schema, const cJSON *value,
                     const struct schema_path *path)
{
    if ((cJSON_IsNull(value) && schema->nullable) || is_ratcheted(&walk, schema, value))
        return;
    bool typed = check_type(&walk, schema, value, path);
    if (schema->rules) {
        schema_check_rules(walk.faults, schema->rules, value, path);
        if (has_combinations(schema->rules))
            check_combinations(&walk, schema->rules, value, path);
    }
    if (!typed)
        return;
    if (cJSON_IsObject(value)) {
        validate_object(walk, schema, value, path);
        return;
    }
    if (!cJSON_IsArray(value) || !schema->items)
        return;
    struct schema_path here = {.parent = path};
    json_each (item, value) {
        struct walk inner = walk;
        inner.former = former_item(walk.former, schema, item);
        validate(inner, schema->items, item, &here);
        here.index++;
    }
    if (schema->openapi)
        schema_check_duplicates(walk.faults, schema, value, path);
}

bool schema_validate_update(const struct schema *schema, const cJSON *former,
                            const cJSON *object, cJSON **refusal)
{
    struct faults faults;
    faults_init(&faults, object);
    const struct schema_path root = {0};
    validate((struct walk){.faults = &faults, .former = former}, schema, object, &root);
    return faults_end(&faults, refusal);
}

bool schema_validate(const struct schema *schema, const cJSON *object, cJSON **refusal)
{
    return schema_validate_update(schema, NULL, object, refusal);
}
