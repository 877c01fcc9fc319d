#include "test/apiserver/apply/typed.h"
#include "test/apiserver/apply/typed_items.h"

enum {
    PATH_MAX_BYTES = 1 << 16,
};

struct walk {
    struct arena *arena;
    struct typed_fault *fault; /* NULL: what does not fit is taken as it is */
};

static bool add_value(struct walk *walk, struct field_type type, const cJSON *value,
                      struct field_set *level, struct field_element element,
                      bool member);

/* ---- faults: the path is put together while the walk unwinds */

static bool fail(struct walk *walk, const char *problem)
{
    *walk->fault = (struct typed_fault){"", problem};
    return false;
}

static bool fail_below(struct walk *walk, const struct field_element *element)
{
    struct strbuf step;
    strbuf_init(&step, PATH_MAX_BYTES);
    field_element_describe(&step, element);
    walk->fault->path = arena_printf(walk->arena, "%s%s", step.text, walk->fault->path);
    strbuf_fini(&step);
    return false;
}

static const char *scalar_problem(const struct schema *schema, const cJSON *value)
{
    if (cJSON_IsNull(value))
        return NULL;
    switch (schema->type) {
    case SCHEMA_STRING:
        return cJSON_IsString(value) ? NULL : "expected string";
    case SCHEMA_INTEGER:
    case SCHEMA_NUMBER:
        return cJSON_IsNumber(value) ? NULL : "expected numeric (int or float)";
    case SCHEMA_BOOLEAN:
        return cJSON_IsBool(value) ? NULL : "expected boolean";
    case SCHEMA_ANY:
    case SCHEMA_INT_OR_STRING:
    case SCHEMA_OBJECT:
    case SCHEMA_ARRAY:
    default:
        return cJSON_IsObject(value) || cJSON_IsArray(value) ? "expected any scalar"
                                                             : NULL;
    }
}

static const char *kind_problem(struct field_type type, enum typed_kind kind,
                                const cJSON *value)
{
    if (kind == TYPED_SCALAR)
        return scalar_problem(type.schema, value);
    if (cJSON_IsNull(value))
        return NULL;
    if (kind == TYPED_MAP)
        return cJSON_IsObject(value) ? NULL : "expected map";
    return cJSON_IsArray(value) ? NULL : "expected list";
}

/* ---- maps and lists */

static bool add_members(struct walk *walk, struct field_type type, const cJSON *map,
                        struct field_set *level)
{
    if (!cJSON_IsObject(map))
        return true;
    json_each (member, map) {
        struct field_element element = field_name(member->string);
        struct field_type member_type;
        bool declared;
        if (!typed_member(type, member->string, &member_type, &declared) &&
            walk->fault) {
            (void)fail(walk, "field not declared in schema");
            return fail_below(walk, &element);
        }
        bool empty = cJSON_IsNull(member) || (cJSON_IsObject(member) && !member->child);
        if (!add_value(walk, member_type, member, level, element, empty || !declared))
            return fail_below(walk, &element);
    }
    return true;
}

static bool add_items(struct walk *walk, struct field_type type, const cJSON *list,
                      struct field_set *level)
{
    struct typed_items items;
    if (!typed_items_read(walk->arena, type, list, &items) && walk->fault)
        return fail(walk, items.problem);
    for (size_t i = 0; i < items.count; i++) {
        const struct typed_entry *entry = &items.entries[i];
        if (entry->duplicate) {
            field_set_add(walk->arena, level, entry->element, true, NULL);
        } else if (!add_value(walk, typed_item(type), entry->value, level,
                              entry->element, true)) {
            return fail_below(walk, &entry->element);
        }
    }
    return true;
}

/* What is owned as one value is still checked to its end. */
static bool check_below(struct walk *walk, struct field_type type, enum typed_kind kind,
                        const cJSON *value)
{
    struct field_set unused = {0};
    long index = 0;
    if (!walk->fault || kind == TYPED_SCALAR)
        return true;
    if (kind == TYPED_MAP)
        return add_members(walk, type, value, &unused);
    json_each (item, value) {
        struct field_element at = {.kind = FIELD_INDEX, .index = index++};
        if (!add_value(walk, typed_item(type), item, &unused, at, true))
            return fail_below(walk, &at);
    }
    return true;
}

static bool add_value(struct walk *walk, struct field_type type, const cJSON *value,
                      struct field_set *level, struct field_element element,
                      bool member)
{
    enum typed_kind kind = typed_kind(type, value);
    struct field_set below = {0};
    const char *problem = walk->fault ? kind_problem(type, kind, value) : NULL;
    if (problem)
        return fail(walk, problem);
    if (typed_atomic(type, kind)) {
        field_set_add(walk->arena, level, element, true, NULL);
        return check_below(walk, type, kind, value);
    }
    if (!(kind == TYPED_MAP ? add_members(walk, type, value, &below)
                            : add_items(walk, type, value, &below)))
        return false;
    const struct field_set *set = field_set_finish(walk->arena, &below);
    if (member || set)
        field_set_add(walk->arena, level, element, member, set);
    return true;
}

bool typed_set(struct arena *arena, struct field_type type, const cJSON *value,
               const struct field_set **set, struct typed_fault *fault)
{
    struct walk walk = {arena, fault};
    struct field_set level = {0};
    if (!add_members(&walk, type, value, &level))
        return false;
    *set = field_set_finish(arena, &level);
    return true;
}

/* ---- fields on the way */

const struct field_set *typed_with_fields(struct arena *arena, struct field_type type,
                                          const struct field_set *set)
{
    struct field_set level = {0};
    for (size_t i = 0; set && i < set->count; i++) {
        const struct field_node *node = &set->nodes[i];
        struct field_type below = typed_item(type);
        bool declared = false;
        if (node->element.kind == FIELD_NAME)
            (void)typed_member(type, node->element.name, &below, &declared);
        field_set_add(arena, &level, node->element, node->member || declared,
                      typed_with_fields(arena, below, node->below));
    }
    return field_set_finish(arena, &level);
}
