#include "test/apiserver/server/server_state.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/json_tree.h"

#include <stdio.h>
#include <string.h>

/* ---- storages */

struct storage *server_storage(struct api_server *server,
                               const struct resource_def *def)
{
    struct storage *storage = map_get(&server->storages, def->storage);
    if (!storage) {
        storage =
            storage_new(def->storage, server->options.history_max, server->compacted);
        storage->keep_trees = ascii_has_prefix(def->storage, "rbac.");
        map_put(&server->storages, storage->name, storage);
    }
    return storage;
}

struct storage *server_storage_named(const struct api_server *server, const char *name)
{
    return map_get(&server->storages, name);
}

void server_free_storages(struct api_server *server)
{
    size_t at = 0;
    const char *name;
    void *value;
    while (map_next(&server->storages, &at, &name, &value)) {
        struct storage *storage = value;
        storage_free(&storage);
    }
    map_fini(&server->storages);
}

/* ---- randomness: splitmix64 (Steele, Lea, Flood) */

uint64_t server_random(struct api_server *server)
{
    uint64_t z = server->random_state += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

void server_uuid(struct api_server *server, char out[UUID_SIZE])
{
    uint64_t a = server_random(server), b = server_random(server);
    snprintf(out, UUID_SIZE, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xFFFF), (unsigned)(a & 0xFFF),
             (unsigned)(0x8000 | (b >> 48 & 0x3FFF)),
             (unsigned long long)(b & 0xFFFFFFFFFFFFU));
}

void server_random_name(struct api_server *server, char *out, size_t len)
{
    /* No vowels and nothing that looks like them: apimachinery's util/rand. */
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    for (size_t i = 0; i < len; i++)
        out[i] = alphabet[server_random(server) % (sizeof alphabet - 1)];
    out[len] = '\0';
}

/* ---- what rbac.h asks */

static const cJSON *tree_of(struct stored *object)
{
    if (!object->tree) {
        struct err err;
        object->tree = json_parse(object->now->text, object->now->len, &err);
    }
    return object->tree;
}

static struct storage *rbac_storage(const struct api_server *server, const char *plural)
{
    char name[128];
    snprintf(name, sizeof name, "rbac.authorization.k8s.io/%s", plural);
    return server_storage_named(server, name);
}

static const cJSON *rbac_get(void *ctx, const char *plural, const char *ns,
                             const char *name)
{
    const struct storage *storage = rbac_storage(ctx, plural);
    struct stored *object = storage ? storage_get(storage, ns, name) : NULL;
    return object ? tree_of(object) : NULL;
}

static void rbac_walk(void *ctx, const char *plural, const char *ns,
                      bool (*each)(void *each_ctx, const cJSON *object), void *each_ctx)
{
    const struct storage *storage = rbac_storage(ctx, plural);
    char prefix[256];
    snprintf(prefix, sizeof prefix, "%s%s", ns, *ns ? "/" : "");
    struct stored *at = storage ? storage_seek(storage, prefix) : NULL;
    for (; at && object_text_in(at->now, ns); at = stored_next(at)) {
        if (!each(each_ctx, tree_of(at)))
            return;
    }
}

struct rbac_source server_rbac(struct api_server *server)
{
    return (struct rbac_source){.get = rbac_get, .walk = rbac_walk, .ctx = server};
}
