#include "controller/manager.h"

#include "controller/config_file.h"
#include "controller/config_map.h"
#include "controller/engine_io.h"
#include "controller/health.h"
#include "controller/loop.h"
#include "controller/settings.h"
#include "kubeclient/base/alloc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    DRAIN_MS = 10 * 1000, /* for reconciles in flight when told to stop */
};

/* Request ids of the configuration's watch, out of the engine's way. */
static const uint64_t CONFIG_IDS = UINT64_C(1) << 62;

enum manager_state {
    MANAGER_CONFIGURING, /* no valid configuration yet */
    MANAGER_RUNNING,
    MANAGER_DRAINING, /* told to stop: waiting for reconciles in flight */
    MANAGER_CLOSING,
};

struct manager {
    enum manager_state state;
    const struct manager_options *options;
    struct log_sink *sink;
    struct log log;
    struct kube_config kube;
    const char *ns;              /* the controller's own */
    const char *service_account; /* its own, which rights are bound to */
    char identity[256];

    struct loop *loop;
    struct kube_client *client;
    struct config_file *config_file;
    struct config_map *config_map;
    struct settings *settings;
    struct metrics *metrics;
    struct engine *engine; /* NULL until there is a configuration */
    struct engine_io *engine_io;
    struct health *health;
    int64_t drain_until_ms;
    bool synced;
    bool failed; /* it could not start: `err` says why */
    struct err err;
};

static void set_state(struct manager *manager, enum manager_state state)
{
    static const char *const NAMES[] = {"configuring", "running", "draining",
                                        "closing"};
    log_debug(&manager->log, "manager", LOG_STR("from", NAMES[manager->state]),
              LOG_STR("to", NAMES[state]));
    manager->state = state;
}

/* ---- endpoints */

static bool on_ready(void *ctx, struct strbuf *why_not)
{
    struct manager *manager = ctx;
    if (manager->engine) {
        engine_sync_report(manager->engine, why_not);
        return engine_synced(manager->engine);
    }
    settings_report(manager->settings, why_not);
    const struct err *err =
        manager->config_map ? config_map_error(manager->config_map) : NULL;
    if (err)
        strbuf_addf(why_not, "configuration: %s\n", err->msg);
    return false;
}

static void on_metrics(void *ctx, bool openmetrics, struct strbuf *out)
{
    struct manager *manager = ctx;
    if (manager->engine)
        engine_update_metrics(manager->engine, loop_now());
    const struct config *config = settings_config(manager->settings);
    if (config && !config->per_object_series)
        metrics_forget(manager->metrics, METRIC_OBJECTS_READY);
    metrics_render(manager->metrics, openmetrics, out);
}

static cJSON *on_state(void *ctx)
{
    struct manager *manager = ctx;
    cJSON *state =
        manager->engine ? engine_debug(manager->engine, loop_now()) : json_object();
    json_set(state, settings_debug(manager->settings), "configuration");
    return state;
}

static int64_t on_worst_stall(void *ctx)
{
    struct manager *manager = ctx;
    return loop_worst_stall_ms(manager->loop);
}

static bool on_debug_from_anywhere(void *ctx)
{
    struct manager *manager = ctx;
    const struct config *config = settings_config(manager->settings);
    return config && config->debug_from_anywhere;
}

static bool open_health(struct manager *manager, struct err *err)
{
    const struct config *config = settings_config(manager->settings);
    struct health_source source = {
        .ready = on_ready,
        .metrics = on_metrics,
        .state = on_state,
        .worst_stall_ms = on_worst_stall,
        .debug_from_anywhere = on_debug_from_anywhere,
        .ctx = manager,
    };
    manager->health = health_open(loop_uv(manager->loop), config->health_bind_address,
                                  config->metrics_bind_address, &source, err);
    return manager->health != NULL;
}

/* ---- life */

static void shut_down(struct manager *manager)
{
    set_state(manager, MANAGER_CLOSING);
    kube_client_close(&manager->client, NULL, NULL);
    engine_io_close(&manager->engine_io);
    config_map_close(&manager->config_map);
    config_file_close(&manager->config_file);
    health_close(&manager->health);
    loop_finish(manager->loop);
}

static void fail(struct manager *manager, const struct err *err)
{
    manager->failed = true;
    manager->err = *err;
    shut_down(manager);
}

static void start_engine(struct manager *manager)
{
    const struct config *config = settings_config(manager->settings);
    manager->engine = engine_new(&(struct engine_options){
        .reconcilers = reconcilers,
        .namespaces = config->watch_namespaces,
        .config = settings_reconcile(manager->settings),
        .identity = manager->identity,
        .max_reconciles = (size_t)config->max_reconciles,
        .seed = uv_hrtime() ^ (uint64_t)getpid() << 40,
        .metrics = manager->metrics,
        .log = manager->log,
    });
    manager->engine_io =
        engine_io_open(loop_uv(manager->loop), manager->engine, manager->client);
    engine_start(manager->engine, loop_now());
    set_state(manager, MANAGER_RUNNING);
    log_info(&manager->log, "started", LOG_STR("version", BERTH_VERSION),
             LOG_STR("server", manager->kube.server), LOG_STR("namespace", manager->ns),
             LOG_INT("health_port", health_port(manager->health)),
             LOG_INT("metrics_port", health_metrics_port(manager->health)));
}

static void on_document(void *ctx, const char *source, const char *text, size_t len)
{
    struct manager *manager = ctx;
    struct err err;
    bool first = manager->state == MANAGER_CONFIGURING;
    if (manager->state > MANAGER_RUNNING)
        return;
    if (!settings_apply(manager->settings, source, text, len, &err)) {
        metrics_add(manager->metrics, METRIC_CONFIG_RELOADS, 1,
                    METRIC_LABELS("refused"));
        if (first && manager->config_file)
            fail(manager, &err);
        else
            log_error(&manager->log,
                      first ? "the configuration is refused: waiting for a valid one"
                            : "the configuration is refused: the former stays in force",
                      LOG_STR("error", err.msg));
        return;
    }
    metrics_add(manager->metrics, METRIC_CONFIG_RELOADS, 1, METRIC_LABELS("applied"));
    const struct config *config = settings_config(manager->settings);
    log_sink_set(manager->sink, config->log_level, config->log_format);
    if (!first)
        engine_set_config(manager->engine, settings_reconcile(manager->settings),
                          loop_now());
    else if (open_health(manager, &err))
        start_engine(manager);
    else
        fail(manager, &err);
}

static void on_file_error(void *ctx, const struct err *err)
{
    struct manager *manager = ctx;
    if (manager->state == MANAGER_CONFIGURING)
        fail(manager, err);
    else
        log_error(&manager->log, "the configuration cannot be read: the former stays",
                  LOG_STR("error", err->msg));
}

static void on_map_error(void *ctx, const struct err *err)
{
    struct manager *manager = ctx;
    log_warn(&manager->log,
             manager->state == MANAGER_CONFIGURING
                 ? "the configuration cannot be read: nothing is done before it can"
                 : "the configuration cannot be read: the former stays",
             LOG_STR("error", err->msg));
}

static void on_stop(void *ctx)
{
    struct manager *manager = ctx;
    log_info(&manager->log, "stopping", LOG_STR("why", "told by a signal"));
    if (manager->state == MANAGER_CLOSING)
        return;
    if (manager->engine)
        engine_pause(manager->engine);
    manager->drain_until_ms = loop_now().mono_ms + DRAIN_MS;
    set_state(manager, MANAGER_DRAINING);
}

static void on_reload(void *ctx)
{
    struct manager *manager = ctx;
    if (manager->config_file && manager->state == MANAGER_RUNNING)
        config_file_reload(manager->config_file);
}

static void note_sync(struct manager *manager)
{
    if (manager->synced || !engine_synced(manager->engine))
        return;
    manager->synced = true;
    log_info(&manager->log, "caches are complete", LOG_STR("namespace", manager->ns));
}

static void before_wait(void *ctx)
{
    struct manager *manager = ctx;
    if (manager->state == MANAGER_CLOSING)
        return;
    if (manager->config_map)
        config_map_flush(manager->config_map);
    if (manager->engine_io) {
        engine_io_flush(manager->engine_io);
        note_sync(manager);
    }
    if (manager->state != MANAGER_DRAINING)
        return;
    bool busy = manager->engine && engine_busy(manager->engine);
    if (!busy || loop_now().mono_ms >= manager->drain_until_ms)
        shut_down(manager);
}

static void on_request(void *ctx, const struct kube_request *request, int code,
                       double seconds)
{
    static const char *const METHODS[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    struct manager *manager = ctx;
    char text[16];
    snprintf(text, sizeof text, "%d", code);
    const char *host = kube_client_host(manager->client);
    metrics_add(manager->metrics, METRIC_REQUESTS_TOTAL, 1,
                METRIC_LABELS(code ? text : "<error>", METHODS[request->method], host));
    if (!request->stream)
        metrics_observe(manager->metrics, METRIC_REQUEST_SECONDS, seconds,
                        METRIC_LABELS(request->verb, host));
}

/* ---- start */

/* "NAMESPACE/NAME" of --config-map, else `berth` in the own namespace. */
static bool open_config_map(struct manager *manager, struct err *err)
{
    char *given = xstrdup(manager->options->config_map);
    char *slash = given ? strchr(given, '/') : NULL;
    bool ok = !given || (slash && slash != given && slash[1]);
    if (slash)
        *slash = '\0';
    if (ok)
        manager->config_map = config_map_open(
            loop_uv(manager->loop), manager->client, given ? given : manager->ns,
            given ? slash + 1 : "berth", CONFIG_IDS,
            &(struct config_map_handlers){
                .changed = on_document, .failed = on_map_error, .ctx = manager});
    else
        err_set(err, ERR_INVALID, "--config-map must be NAMESPACE/NAME, not \"%s\"",
                manager->options->config_map);
    free(given);
    return ok;
}

static bool open_config(struct manager *manager, struct err *err)
{
    const struct manager_options *options = manager->options;
    if (options->config_file && options->config_map)
        return err_set(err, ERR_INVALID,
                       "--config and --config-map exclude each other");
    if (!options->config_file)
        return open_config_map(manager, err);
    manager->config_file = config_file_open(
        loop_uv(manager->loop), options->config_file,
        &(struct config_file_handlers){
            .changed = on_document, .failed = on_file_error, .ctx = manager});
    config_file_reload(manager->config_file);
    return true;
}

static void open_identity(struct manager *manager)
{
    const char *pod_namespace = getenv("POD_NAMESPACE");
    const char *pod_name = getenv("POD_NAME");
    const char *account = getenv("POD_SERVICE_ACCOUNT");
    manager->ns = pod_namespace && pod_namespace[0] ? pod_namespace
                  : manager->kube.ns                ? manager->kube.ns
                                                    : "default";
    manager->service_account = account && account[0] ? account : "berth";
    if (!pod_name || !pod_name[0]) {
        if (gethostname(manager->identity, sizeof manager->identity - 1) != 0)
            memcpy(manager->identity, "berth", sizeof "berth");
        return;
    }
    snprintf(manager->identity, sizeof manager->identity, "%s", pod_name);
}

static bool open_client(struct manager *manager, struct err *err)
{
    manager->client = kube_client_open(loop_uv(manager->loop),
                                       &(struct kube_client_options){
                                           .config = &manager->kube,
                                           .user_agent = "berth/" BERTH_VERSION,
                                           .log = manager->log,
                                           .observe = on_request,
                                           .observe_ctx = manager,
                                       },
                                       err);
    return manager->client != NULL;
}

static bool start(struct manager *manager, struct err *err)
{
    if (!kube_config_load(&manager->options->kube, &manager->kube, err))
        return false;
    open_identity(manager);
    manager->settings =
        settings_new(manager->ns, manager->service_account, manager->options->flags,
                     manager->options->flag_count, &manager->log);
    metrics_set(manager->metrics, METRIC_BUILD_INFO, 1, METRIC_LABELS(BERTH_VERSION));
    return open_client(manager, err) && open_config(manager, err);
}

bool manager_run(const struct manager_options *options, struct log_sink *sink,
                 struct err *err)
{
    struct manager *manager = xcalloc(1, sizeof *manager);
    manager->options = options;
    manager->sink = sink;
    manager->log = *log_sink_log(sink);
    manager->metrics = metrics_new();
    manager->loop = loop_open(&(struct loop_handlers){.stop = on_stop,
                                                      .reload = on_reload,
                                                      .before_wait = before_wait,
                                                      .ctx = manager},
                              &manager->log);
    struct err failure;
    if (!start(manager, &failure))
        fail(manager, &failure);
    loop_run(manager->loop);
    loop_close(&manager->loop);
    engine_free(&manager->engine);
    metrics_free(&manager->metrics);
    settings_free(&manager->settings);
    kube_config_fini(&manager->kube);
    bool ok = !manager->failed;
    if (!ok)
        *err = manager->err;
    else
        log_info(&manager->log, "stopped", LOG_INT("code", 0));
    free(manager);
    return ok;
}
