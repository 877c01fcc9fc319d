/* engine_report.c - what the engine tells about itself: readiness, state, gauges. */
#include "controller/engine/engine_state.h"

#include <string.h>

static bool is_reported(const struct cache *cache)
{
    enum watch_health health = collection_stats(cache->collection).health;
    if (health == WATCH_NOT_SERVED && collection_watch(cache->collection)->optional)
        return false;
    return health != WATCH_HEALTHY || !collection_synced(cache->collection);
}

void engine_sync_report(const struct engine *engine, struct strbuf *out)
{
    for (each_controller(controller, engine)) {
        for (each_cache(cache, controller)) {
            const struct err *err = collection_error(cache->collection);
            if (!is_reported(cache))
                continue;
            strbuf_addf(out, "%s: %s%s%s\n",
                        collection_watch(cache->collection)->resource->plural,
                        collection_synced(cache->collection) ? "stale" : "not complete",
                        err ? ": " : "", err ? err->msg : "");
        }
    }
}

const cJSON *engine_get(const struct engine *engine, struct arena *arena,
                        const struct kube_resource *resource, const char *ns,
                        const char *name)
{
    for (each_controller(controller, engine)) {
        const struct object_source *source = &controller->source;
        const cJSON *object = source->get(source->ctx, arena, resource, ns, name);
        if (object)
            return object;
    }
    return NULL;
}

/* ---- /debug/state */

static cJSON *cache_debug(const struct cache *cache, struct instant now)
{
    const struct reconciler_watch *watch = collection_watch(cache->collection);
    const struct store *store = collection_store(cache->collection);
    struct collection_stats stats = collection_stats(cache->collection);
    const struct err *err = collection_error(cache->collection);
    cJSON *json = json_object();
    json_set_str(json, watch->resource->plural, "resource");
    json_set_str(json, watch->label_selector, "labelSelector");
    json_set_str(json, watch_health_name(stats.health), "health");
    json_set(json, json_boolean(collection_synced(cache->collection)), "synced");
    json_set(json, json_number((int64_t)store_count(store)), "objects");
    json_set(json, json_number((int64_t)store_bytes(store)), "bytes");
    json_set(json, json_number((int64_t)stats.restarts), "restarts");
    if (stats.last_event_ms >= 0)
        json_set(json, json_number(now.mono_ms - stats.last_event_ms),
                 "lastEventAgoMs");
    json_set_str(json, err ? err->msg : NULL, "error");
    return json;
}

cJSON *engine_debug(const struct engine *engine, struct instant now)
{
    cJSON *json = json_object();
    json_set_str(json, engine->server_version, "serverVersion");
    json_set(json, json_boolean(engine_synced(engine)), "synced");
    json_set(json, json_boolean(engine->paused), "paused");
    json_set(json, json_number((int64_t)engine->running), "running");
    json_set(json, json_number((int64_t)recorder_in_flight(engine->recorder)),
             "eventsInFlight");
    for (each_controller(controller, engine)) {
        const char *name = controller->reconciler->name;
        cJSON *watches = json_array();
        for (each_cache(cache, controller))
            json_push(watches, cache_debug(cache, now));
        json_set(json, workqueue_debug(controller->queue, now.mono_ms), "controllers",
                 name, "queue");
        json_set(json, json_number((int64_t)key_memory_count(controller->memory)),
                 "controllers", name, "remembered");
        json_set(json, watches, "controllers", name, "watches");
    }
    return json;
}

/* ---- gauges */

/* Two watches may be of one resource: their numbers add up. */
struct totals {
    const struct kube_resource *resource;
    double objects, bytes, restarts, oldest_seconds;
    double relists[WATCH_RELIST_REASONS];
};

static void add_cache(struct totals *totals, const struct cache *cache,
                      struct instant now)
{
    const struct store *store = collection_store(cache->collection);
    struct collection_stats stats = collection_stats(cache->collection);
    double age = stats.last_event_ms < 0
                     ? 0
                     : (double)(now.mono_ms - stats.last_event_ms) / 1000;
    totals->objects += (double)store_count(store);
    totals->bytes += (double)store_bytes(store);
    totals->restarts += (double)stats.restarts;
    if (age > totals->oldest_seconds)
        totals->oldest_seconds = age;
    for (size_t i = 0; i < WATCH_RELIST_REASONS; i++)
        totals->relists[i] += (double)stats.relists[i];
}

static void set_totals(struct metrics *metrics, const struct totals *totals)
{
    const char *plural = totals->resource->plural;
    metrics_set(metrics, METRIC_CACHE_OBJECTS, totals->objects, METRIC_LABELS(plural));
    metrics_set(metrics, METRIC_CACHE_BYTES, totals->bytes, METRIC_LABELS(plural));
    metrics_set(metrics, METRIC_WATCH_AGE_SECONDS, totals->oldest_seconds,
                METRIC_LABELS(plural));
    metrics_set(metrics, METRIC_WATCH_RESTARTS, totals->restarts,
                METRIC_LABELS(plural));
    for (size_t i = 0; i < WATCH_RELIST_REASONS; i++)
        metrics_set(metrics, METRIC_WATCH_RELISTS, totals->relists[i],
                    METRIC_LABELS(plural, watch_relist_name((enum watch_relist)i)));
}

static void update_resource(struct engine *engine, const struct kube_resource *resource,
                            struct instant now)
{
    struct totals totals = {.resource = resource};
    size_t found = 0;
    for (each_controller(controller, engine)) {
        for (each_cache(cache, controller)) {
            if (collection_watch(cache->collection)->resource != resource)
                continue;
            add_cache(&totals, cache, now);
            found++;
        }
    }
    if (found)
        set_totals(engine->metrics, &totals);
}

void engine_update_metrics(struct engine *engine, struct instant now)
{
    static const char *const READY[READY_STATES] = {
        [READY_TRUE] = "True", [READY_FALSE] = "False", [READY_UNKNOWN] = "Unknown"};
    for (size_t i = 0; kube_resources[i]; i++)
        update_resource(engine, kube_resources[i], now);
    for (each_controller(controller, engine)) {
        const char *name = controller->reconciler->name;
        workqueue_update_metrics(controller->queue, now.mono_ms);
        metrics_set(engine->metrics, METRIC_ACTIVE_WORKERS, (double)controller->running,
                    METRIC_LABELS(name));
        for (size_t i = 0; i < READY_STATES; i++)
            metrics_set(engine->metrics, METRIC_OBJECTS_READY,
                        (double)controller->ready[i], METRIC_LABELS(name, READY[i]));
    }
}
