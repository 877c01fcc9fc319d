#include "test/apiserver/apply/managed_write.h"

#include <string.h>

/* ---- fields that are not owned */

static const struct field_set *set_of(struct arena *arena,
                                      const char *const (*paths)[3])
{
    const struct field_set *set = NULL;
    for (; (*paths)[0]; paths++)
        set = field_set_union(arena, set, field_set_of_names(arena, *paths));
    return set;
}

const struct field_set *
managed_reset_fields(struct arena *arena, const struct managed_apply_options *options)
{
    static const char *const status[][3] = {{"status"}, {NULL}};
    static const char *const custom[][3] = {{"metadata"}, {"spec"}, {NULL}};
    static const char *const builtin[][3] = {{"spec"}, {NULL}};
    static const char *const deployment[][3] = {
        {"spec"}, {"metadata", "labels"}, {NULL}};
    static const char *const pod[][3] = {{"spec"},
                                         {"metadata", "deletionTimestamp"},
                                         {"metadata", "ownerReferences"},
                                         {NULL}};
    const struct schema *schema = options->schema;
    const char *subresource = options->write.subresource;
    const char *definition = schema->definition ? schema->definition : "";
    if (!*subresource)
        return options->has_status ? set_of(arena, status) : NULL;
    if (strcmp(subresource, "status") != 0)
        return NULL;
    if (schema->openapi)
        return set_of(arena, custom);
    if (strcmp(definition, "io.k8s.api.apps.v1.Deployment") == 0)
        return set_of(arena, deployment);
    if (strcmp(definition, "io.k8s.api.core.v1.Pod") == 0)
        return set_of(arena, pod);
    return set_of(arena, builtin);
}

const struct field_set *managed_stripped_fields(struct arena *arena)
{
    static const char *const metadata[] = {
        "clusterName", "creationTimestamp", "generation", "managedFields", "name",
        "namespace",   "resourceVersion",   "selfLink",   "uid",
    };
    struct field_set below = {0}, level = {0};
    for (size_t i = 0; i < sizeof metadata / sizeof *metadata; i++)
        field_set_add(arena, &below, field_name(metadata[i]), true, NULL);
    field_set_add(arena, &level, field_name("apiVersion"), true, NULL);
    field_set_add(arena, &level, field_name("kind"), true, NULL);
    field_set_add(arena, &level, field_name("metadata"), true,
                  field_set_finish(arena, &below));
    return field_set_finish(arena, &level);
}

/* ---- objects */

cJSON *managed_copy(const cJSON *object)
{
    cJSON *copy = json_object();
    json_each (member, object) {
        if (strcmp(member->string, "metadata") != 0 || !cJSON_IsObject(member)) {
            json_add(copy, json_copy(member), member->string);
            continue;
        }
        cJSON *metadata = json_add(copy, json_object(), "metadata");
        json_each (field, member) {
            if (strcmp(field->string, "managedFields") != 0)
                json_add(metadata, json_copy(field), field->string);
        }
    }
    return copy;
}

static bool is_empty(const cJSON *value)
{
    return !value->child && !cJSON_IsString(value) && !cJSON_IsNumber(value) &&
           !cJSON_IsBool(value);
}

static bool same_but(const cJSON *a, const cJSON *b, const char *but, bool lenient);

static bool same_values(const cJSON *a, const cJSON *b, bool lenient)
{
    if (!lenient || (a->type & 0xFF) != (b->type & 0xFF))
        return json_equal(a, b);
    if (cJSON_IsObject(a))
        return same_but(a, b, "", lenient);
    if (!cJSON_IsArray(a))
        return json_equal(a, b);
    const cJSON *other = b->child;
    json_each (item, a) {
        if (!other || !same_values(item, other, lenient))
            return false;
        other = other->next;
    }
    return !other;
}

static bool counts(const cJSON *member, const char *but, bool lenient)
{
    return strcmp(member->string, but) != 0 && !(lenient && is_empty(member));
}

static bool same_but(const cJSON *a, const cJSON *b, const char *but, bool lenient)
{
    size_t left = 0, right = 0;
    const cJSON *next = b->child;
    json_each (member, b) {
        right += counts(member, but, lenient);
    }
    json_each (member, a) {
        if (!counts(member, but, lenient))
            continue;
        left++;
        const cJSON *other = next && strcmp(next->string, member->string) == 0
                                 ? next
                                 : json_at(b, member->string);
        if (!other || !same_values(member, other, lenient))
            return false;
        next = other->next;
    }
    return left == right;
}

bool managed_same_content(const cJSON *a, const cJSON *b, bool empty_is_absent)
{
    const cJSON *left = json_at(a, "metadata"), *right = json_at(b, "metadata");
    return a && b && left && right &&
           same_but(left, right, "managedFields", empty_is_absent) &&
           same_but(a, b, "metadata", empty_is_absent);
}

void managed_restore(cJSON *object, const cJSON *live, const struct field_set *set)
{
    for (size_t i = 0; set && i < set->count; i++) {
        const char *name = set->nodes[i].element.name;
        const cJSON *former = json_at(live, name);
        cJSON *held = json_member(object, name);
        if (!set->nodes[i].member) {
            if (held)
                managed_restore(held, former, set->nodes[i].below);
        } else if (former) {
            json_set(object, json_copy(former), name);
        } else if (held) {
            json_free(json_take(object, held));
        }
    }
}

static cJSON *empty_struct(const struct schema *schema)
{
    cJSON *object = json_object();
    for (size_t i = 0; i < schema->property_count; i++) {
        const struct schema_property *property = &schema->properties[i];
        const struct schema *type = property->schema;
        bool is_struct = cJSON_IsObject(type->fallback) && !type->fallback->child;
        if (is_struct && !property->pointer)
            json_add(object, empty_struct(type), property->name);
        else if (property->required &&
                 (type->type == SCHEMA_OBJECT || type->type == SCHEMA_ARRAY))
            json_add(object, json_null(), property->name);
    }
    return object;
}

cJSON *managed_unborn(const struct schema *schema)
{
    return schema->openapi ? json_object() : empty_struct(schema);
}

/* ---- entries */

void managed_entry_lose(struct arena *arena, struct managed_entry *entry,
                        const struct typed_difference *difference)
{
    entry->fields = field_set_difference(arena, entry->fields, difference->written);
    entry->fields = field_set_difference(arena, entry->fields, difference->removed);
}

void managed_track(struct managed_entries *entries,
                   const struct managed_apply_options *options,
                   struct managed_entry entry, const cJSON *former, const cJSON *now)
{
    struct arena *arena = entries->arena;
    struct field_type type = {.schema = options->schema};
    const struct field_set *reset = managed_reset_fields(arena, options);
    struct typed_difference difference = typed_compare(arena, type, former, now);
    difference.written = field_set_exclude(arena, difference.written, reset);
    difference.removed = field_set_exclude(arena, difference.removed, reset);
    for (size_t i = 0; i < entries->count; i++)
        managed_entry_lose(arena, &entries->entries[i], &difference);
    const struct field_set *owned =
        field_set_difference(arena, difference.written, managed_stripped_fields(arena));
    if (!owned)
        return;
    const struct managed_entry *held = managed_entries_find(entries, &entry);
    entry.fields = field_set_union(arena, owned, held ? held->fields : NULL);
    entry.time = options->write.time;
    managed_entries_put(entries, &entry);
}
