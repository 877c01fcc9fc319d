#include "test/apiserver/apply/field_set_json.h"

#include <string.h>

enum {
    ELEMENT_MAX = 1 << 20,
};

/* ---- reading */

/* An object that holds no element stands for its own membership, with or without "." */
static bool read_level(struct arena *arena, const cJSON *fields,
                       const struct field_set **set, bool *member)
{
    struct field_set level = {0};
    *member = false;
    if (!cJSON_IsObject(fields))
        return false;
    json_each (field, fields) {
        struct field_element element;
        const struct field_set *below;
        bool known, is_member;
        if (strcmp(field->string, ".") == 0) {
            *member = true;
            continue;
        }
        if (!field_element_read(arena, field->string, &element, &known))
            return false;
        if (!known)
            continue;
        if (!read_level(arena, field, &below, &is_member))
            return false;
        field_set_add(arena, &level, element, is_member, below);
    }
    *set = field_set_finish(arena, &level);
    *member |= !*set;
    return true;
}

bool field_set_read(struct arena *arena, const cJSON *fields,
                    const struct field_set **set)
{
    bool unused;
    return read_level(arena, fields, set, &unused);
}

/* ---- printing */

static void print_level(struct strbuf *name, cJSON *fields, const struct field_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct field_node *node = &set->nodes[i];
        strbuf_reset(name);
        field_element_print(name, &node->element);
        cJSON *field = json_add(fields, json_object(), name->text);
        if (!node->below)
            continue;
        if (node->member)
            json_add(field, json_object(), ".");
        print_level(name, field, node->below);
    }
}

cJSON *field_set_json(const struct field_set *set)
{
    cJSON *fields = json_object();
    struct strbuf name;
    strbuf_init(&name, ELEMENT_MAX);
    if (set)
        print_level(&name, fields, set);
    strbuf_fini(&name);
    return fields;
}
