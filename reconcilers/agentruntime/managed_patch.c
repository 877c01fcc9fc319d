#include "reconcilers/agentruntime/managed_patch.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"

#include <string.h>

/* A path's keys hold a name of 253 and a mount path of 4096 bytes at most. */
static const size_t POINTER_MAX = 32 * 1024;

static void add_operation(cJSON *operations, const char *op, const char *pointer,
                          cJSON *value)
{
    cJSON *operation = json_push(operations, json_object());
    json_set_str(operation, op, "op");
    json_set_str(operation, pointer, "path");
    json_set(operation, value, "value");
}

/* RFC 6901: '~' and '/' inside a segment are escaped. */
static void add_segment(struct strbuf *pointer, const char *segment)
{
    strbuf_addc(pointer, '/');
    for (; *segment; segment++) {
        if (*segment == '~')
            strbuf_adds(pointer, "~0");
        else if (*segment == '/')
            strbuf_adds(pointer, "~1");
        else
            strbuf_addc(pointer, *segment);
    }
}

/* "/metadata/managedFields/INDEX/fieldsV1/…" up to and with segments[last]. */
static const char *pointer_to(struct arena *arena, size_t index,
                              const char *const *segments, size_t last)
{
    struct strbuf pointer;
    strbuf_init(&pointer, POINTER_MAX);
    strbuf_addf(&pointer, "/metadata/managedFields/%zu/fieldsV1", index);
    for (size_t i = 0; i <= last; i++)
        add_segment(&pointer, segments[i]);
    const char *text = arena_strndup(arena, pointer.text, pointer.len);
    strbuf_fini(&pointer);
    return text;
}

static size_t path_length(const struct field_path *path)
{
    size_t len = 0;
    while (path->segments[len])
        len++;
    return len;
}

static int index_of_mine(const cJSON *object)
{
    int index = 0;
    json_each (entry, json_at(object, "metadata", "managedFields")) {
        if (strcmp(json_str_or(entry, "", "manager"), BERTH_MANAGER.name) == 0 &&
            strcmp(json_str_or(entry, "", "operation"), BERTH_MANAGER.operation) == 0 &&
            json_str_or(entry, "", "subresource")[0] == '\0')
            return index;
        index++;
    }
    return -1;
}

struct managed_patch managed_patch_begin(struct arena *arena, const cJSON *object)
{
    const cJSON *mine = managed_fields(object, &BERTH_MANAGER);
    struct managed_patch patch = {
        .arena = arena,
        .object = object,
        .operations = json_array(),
        .mine = mine ? json_copy(mine) : json_object(),
        .mine_index = index_of_mine(object),
    };
    add_operation(patch.operations, "test", "/metadata/uid",
                  json_string(kube_uid(object)));
    add_operation(patch.operations, "test", "/metadata/resourceVersion",
                  json_string(kube_resource_version(object)));
    return patch;
}

void managed_patch_remove(struct managed_patch *patch, size_t index,
                          const struct field_path *path)
{
    add_operation(
        patch->operations, "remove",
        pointer_to(patch->arena, index, path->segments, path_length(path) - 1), NULL);
}

/* Adds what is missing on the way as one object, for an "add" needs its parent. */
static void add_below(struct managed_patch *patch, const struct field_path *path,
                      size_t missing)
{
    size_t last = path_length(path) - 1;
    cJSON *value = json_object();
    if (missing < last)
        json_set_path(value, json_object(), path->segments + missing + 1);
    add_operation(
        patch->operations, "add",
        pointer_to(patch->arena, (size_t)patch->mine_index, path->segments, missing),
        value);
}

void managed_patch_add(struct managed_patch *patch, const struct field_path *path)
{
    const cJSON *at = patch->mine;
    size_t missing = 0;
    while (path->segments[missing] && (at = json_at(at, path->segments[missing])))
        missing++;
    if (path->segments[missing]) {
        if (patch->mine_index >= 0)
            add_below(patch, path, missing);
        json_set_path(patch->mine, json_object(), path->segments);
    } else if (path->item && at->child && !json_at(at, ".")) {
        /* Berth owns something inside the item, not its key. */
        struct field_path key = *path;
        key.segments[path_length(path)] = ".";
        if (patch->mine_index >= 0)
            add_below(patch, &key, missing);
        json_set_path(patch->mine, json_object(), key.segments);
    }
}

static void add_entry(struct managed_patch *patch, const char *api_version,
                      int64_t now_ms)
{
    char time[RFC3339_SIZE];
    rfc3339_format(now_ms, time);
    cJSON *entry = json_object();
    json_set_str(entry, BERTH_MANAGER.name, "manager");
    json_set_str(entry, BERTH_MANAGER.operation, "operation");
    json_set_str(entry, api_version, "apiVersion");
    json_set_str(entry, time, "time");
    json_set_str(entry, "FieldsV1", "fieldsType");
    json_set(entry, json_copy(patch->mine), "fieldsV1");
    add_operation(patch->operations, "add", "/metadata/managedFields/-", entry);
}

cJSON *managed_patch_finish(struct managed_patch *patch, const char *api_version,
                            int64_t now_ms)
{
    cJSON *operations = patch->operations;
    bool moved = json_count(operations) > 2; /* more than the two tests */
    if (moved && patch->mine_index < 0 && patch->mine->child)
        add_entry(patch, api_version, now_ms);
    json_free(patch->mine);
    if (moved)
        return operations;
    json_free(operations);
    return NULL;
}
