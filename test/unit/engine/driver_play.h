/* driver_play.h - drives one driver through a scripted reconciler and a played server.
 *
 * The script is a table of plan functions, one for each round; the last one stays. The
 * cache is a list of texts that `take_in` writes to, as the engine's caches do. Time is
 * `now`, and passes by pass() only.
 */
#ifndef BERTH_TEST_DRIVER_PLAY_H
#define BERTH_TEST_DRIVER_PLAY_H

#include "controller/engine/driver.h"
#include "kubeclient/api/object.h"
#include "reconcilers/reconciler.h"
#include "test/support/check_main.h"

#define RUNTIME_PATH "/apis/agent.kagenti.dev/v1alpha1/namespaces/a/agentruntimes/x"
#define STATUS_PATH RUNTIME_PATH "/status?fieldManager=berth-status"
#define DEPLOYMENT_PATH "/apis/apps/v1/namespaces/a/deployments/d"
#define APPLY_PATH DEPLOYMENT_PATH "?fieldManager=berth&force=true"
#define CONFIG_MAP_PATH "/api/v1/namespaces/a/configmaps/c"

typedef void script_fn(const struct reconcile_input *in, struct plan *plan);

struct cached {
    const struct kube_resource *resource;
    const char *name;
    const char *text; /* NULL: gone */
};

static struct arena *arena; /* of the test */
static struct metrics *metrics;
static struct outbox outbox;
static struct recorder *recorder;
static struct key_memory *memory;
static struct workqueue *queue;
static struct driver *driver;
static struct driver_result result; /* of the last reconcile */
static uint64_t last_id, random_state, request_id;
static struct instant now;
static struct log play_log; /* silent, unless a test gives it a sink */
static script_fn *const *script;
static size_t rounds;
static bool plan_fails;
static struct cached cache[8];
static size_t taken_in; /* objects given to the cache */

/* ---- the cache */

static inline struct cached *cached_find(const struct kube_resource *resource,
                                         const char *name)
{
    struct cached *at = cache;
    while (at->resource && (at->resource != resource || strcmp(at->name, name) != 0))
        at++;
    ck_assert(at < cache + 8);
    return at;
}

static inline void cached_put(const struct kube_resource *resource, const char *name,
                              const char *text)
{
    *cached_find(resource, name) = (struct cached){resource, name, text};
}

static inline cJSON *parse(const char *text)
{
    struct err err;
    cJSON *tree = json_parse(text, strlen(text), &err);
    ck_assert_msg(tree != NULL, "%s: %s", text, tree ? "" : err.msg);
    return tree;
}

static inline const cJSON *source_get(void *ctx, struct arena *into,
                                      const struct kube_resource *resource,
                                      const char *ns, const char *name)
{
    const struct cached *at = cached_find(resource, name);
    ck_assert_ptr_eq(ctx, cache);
    ck_assert_str_eq(ns, "a");
    return at->text ? json_adopt(into, parse(at->text)) : NULL;
}

/* Only what the cache knows of is watched. */
static inline const cJSON *play_take_in(void *ctx, struct driver *taking,
                                        struct arena *into,
                                        const struct kube_resource *resource,
                                        struct json_slice text)
{
    cJSON *object = json_adopt(into, parse(arena_strndup(into, text.start, text.len)));
    struct cached *at = cached_find(resource, kube_name(object));
    ck_assert_ptr_eq(ctx, cache);
    ck_assert_ptr_eq(taking, driver);
    taken_in++;
    if (!at->resource)
        return NULL;
    at->text = arena_strndup(arena, text.start, text.len);
    return object;
}

/* ---- the reconciler */

static inline bool play_plan(const struct reconcile_input *in, struct plan *plan,
                             struct err *err)
{
    size_t last = 0;
    while (script[last + 1])
        last++;
    script[rounds < last ? rounds : last](in, plan);
    rounds++;
    return !plan_fails || err_set(err, ERR_INVALID, "no sense in it");
}

static const struct reconciler PLAYED = {
    .name = "played", .primary = &KUBE_AGENT_RUNTIMES, .plan = play_plan};
static const struct reconcile_config CONFIG = {.controller_namespace = "berth"};
static const struct object_source SOURCE = {.get = source_get, .ctx = cache};
static const struct kube_key KEY = {.ns = "a", .name = "x"};

#define play(...)                                                                      \
    static script_fn *const SCRIPT[] = {__VA_ARGS__, NULL};                            \
    script = SCRIPT

static inline void plan_nothing(const struct reconcile_input *in, struct plan *plan)
{
    ck_assert(in && plan);
}

/* ---- life */

/* "a/<name>" with uid "u-<name>"; `more` begins with a comma, or is "". */
static inline const char *object(const struct kube_resource *resource, const char *name,
                                 int version, const char *more)
{
    return arena_printf(arena,
                        "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{"
                        "\"name\":\"%s\",\"namespace\":\"a\",\"uid\":\"u-%s\","
                        "\"resourceVersion\":\"%d\"}%s}",
                        kube_api_version(arena, resource), resource->kind, name, name,
                        version, more);
}

static inline void setup(void)
{
    static struct driver_env env;
    arena = arena_new();
    metrics = metrics_new();
    outbox_init(&outbox, &last_id);
    recorder = recorder_new(&(struct recorder_options){
        .identity = "me", .outbox = &outbox, .metrics = metrics, .log = &play_log});
    memory = key_memory_new(1);
    queue = workqueue_new(
        &(struct workqueue_options){.name = "played", .metrics = metrics, .seed = 1});
    env = (struct driver_env){
        .reconciler = &PLAYED,
        .config = &CONFIG,
        .source = &SOURCE,
        .take_in = play_take_in,
        .ctx = cache,
        .outbox = &outbox,
        .recorder = recorder,
        .memory = memory,
        .metrics = metrics,
        .log = &play_log,
        .random = &random_state,
    };
    driver = driver_new(&env);
    now = (struct instant){.mono_ms = 10000, .wall_ms = 1700000000000};
    memset(cache, 0, sizeof cache);
    taken_in = 0;
    play_log = (struct log){0};
    plan_fails = false;
    cached_put(&KUBE_AGENT_RUNTIMES, "x", object(&KUBE_AGENT_RUNTIMES, "x", 7, ""));
    cached_put(&KUBE_DEPLOYMENTS, "d", object(&KUBE_DEPLOYMENTS, "d", 5, ""));
}

static inline void teardown(void)
{
    driver_free(&driver);
    ck_assert_ptr_null(driver);
    workqueue_free(&queue);
    key_memory_free(&memory);
    recorder_free(&recorder);
    outbox_fini(&outbox);
    metrics_free(&metrics);
    arena_free(&arena);
}

static inline void pass(int64_t ms)
{
    now.mono_ms += ms;
    now.wall_ms += ms;
}

/* A reconcile of a/x begins. */
static inline void start(void)
{
    rounds = 0;
    workqueue_add(queue, &KEY, WORK_CHANGE, now.mono_ms);
    struct work *work = workqueue_take(queue, now.mono_ms);
    ck_assert_ptr_nonnull(work);
    driver_start(driver, work, now);
    ck_assert_ptr_eq(driver_work(driver), work);
}

/* ---- the server */

/* The driver's request is this one. */
static inline struct kube_request expect_request(enum kube_method method,
                                                 const char *path)
{
    struct engine_effect effect;
    ck_assert_msg(outbox_next(&outbox, &effect), "nothing for %s", path);
    ck_assert_int_eq(effect.kind, ENGINE_REQUEST);
    ck_assert_str_eq(effect.request.path, path);
    ck_assert_int_eq(effect.request.method, method);
    ck_assert_uint_eq(driver_request(driver), effect.id);
    ck_assert(!driver_is_done(driver, &result));
    request_id = effect.id;
    return effect.request;
}

static inline void expect_no_effect(void)
{
    ck_assert(outbox_is_empty(&outbox));
}

static inline void respond(const struct kube_response *response)
{
    pass(1);
    driver_on_response(driver, response, now);
}

static inline void answer(int status, const char *body)
{
    respond(
        &(struct kube_response){.status = status, .body = body, .len = strlen(body)});
}

/* A Status; `name` is that of its details, "" for none. */
static inline const char *status_text(int code, const char *reason, const char *name)
{
    return arena_printf(arena,
                        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":"
                        "\"server says %s\",\"reason\":\"%s\",\"code\":%d,"
                        "\"details\":{\"name\":\"%s\"}}",
                        reason, reason, code, name);
}

static inline void refuse(int code, const char *reason, const char *name)
{
    answer(code, status_text(code, reason, name));
}

static inline void no_answer(void)
{
    struct err err;
    err_set(&err, ERR_UNAVAILABLE, "the connection broke");
    pass(1);
    driver_on_failure(driver, &err, now);
}

/* The reconcile is over, after so many plans. */
static inline void expect_done(enum work_outcome outcome, size_t plans)
{
    ck_assert(driver_is_done(driver, &result));
    ck_assert_uint_eq(driver_request(driver), 0);
    ck_assert_int_eq(result.work.outcome, outcome);
    ck_assert_uint_eq(rounds, plans);
    workqueue_done(queue, driver_work(driver), &result.work, now.mono_ms);
}

static inline void expect_metric(const char *line)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 20);
    metrics_render(metrics, false, &text);
    ck_assert_msg(strstr(text.text, line) != NULL, "no %s in\n%s", line, text.text);
    strbuf_fini(&text);
}

static inline void expect_body(const struct kube_request *request, const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 16);
    auto_json cJSON *body = parse(request->body);
    json_canonical(&text, body);
    ck_assert_str_eq(text.text, wanted);
    strbuf_fini(&text);
}

/* ---- a plan that writes */

static enum err_kind failure; /* of the last write, as the last plan saw it */

static inline void note_failure(const struct reconcile_input *in)
{
    const struct err *err = observed_failure(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    failure = err ? err->kind : ERR_NONE;
}

/* Wants spec 1 in a/d: creates or updates it, and does not insist. */
static inline void plan_converge(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    note_failure(in);
    if (failure || json_int(live, 0, "spec") == 1)
        return;
    cJSON *intent = kube_object(arena, &KUBE_DEPLOYMENTS, "a", "d");
    json_set(intent, json_number(1), "spec");
    plan_apply(plan, &KUBE_DEPLOYMENTS, intent, live ? PLAN_UPDATE : PLAN_CREATE, live,
               "want 1");
}

#define DONE_AT(version) object(&KUBE_DEPLOYMENTS, "d", version, ",\"spec\":1")
#define NOT_YET_AT(version) object(&KUBE_DEPLOYMENTS, "d", version, ",\"spec\":0")

#define WRITE_PATH DEPLOYMENT_PATH "?fieldManager=berth"

#endif
