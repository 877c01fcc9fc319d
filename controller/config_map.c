#include "controller/config_map.h"

#include "controller/engine/collection.h"
#include "controller/loop.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"

#include <string.h>

static const char *const KEEP[] = {"data config.yaml", NULL};

struct config_map {
    struct arena *arena; /* what lives as long as the watch */
    const char *ns, *name, *source;
    struct reconciler_watch watch;
    struct collection *collection;
    uint64_t last_id;
    struct kube_client *client;
    struct kube_handlers requests;
    struct config_map_handlers handlers;
    uv_timer_t timer;
    int64_t timer_at;
    struct err failure; /* as told last; kind ERR_NONE: it works */
    bool dirty;         /* something may have changed since the last report */
    bool reported;
};

/* Reports the state once it is complete, and whenever it changed after. */
static void report(struct config_map *map)
{
    if (!collection_synced(map->collection) || (map->reported && !map->dirty))
        return;
    map->reported = true;
    map->dirty = false;
    struct arena *arena = arena_new();
    const struct store *store = collection_store(map->collection);
    const cJSON *object = store_get(store, arena, map->ns, map->name);
    const char *text = json_str(object, "data", "config.yaml");
    map->handlers.changed(map->handlers.ctx, map->source, text,
                          text ? strlen(text) : 0);
    arena_free(&arena);
}

static void report_failure(struct config_map *map)
{
    const struct err *err = collection_error(map->collection);
    if (!err) {
        map->failure.kind = ERR_NONE;
        return;
    }
    bool told =
        map->failure.kind != ERR_NONE && strcmp(map->failure.msg, err->msg) == 0;
    map->failure = *err;
    if (told)
        return;
    struct err named = *err;
    err_wrap(&named, "%s", map->source);
    map->handlers.failed(map->handlers.ctx, &named);
}

static void on_changed(void *ctx, struct collection *collection,
                       const struct store_diff *diff)
{
    (void)collection;
    (void)diff;
    struct config_map *map = ctx;
    map->dirty = true;
}

static void on_done(void *ctx, uint64_t id, const struct kube_response *response)
{
    struct config_map *map = ctx;
    collection_on_response(map->collection, id, response, loop_now().mono_ms);
}

static void on_failed(void *ctx, uint64_t id, const struct err *err)
{
    struct config_map *map = ctx;
    collection_on_failure(map->collection, id, err, loop_now().mono_ms);
}

static void on_line(void *ctx, uint64_t id, const char *line, size_t len)
{
    struct config_map *map = ctx;
    collection_on_line(map->collection, id, line, len, loop_now().mono_ms);
}

static void on_timer(uv_timer_t *timer)
{
    struct config_map *map = timer->data;
    map->timer_at = -1;
    collection_on_timer(map->collection, loop_now().mono_ms);
}

struct config_map *config_map_open(uv_loop_t *loop, struct kube_client *client,
                                   const char *ns, const char *name, uint64_t first_id,
                                   const struct config_map_handlers *handlers)
{
    struct config_map *map = xcalloc(1, sizeof *map);
    map->arena = arena_new();
    map->ns = arena_strdup(map->arena, ns);
    map->name = arena_strdup(map->arena, name);
    map->source = arena_printf(map->arena, "ConfigMap %s/%s", ns, name);
    map->watch = (struct reconciler_watch){
        .resource = &KUBE_CONFIG_MAPS,
        .field_selector = arena_printf(map->arena, "metadata.name=%s", name),
        .keep = KEEP,
    };
    map->last_id = first_id;
    map->client = client;
    map->requests = (struct kube_handlers){
        .done = on_done, .failed = on_failed, .line = on_line, .ctx = map};
    map->handlers = *handlers;
    map->collection = collection_new(&(struct collection_options){
        .watch = &map->watch,
        .namespaces = (const char *const[]){ns, NULL},
        .seed = uv_hrtime(),
        .last_id = &map->last_id,
        .changed = on_changed,
        .ctx = map,
    });
    map->timer.data = map;
    map->timer_at = -1;
    uv_timer_init(loop, &map->timer);
    collection_start(map->collection, loop_now().mono_ms);
    return map;
}

static void set_timer(struct config_map *map)
{
    int64_t deadline = collection_deadline(map->collection);
    if (deadline == map->timer_at)
        return;
    map->timer_at = deadline;
    int64_t wait_ms = deadline - loop_now().mono_ms;
    if (deadline < 0)
        uv_timer_stop(&map->timer);
    else
        uv_timer_start(&map->timer, on_timer, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

void config_map_flush(struct config_map *map)
{
    struct collection_effect effect;
    while (collection_next_effect(map->collection, &effect)) {
        if (effect.cancel)
            kube_client_cancel(map->client, effect.id);
        else
            kube_client_send(map->client, effect.id, &effect.request, &map->requests);
    }
    set_timer(map);
    report_failure(map);
    report(map);
}

const struct err *config_map_error(const struct config_map *map)
{
    return collection_error(map->collection);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct config_map *map = handle->data;
    collection_free(&map->collection);
    arena_free(&map->arena);
    free(map);
}

void config_map_close(struct config_map **map)
{
    if (!*map)
        return;
    uv_close((uv_handle_t *)&(*map)->timer, on_timer_closed);
    *map = NULL;
}
