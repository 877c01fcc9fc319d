#include "controller/engine/engine_state.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/backoff.h"

#include <string.h>

/* ---- the view of the reconcilers */

static bool holds(const struct cache *cache, const struct kube_resource *resource)
{
    return collection_watch(cache->collection)->resource == resource;
}

static const cJSON *get(void *ctx, struct arena *arena,
                        const struct kube_resource *resource, const char *ns,
                        const char *name)
{
    struct controller *controller = ctx;
    for (each_cache(cache, controller)) {
        const cJSON *object =
            holds(cache, resource)
                ? store_get(collection_store(cache->collection), arena, ns, name)
                : NULL;
        if (object)
            return object;
    }
    return NULL;
}

static bool has_index(const struct cache *cache, const char *name)
{
    const struct reconciler_index *index = collection_watch(cache->collection)->indexes;
    while (index && index->name && strcmp(index->name, name) != 0)
        index++;
    return index && index->name;
}

struct selection {
    const char *ns; /* "": all */
    struct kube_keys *keys;
};

static void select_key(void *ctx, const struct kube_key *key)
{
    struct selection *selection = ctx;
    if (selection->ns[0] == '\0' || strcmp(selection->ns, key->ns) == 0)
        kube_keys_add(selection->keys, key->ns, key->name);
}

static void find(void *ctx, const struct kube_resource *resource, const char *index,
                 const char *value, struct kube_keys *keys)
{
    struct controller *controller = ctx;
    struct selection selection = {.ns = value, .keys = keys};
    for (each_cache(cache, controller)) {
        const struct store *store = collection_store(cache->collection);
        if (!holds(cache, resource))
            continue;
        if (!index)
            store_each_key(store, select_key, &selection);
        else if (has_index(cache, index))
            store_find(store, index, value, keys);
    }
}

static bool served(void *ctx, const struct kube_resource *resource)
{
    struct controller *controller = ctx;
    for (each_cache(cache, controller)) {
        if (holds(cache, resource) && !collection_served(cache->collection))
            return false;
    }
    return true;
}

static bool complete(void *ctx, const struct kube_resource *resource, const char *ns)
{
    struct controller *controller = ctx;
    for (each_cache(cache, controller)) {
        if (holds(cache, resource) && collection_complete(cache->collection, ns))
            return true;
    }
    return false;
}

/* ---- what changes ask for */

static void count_ready(struct controller *controller, const struct store_diff *diff)
{
    if (diff->change != STORE_ADDED)
        controller->ready[diff->ready_before]--;
    if (diff->change != STORE_REMOVED)
        controller->ready[diff->ready_after]++;
}

static void map_object(struct controller *controller,
                       const struct reconciler_watch *watch, const cJSON *object,
                       struct kube_keys *keys)
{
    struct arena *scratch = controller->engine->scratch;
    if (!object)
        return;
    if (watch->map)
        watch->map(object, observed_new(scratch, &controller->source),
                   &controller->engine->config, keys);
    else
        kube_keys_add(keys, kube_namespace(object), kube_name(object));
}

/* Berth's own write does not bring the reconcile back that made it. */
static bool is_own_write(struct controller *controller, const struct kube_key *key,
                         const struct kube_resource *resource, const cJSON *after)
{
    struct driver *driver = workqueue_owner(controller->queue, key);
    if (!driver)
        return false;
    return driver == controller->engine->taking ||
           (after && driver_absorbs(driver, resource, after));
}

/* Whether the namespace is among watchNamespaces, or all are. */
static bool is_watched(const struct engine *engine, const char *ns)
{
    char *const *name = engine->namespaces;
    if (!*name)
        return true;
    while (*name && strcmp(*name, ns) != 0)
        name++;
    return *name;
}

/* A namespace came, changed or went: watches may choose it now, or no longer. */
static void choose_namespace(struct controller *controller,
                             const struct store_diff *diff)
{
    for (each_cache(cache, controller)) {
        const struct reconciler_watch *watch = collection_watch(cache->collection);
        if (!watch->chooses || !is_watched(controller->engine, diff->key.name))
            continue;
        if (diff->after && watch->chooses(diff->after))
            collection_add_namespace(cache->collection, diff->key.name,
                                     controller->engine->now.mono_ms);
        else
            collection_drop_namespace(cache->collection, diff->key.name);
    }
}

static void on_changed(void *ctx, struct collection *collection,
                       const struct store_diff *diff)
{
    struct cache *cache = ctx;
    struct controller *controller = cache->controller;
    struct engine *engine = controller->engine;
    const struct reconciler_watch *watch = collection_watch(collection);
    struct kube_keys keys = {.arena = engine->scratch};
    if (watch->resource == &KUBE_NAMESPACES)
        choose_namespace(controller, diff);
    if (watch->resource == controller->reconciler->primary)
        count_ready(controller, diff);
    map_object(controller, watch, diff->before, &keys);
    map_object(controller, watch, diff->after, &keys);
    for (size_t i = 0; i < keys.len; i++) {
        if (!is_own_write(controller, &keys.items[i], watch->resource, diff->after))
            workqueue_add(controller->queue, &keys.items[i],
                          controller->synced ? WORK_CHANGE : WORK_RESYNC,
                          engine->now.mono_ms);
    }
    arena_reset(engine->scratch);
}

static void add_primary(void *ctx, const struct kube_key *key)
{
    struct controller *controller = ctx;
    workqueue_add(controller->queue, key, WORK_RESYNC, controller->engine->now.mono_ms);
}

void caches_add_primaries(struct controller *controller)
{
    for (each_cache(cache, controller)) {
        if (holds(cache, controller->reconciler->primary))
            store_each_key(collection_store(cache->collection), add_primary,
                           controller);
    }
}

/* Whoever waited for the namespace looks again: a primary in it, or, cluster-wide, any.
 */
static void on_completed(void *ctx, struct collection *collection, const char *ns)
{
    struct cache *cache = ctx;
    struct controller *controller = cache->controller;
    struct kube_keys keys = {.arena = controller->engine->scratch};
    const struct kube_resource *primary = controller->reconciler->primary;
    (void)collection;
    find(controller, primary, NULL, primary->namespaced ? ns : "", &keys);
    for (size_t i = 0; i < keys.len; i++)
        workqueue_add(controller->queue, &keys.items[i], WORK_RESYNC,
                      controller->engine->now.mono_ms);
    arena_reset(controller->engine->scratch);
}

static const cJSON *take_in(void *ctx, struct driver *driver, struct arena *arena,
                            const struct kube_resource *resource,
                            struct json_slice text)
{
    struct controller *self = ctx;
    struct engine *engine = self->engine;
    const cJSON *taken = NULL;
    engine->taking = driver;
    for (each_controller(controller, engine)) {
        for (each_cache(cache, controller)) {
            const cJSON *object = NULL;
            struct err err;
            if (holds(cache, resource) &&
                !collection_put(cache->collection, arena, text, &object, &err))
                log_error(&engine->log, "an answer is not taken into the cache",
                          LOG_STR("resource", resource->plural),
                          LOG_STR("error", err.msg));
            if (controller == self && !taken)
                taken = object;
        }
    }
    engine->taking = NULL;
    return taken;
}

/* ---- life */

void caches_open(struct controller *controller, const char *const *namespaces)
{
    struct engine *engine = controller->engine;
    const struct reconciler_watch *watches = controller->reconciler->watches;
    const char *const own[] = {engine->config.controller_namespace, NULL};
    while (watches[controller->cache_count].resource)
        controller->cache_count++;
    controller->caches = xcalloc(controller->cache_count, sizeof(struct cache));
    for (size_t i = 0; i < controller->cache_count; i++) {
        struct cache *cache = &controller->caches[i];
        cache->controller = controller;
        cache->health = WATCH_UNKNOWN;
        cache->collection = collection_new(&(struct collection_options){
            .watch = &watches[i],
            .namespaces = watches[i].scope == WATCH_OWN_NAMESPACE ? own : namespaces,
            .seed = random_next(&engine->random),
            .last_id = &engine->last_id,
            .changed = on_changed,
            .completed = on_completed,
            .ctx = cache,
        });
    }
    controller->source = (struct object_source){
        .get = get,
        .find = find,
        .served = served,
        .complete = complete,
        .ctx = controller,
    };
    controller->env.source = &controller->source;
    controller->env.take_in = take_in;
    controller->env.ctx = controller;
}

void caches_close(struct controller *controller)
{
    for (each_cache(cache, controller))
        collection_free(&cache->collection);
    free(controller->caches);
}

/* ---- streams */

bool caches_are_synced(const struct controller *controller)
{
    for (each_cache(cache, controller)) {
        if (!collection_synced(cache->collection))
            return false;
    }
    return true;
}

struct cache *caches_find(struct engine *engine, uint64_t id)
{
    for (each_controller(controller, engine)) {
        for (each_cache(cache, controller)) {
            if (collection_owns(cache->collection, id))
                return cache;
        }
    }
    return NULL;
}

bool caches_next_effect(struct engine *engine, struct engine_effect *effect)
{
    struct collection_effect wanted;
    for (each_controller(controller, engine)) {
        for (each_cache(cache, controller)) {
            if (!collection_next_effect(cache->collection, &wanted))
                continue;
            *effect = (struct engine_effect){
                .kind = wanted.cancel ? ENGINE_CANCEL : ENGINE_REQUEST,
                .id = wanted.id,
                .request = wanted.request,
            };
            return true;
        }
    }
    return false;
}

void caches_on_timer(struct engine *engine)
{
    for (each_controller(controller, engine)) {
        for (each_cache(cache, controller)) {
            int64_t deadline = collection_deadline(cache->collection);
            if (deadline >= 0 && deadline <= engine->now.mono_ms)
                collection_on_timer(cache->collection, engine->now.mono_ms);
            cache_report_health(cache);
        }
    }
}

static void log_health(const struct cache *cache, enum watch_health health)
{
    const struct log *log = &cache->controller->engine->log;
    const struct reconciler_watch *watch = collection_watch(cache->collection);
    const struct err *err = collection_error(cache->collection);
    struct log_field resource = LOG_STR("resource", watch->resource->plural);
    struct log_field error = LOG_STR("error", err ? err->msg : "");
    if (health == WATCH_HEALTHY)
        log_info(log, "a watch is healthy again", resource);
    else if (health == WATCH_FORBIDDEN && watch->chooses)
        log_info(log, "a namespace may not be read yet: it is tried again", resource,
                 error);
    else if (health == WATCH_NOT_SERVED && watch->optional)
        log_info(log, "the API server does not serve it: looked for again", resource);
    else
        log_warn(log, "a watch is broken: what is known stays, and it is tried again",
                 resource, error);
}

void cache_report_health(struct cache *cache)
{
    enum watch_health health = collection_stats(cache->collection).health;
    enum watch_health former = cache->health;
    if (health == former || health == WATCH_UNKNOWN)
        return;
    cache->health = health;
    if (former != WATCH_UNKNOWN || health != WATCH_HEALTHY)
        log_health(cache, health);
}
