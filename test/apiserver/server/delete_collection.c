#include "kubeclient/base/alloc.h"
#include "test/apiserver/server/delete.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/snapshot.h"
#include "test/apiserver/server/verbs.h"

#include <inttypes.h>
#include <string.h>

/* The keys are taken first: deleting changes what is walked. */
static char **keys_of(struct snapshot *snapshot, struct arena *arena, size_t *count)
{
    char **keys = NULL;
    size_t cap = 0;
    for (struct object_text *text; (text = snapshot_next(snapshot));) {
        if (*count == cap) {
            cap = cap ? cap * 2 : 64;
            keys = xreallocarray(keys, cap, sizeof *keys);
        }
        keys[(*count)++] = arena_strdup(arena, text->key);
    }
    return keys;
}

static cJSON *new_list(struct call *call)
{
    cJSON *list = json_adopt(call->arena, json_object());
    json_set_str(list, call->def->list_kind, "kind");
    json_set_str(list, call_api_version(call), "apiVersion");
    json_set_str(list, arena_printf(call->arena, "%" PRIu64, call->server->version),
                 "metadata", "resourceVersion");
    json_set(list, json_array(), "items");
    return list;
}

static void add_item(const struct call *call, cJSON *list, const cJSON *object)
{
    cJSON *item = json_push(json_member(list, "items"), json_copy(object));
    if (call->def->custom)
        return;
    json_remove(item, "apiVersion");
    json_remove(item, "kind");
}

bool verb_delete_collection(struct call *call)
{
    struct delete_options options;
    struct selection selection;
    if (!delete_options_read(call, &options) ||
        !selection_read(call, call->arena, &selection))
        return false;
    struct snapshot snapshot;
    struct snapshot_start start = {.version = call->server->version};
    if (!snapshot_open(&snapshot, call, &selection, &start))
        return call_refuse(call, 410, "Expired", "the version is forgotten");
    struct storage *storage = server_storage(call->server, call->def);
    cJSON *list = new_list(call);
    size_t count = 0;
    char **keys = keys_of(&snapshot, call->arena, &count);
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        struct delete_result result;
        struct stored *stored = storage_seek(storage, keys[i]);
        if (!stored || strcmp(stored->now->key, keys[i]) != 0)
            continue;
        good = delete_object(call, stored, &options, &result);
        if (good)
            add_item(call, list, result.left);
    }
    free(keys);
    if (good)
        call_answer(call, 200, list);
    return good;
}
