#include "test/simulation/player_state.h"

#include <string.h>

static const char *member(const cJSON *reference, const char *name)
{
    const char *own = json_str(reference, name);
    return own ? own : json_str(reference, "metadata", name);
}

/* Path prefix, plural and scope of a kind, from discovery. */
static const cJSON *find_resource(struct player *player, const char *prefix,
                                  const char *kind)
{
    cJSON *list = json_adopt(player->arena, world_get(player->world, prefix));
    json_each (resource, json_at(list, "resources")) {
        if (strcmp(json_str_or(resource, "", "kind"), kind) == 0 &&
            !strchr(json_str_or(resource, "/", "name"), '/'))
            return resource;
    }
    return NULL;
}

const char *player_path(struct player *player, const cJSON *reference, bool collection)
{
    struct arena *arena = player->arena;
    const char *version = json_str_or(reference, "v1", "apiVersion");
    const char *prefix =
        arena_printf(arena, "%s/%s", strchr(version, '/') ? "/apis" : "/api", version);
    const cJSON *resource =
        find_resource(player, prefix, json_str_or(reference, "", "kind"));
    const char *ns = member(reference, "namespace"), *name = member(reference, "name");
    if (!resource)
        return NULL;
    if (!ns)
        ns = PLAYER_NAMESPACE;
    const char *place =
        json_bool(resource, false, "namespaced")
            ? arena_printf(arena, "%s/namespaces/%s/%s", prefix, ns,
                           json_str(resource, "name"))
            : arena_printf(arena, "%s/%s", prefix, json_str(resource, "name"));
    return collection ? place : arena_printf(arena, "%s/%s", place, name ? name : "");
}
