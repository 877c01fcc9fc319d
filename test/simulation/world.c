#include "test/simulation/world.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/backoff.h"
#include "test/simulation/manifests.h"
#include "test/simulation/world_state.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

enum {
    MAX_RECONCILES = 32,
    LONG_MS = 5 * 1000, /* a timer beyond it does not keep the world from rest */
    STEPS_MAX = 400000, /* of one settle: more is a loop that no time passes in */
    BODY_MAX = 4 * 1024 * 1024,
};

static const int64_t START_WALL_MS = 1767323045000; /* 2026-01-02T03:04:05Z */

static const char *const ADMIN_GROUPS[] = {"system:masters", "system:authenticated",
                                           NULL};
static const struct api_user ADMIN = {"admin", ADMIN_GROUPS};

/* ---- users */

int world_say(struct world *world, const struct world_call *call, cJSON **answer)
{
    struct strbuf body;
    strbuf_init(&body, BODY_MAX);
    if (call->body)
        json_print(&body, call->body);
    const struct api_request request = {
        .method = call->method,
        .target = call->target,
        .content_type = call->content_type ? call->content_type : "application/json",
        .accept = "",
        .user = &ADMIN,
        .user_agent = call->manager ? call->manager : "user",
        .body = body.len ? body.text : "",
        .body_len = body.len,
    };
    struct api_answer said;
    struct err err;
    api_server_handle(world->server, &request, world->now, &said);
    int status = said.status;
    if (strcmp(call->method, "GET") != 0)
        world_note(world, "%s %s %.*s: %d", request.user_agent, call->method,
                   (int)strcspn(call->target, "?"), call->target, status);
    if (answer)
        *answer =
            said.body.len ? json_parse(said.body.text, said.body.len, &err) : NULL;
    api_watch_close(&said.watch);
    api_answer_fini(&said);
    strbuf_fini(&body);
    return status;
}

cJSON *world_get(struct world *world, const char *target)
{
    cJSON *answer = NULL;
    const struct world_call call = {.method = "GET", .target = target};
    if (world_say(world, &call, &answer) == 200)
        return answer;
    json_free(answer);
    return NULL;
}

static void install(struct world *world, const cJSON *object)
{
    static const struct {
        const char *kind, *path;
    } PATHS[] = {
        {"CustomResourceDefinition",
         "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"},
        {"ClusterRole", "/apis/rbac.authorization.k8s.io/v1/clusterroles"},
        {"ClusterRoleBinding",
         "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"},
        {"Namespace", "/api/v1/namespaces"},
        {"ServiceAccount", "/api/v1/namespaces/" WORLD_SYSTEM "/serviceaccounts"},
    };
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        if (strcmp(json_str_or(object, "", "kind"), PATHS[i].kind) != 0)
            continue;
        const struct world_call call = {
            .method = "POST", .target = PATHS[i].path, .body = object};
        int status = world_say(world, &call, NULL);
        assert(status == 201);
        return;
    }
    assert(!"a kind of manifest that has no path here");
}

/* ---- life */

static void on_audit(void *ctx, const char *line, size_t len)
{
    struct world *world = ctx;
    struct err err;
    auto_json cJSON *record = json_parse(line, len, &err);
    const char *user = json_str_or(record, "", "user", "username");
    bool dry = strstr(json_str_or(record, "", "requestURI"), "dryRun=") != NULL;
    if (strcmp(user, "system:serviceaccount:" WORLD_SYSTEM ":berth") != 0 || dry)
        return;
    cJSON *entry = json_push(world->audit, json_object());
    json_set_str(entry, json_str(record, "verb"), "verb");
    json_set_str(entry, json_str(record, "objectRef", "resource"), "resource");
    json_set_str(entry, json_str(record, "objectRef", "subresource"), "subresource");
    json_set_str(entry, json_str_or(record, "", "objectRef", "namespace"), "namespace");
    json_set_str(entry, json_str_or(record, "", "objectRef", "name"), "name");
    json_set(entry, json_number(json_int(record, 0, "responseStatus", "code")), "code");
    bool apply = strstr(json_str_or(record, "", "requestURI"), "force=true") != NULL;
    json_set(entry, json_boolean(apply), "apply");
}

struct world *world_new(const struct world_options *options)
{
    struct world *world = xcalloc(1, sizeof *world);
    world->options = *options;
    world->random = options->seed;
    world->now = (struct instant){.mono_ms = 1000, .wall_ms = START_WALL_MS};
    world->audit = json_array();
    world->restart_at_ms = -1;
    world->server = api_server_new(
        &(struct api_server_options){
            .seed = random_next(&world->random), .audit = on_audit, .audit_ctx = world},
        world->now);
    struct strbuf *trace = world->options.trace;
    world->options.trace = NULL; /* what every world begins with is not told */
    json_each (object, manifests())
        install(world, object);
    world->options.trace = trace;
    world->cluster =
        cluster_new(world->server,
                    &(struct cluster_options){.kubelet = options->kubelet}, world->now);
    return world;
}

void world_free(struct world **world)
{
    struct world *self = *world;
    if (!self)
        return;
    world_kill(self);
    cluster_free(&self->cluster);
    api_server_free(&self->server);
    json_free(self->audit);
    free(self->config_text);
    free(self);
    *world = NULL;
}

/* ---- the controller */

static void on_log(void *ctx, enum log_level level, const char *msg,
                   const struct log_field *fields, size_t count)
{
    struct world *world = ctx;
    if (!world->options.trace && !world->options.log)
        return;
    struct strbuf line;
    strbuf_init(&line, 8192);
    strbuf_addf(&line, "%s: %s", log_level_name(level), msg);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].text && *fields[i].text)
            strbuf_addf(&line, " %s=%s", fields[i].name, fields[i].text);
    }
    world_note(world, "  log %s", line.text);
    if (world->options.log)
        world->options.log(world->options.log_ctx, line.text);
    strbuf_fini(&line);
}

static struct config *config_of(const char *text)
{
    struct err err = {0};
    struct config *config =
        config_build("config", text, text ? strlen(text) : 0, NULL, 0, &err);
    assert(config);
    config->project.service_account = "berth";
    return config;
}

static void keep_text(struct world *world, const char *config)
{
    char *text = config ? xstrdup(config) : NULL;
    free(world->config_text);
    world->config_text = text;
}

void world_start(struct world *world, const char *config)
{
    assert(!world->engine);
    keep_text(world, config);
    world->restart_at_ms = -1;
    world->config = config_of(config);
    world->reconcile = config_for_reconcilers(world->config, WORLD_SYSTEM);
    world->metrics = metrics_new();
    world->engine = engine_new(&(struct engine_options){
        .reconcilers = reconcilers,
        .config = &world->reconcile,
        .identity = "berth-0",
        .max_reconciles = MAX_RECONCILES,
        .seed = random_next(&world->random),
        .metrics = world->metrics,
        .log = {.level = LOG_INFO, .write = on_log, .ctx = world},
    });
    world_note(world, "the controller starts");
    engine_start(world->engine, world->now);
    link_drain(world);
}

void world_configure(struct world *world, const char *config)
{
    struct config *former = world->config;
    keep_text(world, config);
    if (!world->engine) /* it has crashed, and will start with it */
        return;
    world->config = config_of(config);
    world->reconcile = config_for_reconcilers(world->config, WORLD_SYSTEM);
    world_note(world, "the configuration changes");
    engine_set_config(world->engine, &world->reconcile, world->now);
    config_free(&former);
    link_drain(world);
}

void world_kill(struct world *world)
{
    link_drop_all(world);
    engine_free(&world->engine);
    metrics_free(&world->metrics);
    config_free(&world->config);
    world->restart_at_ms = -1;
    world->expire_next = false;
    world->frozen_until_ms = 0;
}

bool world_runs(const struct world *world)
{
    return world->engine != NULL;
}

bool world_restarts(const struct world *world)
{
    return world->restart_at_ms >= 0;
}

void world_freeze(struct world *world, int64_t ms)
{
    world_note(world, "the controller is stopped for %lld ms", (long long)ms);
    world->frozen_until_ms = world->now.mono_ms + ms;
}

void world_forget_history(struct world *world)
{
    world_note(world, "the server forgets its history");
    api_server_compact(world->server);
}

/* ---- time */

int64_t world_now_ms(const struct world *world)
{
    return world->now.mono_ms;
}

static int64_t deadline_of(const struct world *world)
{
    int64_t link = world->engine ? link_deadline(world) : world->restart_at_ms;
    int64_t cluster = cluster_deadline(world->cluster);
    if (link < 0 || cluster < 0)
        return link < 0 ? cluster : link;
    return link < cluster ? link : cluster;
}

static void pass_until(struct world *world, int64_t mono_ms)
{
    int64_t passed = mono_ms - world->now.mono_ms;
    if (passed <= 0)
        return;
    world->now.mono_ms += passed;
    world->now.wall_ms += passed;
}

static bool restart(struct world *world)
{
    if (world->restart_at_ms < 0 || world->restart_at_ms > world->now.mono_ms)
        return false;
    char *text = world->config_text;
    world->config_text = NULL;
    world_start(world, text);
    free(text);
    return true;
}

/* What is due at this very time; false: nothing is. */
static bool step_now(struct world *world)
{
    if (restart(world))
        return true;
    return api_server_turn(world->server, world->now) ||
           cluster_turn(world->cluster, world->now) || link_step(world);
}

bool world_step(struct world *world, int64_t until_ms)
{
    if (step_now(world))
        return true;
    int64_t next = deadline_of(world);
    if (next < 0 || next > until_ms) {
        pass_until(world, until_ms);
        return false;
    }
    pass_until(world, next > world->now.mono_ms ? next : world->now.mono_ms + 1);
    return true;
}

bool world_settle(struct world *world, int64_t limit_ms)
{
    int64_t until = world->now.mono_ms + limit_ms;
    for (size_t steps = 0; steps < STEPS_MAX; steps++) {
        if (step_now(world))
            continue;
        int64_t next = deadline_of(world);
        bool rests = !link_busy(world) && world->restart_at_ms < 0 &&
                     (next < 0 || next > world->now.mono_ms + LONG_MS) &&
                     (!world->engine || !engine_busy(world->engine));
        if (rests)
            return true;
        if (next < 0 || next > until)
            return false;
        pass_until(world, next > world->now.mono_ms ? next : world->now.mono_ms + 1);
    }
    return false;
}

/* ---- what was seen */

size_t world_writes(const struct world *world)
{
    return world->writes;
}

const cJSON *world_audit(const struct world *world)
{
    return world->audit;
}

void world_note(struct world *world, const char *format, ...)
{
    struct strbuf *trace = world->options.trace;
    if (!trace)
        return;
    va_list args;
    strbuf_addf(trace, "%10.3f  ", (double)(world->now.mono_ms - 1000) / 1000);
    va_start(args, format);
    strbuf_addv(trace, format, args);
    va_end(args);
    strbuf_addc(trace, '\n');
}
