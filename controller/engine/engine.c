#include "controller/engine/engine_state.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/backoff.h"

#include <stdio.h>
#include <string.h>

enum {
    TURN_MAX = 64,               /* reconciles begun in one turn of the loop */
    VERSION_MS = 60 * 60 * 1000, /* between two looks at the server's version */
    VERSION_RETRY_MS = 10 * 1000,
};

/* ---- life */

static void controller_open(struct controller *controller, struct engine *engine,
                            const struct engine_options *options,
                            const struct reconciler *reconciler)
{
    controller->engine = engine;
    controller->reconciler = reconciler;
    controller->queue = workqueue_new(&(struct workqueue_options){
        .name = reconciler->name,
        .metrics = engine->metrics,
        .seed = random_next(&engine->random),
    });
    controller->memory = key_memory_new(random_next(&engine->random));
    controller->drivers = xcalloc(engine->max_running, sizeof(struct driver *));
    controller->env = (struct driver_env){
        .reconciler = reconciler,
        .config = &engine->config,
        .outbox = &engine->outbox,
        .recorder = engine->recorder,
        .memory = controller->memory,
        .metrics = engine->metrics,
        .log = &engine->log,
        .random = &engine->random,
    };
    caches_open(controller, options->namespaces);
    metrics_set(engine->metrics, METRIC_MAX_CONCURRENT_RECONCILES,
                (double)engine->max_running, METRIC_LABELS(reconciler->name));
}

static void controller_close(struct controller *controller)
{
    for (size_t i = 0; i < controller->driver_count; i++)
        driver_free(&controller->drivers[i]);
    free(controller->drivers);
    workqueue_free(&controller->queue);
    key_memory_free(&controller->memory);
    caches_close(controller);
}

static void take_config(struct engine *engine, const struct reconcile_config *config)
{
    engine->config = *config;
    engine->config.server_version = engine->server_version;
}

static char **copy_names(const char *const *names)
{
    size_t len = 0;
    while (names && names[len])
        len++;
    char **copies = xcalloc(len + 1, sizeof *copies);
    for (size_t i = 0; i < len; i++)
        copies[i] = xstrdup(names[i]);
    return copies;
}

static void free_names(char **names)
{
    for (char **name = names; *name; name++)
        free(*name);
    free(names);
}

struct engine *engine_new(const struct engine_options *options)
{
    struct engine *engine = xcalloc(1, sizeof *engine);
    size_t count = 0;
    while (options->reconcilers[count])
        count++;
    engine->metrics = options->metrics;
    engine->log = options->log;
    engine->namespaces = copy_names(options->namespaces);
    engine->random = options->seed;
    engine->max_running = options->max_reconciles;
    engine->scratch = arena_new();
    engine->turn = arena_new();
    take_config(engine, options->config);
    outbox_init(&engine->outbox, &engine->last_id);
    engine->recorder = recorder_new(&(struct recorder_options){
        .identity = options->identity,
        .outbox = &engine->outbox,
        .metrics = engine->metrics,
        .log = &engine->log,
    });
    engine->controllers = xcalloc(count, sizeof(struct controller));
    engine->controller_count = count;
    for (size_t i = 0; i < count; i++)
        controller_open(&engine->controllers[i], engine, options,
                        options->reconcilers[i]);
    return engine;
}

void engine_free(struct engine **engine)
{
    struct engine *self = *engine;
    if (!self)
        return;
    for (each_controller(controller, self))
        controller_close(controller);
    free(self->controllers);
    free_names(self->namespaces);
    recorder_free(&self->recorder);
    outbox_fini(&self->outbox);
    arena_free(&self->scratch);
    arena_free(&self->turn);
    free(self);
    *engine = NULL;
}

/* ---- reconciles */

/* Takes the driver, which is done, out of those that run. */
static void harvest(struct controller *controller, size_t place,
                    const struct driver_result *result)
{
    struct driver *driver = controller->drivers[place];
    struct work *work = driver_work(driver);
    struct work_result outcome = result->work;
    struct kube_key key = *work_key(work);
    int64_t now_ms = controller->engine->now.mono_ms;
    controller->drivers[place] = controller->drivers[--controller->running];
    controller->drivers[controller->running] = driver;
    controller->engine->running--;
    if (result->again)
        workqueue_add(controller->queue, &key, WORK_CHANGE, now_ms);
    workqueue_done(controller->queue, work, &outcome, now_ms);
}

static void harvest_all(struct engine *engine)
{
    struct driver_result result;
    for (each_controller(controller, engine)) {
        for (size_t i = controller->running; i-- > 0;) {
            if (driver_is_done(controller->drivers[i], &result))
                harvest(controller, i, &result);
        }
    }
}

static void begin(struct controller *controller, struct work *work)
{
    struct engine *engine = controller->engine;
    struct driver_result result;
    size_t place = controller->running++;
    if (place == controller->driver_count)
        controller->drivers[controller->driver_count++] = driver_new(&controller->env);
    struct driver *driver = controller->drivers[place];
    engine->running++;
    work_set_owner(work, driver);
    driver_start(driver, work, engine->now);
    if (driver_is_done(driver, &result))
        harvest(controller, place, &result);
}

/* Begins the next key of the controller whose turn it is, or of the next one that has
 * work: the backlog of one kind does not hold up another. */
static bool begin_next(struct engine *engine)
{
    for (size_t tries = engine->controller_count; tries; tries--) {
        struct controller *controller = &engine->controllers[engine->next];
        engine->next = (engine->next + 1) % engine->controller_count;
        struct work *work = controller->synced
                                ? workqueue_take(controller->queue, engine->now.mono_ms)
                                : NULL;
        if (work) {
            begin(controller, work);
            return true;
        }
    }
    return false;
}

/* Begins what there is room for; true: it stopped for the sake of I/O only. */
static bool begin_some(struct engine *engine)
{
    for (size_t left = TURN_MAX; engine->running < engine->max_running; left--) {
        if (left == 0)
            return true;
        if (!begin_next(engine))
            return false;
    }
    return false;
}

static void resync(struct engine *engine)
{
    for (each_controller(controller, engine)) {
        if (controller->synced)
            caches_add_primaries(controller);
    }
}

/* What every call ends with. */
static void pump(struct engine *engine)
{
    harvest_all(engine);
    engine->more = false;
    for (each_controller(controller, engine)) {
        if (controller->synced || !engine->version_asked ||
            !caches_are_synced(controller))
            continue;
        controller->synced = true;
        caches_add_primaries(controller);
    }
    if (engine->paused)
        return;
    engine->more = begin_some(engine);
}

/* ---- the server's version */

static void ask_version(struct engine *engine)
{
    if (engine->version_request || engine->now.mono_ms < engine->version_due_ms)
        return;
    arena_reset(engine->turn);
    struct kube_request request = kube_request_version(engine->turn);
    engine->version_request = outbox_request(&engine->outbox, &request);
}

static void on_version(struct engine *engine, const struct kube_response *response)
{
    struct err ignored;
    auto_json cJSON *body =
        response ? json_parse(response->body, response->len, &ignored) : NULL;
    const char *version = json_str(body, "gitVersion");
    engine->version_request = 0;
    engine->version_due_ms =
        engine->now.mono_ms + (version ? VERSION_MS : VERSION_RETRY_MS);
    engine->version_asked = true;
    if (!version || strcmp(version, engine->server_version) == 0)
        return;
    snprintf(engine->server_version, sizeof engine->server_version, "%s", version);
    log_info(&engine->log, "the API server tells its version",
             LOG_STR("version", engine->server_version));
    resync(engine);
}

/* ---- what comes in */

void engine_start(struct engine *engine, struct instant now)
{
    engine->now = now;
    for (each_controller(controller, engine)) {
        for (each_cache(cache, controller))
            collection_start(cache->collection, now.mono_ms);
    }
    ask_version(engine);
}

static struct driver *find_driver(struct engine *engine, uint64_t id)
{
    for (each_controller(controller, engine)) {
        for (size_t i = 0; i < controller->running; i++) {
            if (driver_request(controller->drivers[i]) == id)
                return controller->drivers[i];
        }
    }
    return NULL;
}

static void on_cache_ended(struct cache *cache, uint64_t id,
                           const struct kube_response *response, const struct err *err)
{
    int64_t now_ms = cache->controller->engine->now.mono_ms;
    if (response)
        collection_on_response(cache->collection, id, response, now_ms);
    else
        collection_on_failure(cache->collection, id, err, now_ms);
    cache_report_health(cache);
}

/* Tells whoever began the request how it ended: with a response, or with an error. */
static void on_ended(struct engine *engine, uint64_t id,
                     const struct kube_response *response, const struct err *err)
{
    struct driver *driver = find_driver(engine, id);
    struct cache *cache = driver ? NULL : caches_find(engine, id);
    if (driver && response)
        driver_on_response(driver, response, engine->now);
    else if (driver)
        driver_on_failure(driver, err, engine->now);
    else if (cache)
        on_cache_ended(cache, id, response, err);
    else if (id == engine->version_request)
        on_version(engine, response);
    else if (response)
        recorder_on_response(engine->recorder, id, response);
    else
        recorder_on_failure(engine->recorder, id, err);
    pump(engine);
}

void engine_on_response(struct engine *engine, uint64_t id,
                        const struct kube_response *response, struct instant now)
{
    engine->now = now;
    on_ended(engine, id, response, NULL);
}

void engine_on_failure(struct engine *engine, uint64_t id, const struct err *err,
                       struct instant now)
{
    engine->now = now;
    on_ended(engine, id, NULL, err);
}

void engine_on_line(struct engine *engine, uint64_t id, const char *line, size_t len,
                    struct instant now)
{
    engine->now = now;
    struct cache *cache = caches_find(engine, id);
    if (cache)
        collection_on_line(cache->collection, id, line, len, now.mono_ms);
    pump(engine);
}

static void give_up_late(struct engine *engine)
{
    for (each_controller(controller, engine)) {
        for (size_t i = 0; i < controller->running; i++) {
            if (driver_deadline(controller->drivers[i]) <= engine->now.mono_ms)
                driver_on_deadline(controller->drivers[i], engine->now);
        }
    }
}

void engine_on_timer(struct engine *engine, struct instant now)
{
    engine->now = now;
    caches_on_timer(engine);
    give_up_late(engine);
    ask_version(engine);
    pump(engine);
}

void engine_set_config(struct engine *engine, const struct reconcile_config *config,
                       struct instant now)
{
    engine->now = now;
    take_config(engine, config);
    resync(engine);
    pump(engine);
}

void engine_pause(struct engine *engine)
{
    engine->paused = true;
}

void engine_resume(struct engine *engine, struct instant now)
{
    engine->now = now;
    engine->paused = false;
    pump(engine);
}

/* ---- what goes out */

bool engine_next_effect(struct engine *engine, struct engine_effect *effect)
{
    return outbox_next(&engine->outbox, effect) || caches_next_effect(engine, effect);
}

static int64_t controller_deadline(const struct controller *controller)
{
    const struct engine *engine = controller->engine;
    bool has_room =
        controller->synced && !engine->paused && engine->running < engine->max_running;
    int64_t deadline = has_room ? workqueue_deadline(controller->queue) : -1;
    for (each_cache(cache, controller))
        deadline = earlier(deadline, collection_deadline(cache->collection));
    for (size_t i = 0; i < controller->running; i++)
        deadline = earlier(deadline, driver_deadline(controller->drivers[i]));
    return deadline;
}

int64_t engine_deadline(const struct engine *engine)
{
    if (engine->more)
        return engine->now.mono_ms;
    int64_t deadline = engine->version_request ? -1 : engine->version_due_ms;
    for (each_controller(controller, engine))
        deadline = earlier(deadline, controller_deadline(controller));
    return deadline;
}

bool engine_busy(const struct engine *engine)
{
    return engine->running > 0 || recorder_in_flight(engine->recorder) > 0;
}

bool engine_synced(const struct engine *engine)
{
    for (each_controller(controller, engine)) {
        if (!controller->synced)
            return false;
    }
    return true;
}
