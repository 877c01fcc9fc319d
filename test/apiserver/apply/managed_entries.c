#include "test/apiserver/apply/managed_entries.h"

#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/apply/field_set_json.h"

#include <stdlib.h>
#include <string.h>

enum {
    UPDATE_MANAGERS_MAX = 10,
};

/* ---- entries */

struct managed_entry managed_entry_of(const struct managed_write *write, bool applies)
{
    return (struct managed_entry){
        .manager = *write->manager ? write->manager : "unknown",
        .applies = applies,
        .api_version = write->api_version,
        .subresource = write->subresource,
    };
}

static bool same_manager(const struct managed_entry *a, const struct managed_entry *b)
{
    return a->applies == b->applies && strcmp(a->manager, b->manager) == 0 &&
           strcmp(a->subresource, b->subresource) == 0 &&
           (a->applies || strcmp(a->api_version, b->api_version) == 0);
}

struct managed_entry *managed_entries_find(const struct managed_entries *entries,
                                           const struct managed_entry *manager)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (same_manager(&entries->entries[i], manager))
            return &entries->entries[i];
    }
    return NULL;
}

void managed_entries_put(struct managed_entries *entries,
                         const struct managed_entry *entry)
{
    struct managed_entry *held = managed_entries_find(entries, entry);
    if (held) {
        *held = *entry;
        return;
    }
    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity ? 2 * entries->capacity : 8;
        struct managed_entry *grown =
            arena_alloc(entries->arena, capacity * sizeof *grown);
        if (entries->count)
            memcpy(grown, entries->entries, entries->count * sizeof *grown);
        entries->entries = grown;
        entries->capacity = capacity;
    }
    entries->entries[entries->count++] = *entry;
}

static void take_entry(struct managed_entries *entries, struct managed_entry *entry)
{
    *entry = entries->entries[--entries->count];
}

int managed_entry_compare(const struct managed_entry *a, const struct managed_entry *b)
{
    int order = strcmp(a->manager, b->manager);
    if (!order)
        order = (int)b->applies - (int)a->applies;
    if (!order && !a->applies)
        order = strcmp(a->api_version, b->api_version);
    return order ? order : strcmp(a->subresource, b->subresource);
}

static int64_t entry_time(const struct managed_entry *entry)
{
    int64_t ms;
    return entry->time && rfc3339_parse(entry->time, &ms) ? ms / 1000 : 0;
}

static int compare_times(const struct managed_entry *a, const struct managed_entry *b)
{
    if (a->time && b->time && strcmp(a->time, b->time) == 0)
        return 0;
    int64_t left = entry_time(a), right = entry_time(b);
    return (left > right) - (left < right);
}

/* ---- reading */

static bool read_entry(struct arena *arena, const cJSON *source,
                       struct managed_entry *entry)
{
    const cJSON *fields = json_at(source, "fieldsV1");
    const char *operation = json_str_or(source, "", "operation");
    *entry = (struct managed_entry){
        .manager = json_str_or(source, "", "manager"),
        .applies = strcmp(operation, "Apply") == 0,
        .api_version = json_str_or(source, "", "apiVersion"),
        .subresource = json_str_or(source, "", "subresource"),
        .time = json_str(source, "time"),
    };
    if (!entry->applies && strcmp(operation, "Update") != 0)
        return false;
    if (!*entry->api_version ||
        strcmp(json_str_or(source, "", "fieldsType"), "FieldsV1") != 0)
        return false;
    return !fields || cJSON_IsNull(fields) ||
           field_set_read(arena, fields, &entry->fields);
}

bool managed_entries_read(struct arena *arena, const cJSON *object,
                          struct managed_entries *entries)
{
    *entries = (struct managed_entries){.arena = arena};
    json_each (source, json_at(object, "metadata", "managedFields")) {
        struct managed_entry entry;
        if (!read_entry(arena, source, &entry)) {
            entries->count = 0;
            return false;
        }
        managed_entries_put(entries, &entry);
    }
    return true;
}

/* ---- the cap */

static int compare_age(const void *a, const void *b)
{
    const struct managed_entry *left = a, *right = b;
    int order = (int)left->applies - (int)right->applies;
    if (!order)
        order = compare_times(left, right);
    return order ? order : managed_entry_compare(left, right);
}

static size_t count_updates(const struct managed_entries *entries)
{
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++)
        count += !entries->entries[i].applies;
    return count;
}

/* The oldest entry of a version starts its bucket when a second one joins it. */
static struct managed_entry bucket_for(struct managed_entries *entries,
                                       const struct managed_entry *joining)
{
    struct managed_entry bucket = {.manager = "ancient-changes",
                                   .api_version = joining->api_version,
                                   .subresource = ""};
    const struct managed_entry *held = managed_entries_find(entries, &bucket);
    if (held)
        return *held;
    for (size_t i = 0; i < entries->count; i++) {
        struct managed_entry *first = &entries->entries[i];
        if (first->applies || strcmp(first->api_version, joining->api_version) != 0)
            continue;
        bucket.fields = first->fields;
        *first = bucket;
        break;
    }
    return bucket;
}

static bool is_oldest_of_version(const struct managed_entries *entries, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(entries->entries[i].api_version, entries->entries[at].api_version) ==
            0)
            return false;
    }
    return true;
}

void managed_entries_cap(struct managed_entries *entries)
{
    size_t updates = count_updates(entries);
    if (updates <= UPDATE_MANAGERS_MAX)
        return;
    qsort(entries->entries, entries->count, sizeof *entries->entries, compare_age);
    size_t at = 0;
    while (at < updates && updates > UPDATE_MANAGERS_MAX) {
        if (is_oldest_of_version(entries, at)) {
            at++;
            continue;
        }
        struct managed_entry joining = entries->entries[at];
        struct managed_entry bucket = bucket_for(entries, &joining);
        bucket.fields = field_set_union(entries->arena, joining.fields, bucket.fields);
        bucket.time = joining.time;
        for (size_t i = at + 1; i < entries->count; i++)
            entries->entries[i - 1] = entries->entries[i];
        entries->count--;
        updates--;
        managed_entries_put(entries, &bucket);
    }
}

/* ---- writing */

static int compare_written(const void *a, const void *b)
{
    const struct managed_entry *left = a, *right = b;
    int order = (int)right->applies - (int)left->applies;
    if (!order)
        order = compare_times(left, right);
    if (!order)
        order = strcmp(left->manager, right->manager);
    if (!order)
        order = strcmp(left->api_version, right->api_version);
    return order ? order : strcmp(left->subresource, right->subresource);
}

bool managed_entries_stays(const struct managed_entries *entries,
                           const struct managed_entry *entry, const char *time)
{
    const struct managed_entry *next = entry + 1;
    struct managed_entry later = *entry;
    later.time = time;
    return next == entries->entries + entries->count ||
           compare_written(&later, next) < 0;
}

static cJSON *entry_json(const struct managed_entry *entry)
{
    cJSON *json = json_object();
    json_add(json, json_string(entry->manager), "manager");
    json_add(json, json_string(entry->applies ? "Apply" : "Update"), "operation");
    json_add(json, json_string(entry->api_version), "apiVersion");
    json_add(json, json_string(entry->time), "time");
    json_add(json, json_string("FieldsV1"), "fieldsType");
    json_add(json, field_set_json(entry->fields), "fieldsV1");
    if (*entry->subresource)
        json_add(json, json_string(entry->subresource), "subresource");
    return json;
}

static void drop_empty(struct managed_entries *entries)
{
    for (size_t i = entries->count; i-- > 0;) {
        if (!entries->entries[i].fields)
            take_entry(entries, &entries->entries[i]);
    }
}

void managed_entries_write(struct managed_entries *entries, cJSON *object)
{
    drop_empty(entries);
    json_remove(object, "metadata", "managedFields");
    if (!entries->count)
        return;
    qsort(entries->entries, entries->count, sizeof *entries->entries, compare_written);
    cJSON *list = json_array();
    for (size_t i = 0; i < entries->count; i++)
        json_push(list, entry_json(&entries->entries[i]));
    json_set(object, list, "metadata", "managedFields");
}
