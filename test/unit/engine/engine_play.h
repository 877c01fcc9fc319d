/* engine_play.h - plays an API server to a whole engine with two reconcilers.
 *
 * "alpha" reconciles AgentRuntimes and maps Deployments to the one that they name in
 * spec.owner; "beta" reconciles StatefulSets, hears of all Deployments and may do
 * without Pods. What is planned gathers in `planned`; what the engine asks for in
 * `sent`.
 */
#ifndef BERTH_TEST_ENGINE_PLAY_H
#define BERTH_TEST_ENGINE_PLAY_H

#include "controller/engine/engine.h"
#include "kubeclient/api/object.h"
#include "test/support/check_main.h"

#include <stdio.h>

#define VERSION_PATH "/version"
#define ALPHA_LIST "/agentruntimes?"
#define BETA_LIST "/statefulsets?"
#define DEPLOYMENT_LIST "/deployments?"
#define POD_LIST "/pods?"
#define APPLY_PATH "/namespaces/a/deployments/d?fieldManager=berth&force=true"

struct sent {
    uint64_t id;
    enum kube_method method;
    const char *path, *body;
    bool open;
};

typedef void script_fn(const struct reconcile_input *in, struct plan *plan);

static struct arena *arena;
static struct metrics *metrics;
static struct engine *engine;
static struct instant now;
static struct sent sent[4096];
static size_t sent_count, cancels;
static char planned[8192]; /* "alpha:a/x beta:a/s " */
static size_t plan_count;
static script_fn *script; /* NULL: nothing is wanted */
static char seen_version[64], seen_namespace[64];

/* ---- the reconcilers */

static inline bool play_plan(const char *name, const struct reconcile_input *in,
                             struct plan *plan)
{
    size_t len = strlen(planned);
    snprintf(planned + len, sizeof planned - len, "%s:%s/%s ", name, in->key.ns,
             in->key.name);
    snprintf(seen_version, sizeof seen_version, "%s", in->config->server_version);
    snprintf(seen_namespace, sizeof seen_namespace, "%s",
             in->config->controller_namespace);
    plan_count++;
    if (script)
        script(in, plan);
    return true;
}

static inline bool plan_alpha(const struct reconcile_input *in, struct plan *plan,
                              struct err *err)
{
    return play_plan("alpha", in, plan) ||
           err_set(err, ERR_INTERNAL, "never happens here");
}

static inline bool plan_beta(const struct reconcile_input *in, struct plan *plan,
                             struct err *err)
{
    return play_plan("beta", in, plan) ||
           err_set(err, ERR_INTERNAL, "never happens here");
}

static inline void owner_values(const cJSON *deployment, struct kube_keys *values)
{
    const char *owner = json_str(deployment, "spec", "owner");
    if (owner)
        kube_keys_add(values, kube_namespace(deployment), owner);
}

static inline void map_owner(const cJSON *secondary, struct observed *observed,
                             const struct reconcile_config *config,
                             struct kube_keys *primaries)
{
    ck_assert(observed && config);
    owner_values(secondary, primaries);
}

static inline void map_all(const cJSON *secondary, struct observed *observed,
                           const struct reconcile_config *config,
                           struct kube_keys *primaries)
{
    ck_assert(secondary && config);
    observed_find_keys(observed, &KUBE_STATEFUL_SETS, NULL, "", primaries);
}

static const char *const KEEP[] = {"spec", "status", NULL};
static const char *const ALPHA_KEEP[] = {"spec owner", "spec n", NULL};
static const struct reconciler_index OWNER[] = {{"owner", owner_values}, {0}};
static const struct reconciler_watch ALPHA_WATCHES[] = {
    {.resource = &KUBE_AGENT_RUNTIMES, .keep = KEEP},
    {.resource = &KUBE_DEPLOYMENTS,
     .keep = ALPHA_KEEP,
     .indexes = OWNER,
     .map = map_owner},
    {0},
};
static const struct reconciler_watch BETA_WATCHES[] = {
    {.resource = &KUBE_STATEFUL_SETS, .keep = KEEP},
    {.resource = &KUBE_DEPLOYMENTS, .keep = KEEP, .map = map_all},
    {.resource = &KUBE_PODS, .keep = KEEP, .map = map_all, .optional = true},
    {0},
};
static const struct reconciler ALPHA = {
    .name = "alpha",
    .primary = &KUBE_AGENT_RUNTIMES,
    .watches = ALPHA_WATCHES,
    .plan = plan_alpha,
};
static const struct reconciler BETA = {
    .name = "beta",
    .primary = &KUBE_STATEFUL_SETS,
    .watches = BETA_WATCHES,
    .plan = plan_beta,
};
static const struct reconcile_config CONFIG = {.controller_namespace = "berth"};

/* ---- life */

static inline void open_engine(size_t max_reconciles)
{
    static const struct reconciler *const BOTH[] = {&ALPHA, &BETA, NULL};
    engine_free(&engine);
    engine = engine_new(&(struct engine_options){
        .reconcilers = BOTH,
        .config = &CONFIG,
        .identity = "me",
        .max_reconciles = max_reconciles,
        .seed = 1,
        .metrics = metrics,
    });
    sent_count = cancels = plan_count = 0;
    planned[0] = '\0';
    script = NULL;
}

static inline void setup(void)
{
    arena = arena_new();
    metrics = metrics_new();
    now = (struct instant){.mono_ms = 50000, .wall_ms = 1700000000000};
    open_engine(8);
}

static inline void teardown(void)
{
    engine_free(&engine);
    ck_assert_ptr_null(engine);
    metrics_free(&metrics);
    arena_free(&arena);
}

static inline void pass(int64_t ms)
{
    now.mono_ms += ms;
    now.wall_ms += ms;
}

/* ---- what it asks for */

static inline struct sent *sent_by_id(uint64_t id)
{
    for (size_t i = 0; i < sent_count; i++) {
        if (sent[i].id == id)
            return &sent[i];
    }
    return NULL;
}

/* Takes all effects, as the shell does. */
static inline void drain(void)
{
    struct engine_effect effect;
    while (engine_next_effect(engine, &effect)) {
        struct sent *known = sent_by_id(effect.id);
        if (effect.kind == ENGINE_CANCEL) {
            ck_assert(known && known->open);
            known->open = false;
            cancels++;
            continue;
        }
        ck_assert_ptr_null(known);
        ck_assert_uint_lt(sent_count, sizeof sent / sizeof *sent);
        sent[sent_count++] = (struct sent){
            .id = effect.id,
            .method = effect.request.method,
            .path = arena_strdup(arena, effect.request.path),
            .body = effect.request.body ? arena_strdup(arena, effect.request.body) : "",
            .open = true,
        };
    }
}

static inline size_t count_open(const char *path)
{
    size_t count = 0;
    for (size_t i = 0; i < sent_count; i++)
        count += sent[i].open && strstr(sent[i].path, path) != NULL;
    return count;
}

/* The first open request whose path has this in it, after `skip` others. */
static inline struct sent *open_request(const char *path, size_t skip)
{
    for (size_t i = 0; i < sent_count; i++) {
        if (sent[i].open && strstr(sent[i].path, path) && skip-- == 0)
            return &sent[i];
    }
    ck_abort_msg("no open request for %s", path);
    return NULL;
}

/* ---- the server */

static inline void answer(const char *path, int status, const char *body)
{
    struct sent *request = open_request(path, 0);
    request->open = false;
    engine_on_response(
        engine, request->id,
        &(struct kube_response){.status = status, .body = body, .len = strlen(body)},
        now);
    drain();
}

static inline void break_off(const char *path)
{
    struct err err;
    struct sent *request = open_request(path, 0);
    request->open = false;
    err_set(&err, ERR_UNAVAILABLE, "the connection broke");
    engine_on_failure(engine, request->id, &err, now);
    drain();
}

static inline const char *status_text(int code, const char *reason)
{
    return arena_printf(arena,
                        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":"
                        "\"server says %s\",\"reason\":\"%s\",\"code\":%d}",
                        reason, reason, code);
}

static inline const char *object(const char *name, int version, const char *spec)
{
    return arena_printf(arena,
                        "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"a\",\"uid\":"
                        "\"u-%s\",\"resourceVersion\":\"%d\"},\"spec\":%s}",
                        name, name, version, spec);
}

static inline const char *owned(const char *name, int version, const char *owner)
{
    return object(name, version, arena_printf(arena, "{\"owner\":\"%s\"}", owner));
}

/* A line on every open watch of the resource. */
static inline void line(const char *list, const char *type, const char *text)
{
    const char *event =
        arena_printf(arena, "{\"type\":\"%s\",\"object\":%s}", type, text);
    for (size_t i = 0, count = count_open(list); i < count; i++)
        engine_on_line(engine, open_request(list, i)->id, event, strlen(event), now);
    drain();
}

static inline void end_list(const char *list)
{
    line(list, "BOOKMARK",
         "{\"metadata\":{\"resourceVersion\":\"100\",\"annotations\":{"
         "\"k8s.io/initial-events-end\":\"true\"}}}");
}

static inline void start(void)
{
    engine_start(engine, now);
    drain();
}

static inline void answer_version(const char *version)
{
    answer(VERSION_PATH, 200, arena_printf(arena, "{\"gitVersion\":\"%s\"}", version));
}

/* Runs until everything is there: runtime a/x, stateful set a/s, deployment a/d of x.
 */
static inline void synchronize(void)
{
    start();
    answer_version("v1.37.2");
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    line(BETA_LIST, "ADDED", object("s", 11, "1"));
    line(DEPLOYMENT_LIST, "ADDED", owned("d", 12, "x"));
    end_list(ALPHA_LIST);
    end_list(BETA_LIST);
    end_list(DEPLOYMENT_LIST);
    ck_assert(!engine_synced(engine));
    end_list(POD_LIST);
    ck_assert(engine_synced(engine));
}

static inline void wake(void)
{
    int64_t deadline = engine_deadline(engine);
    ck_assert_int_ge(deadline, now.mono_ms);
    pass(deadline - now.mono_ms);
    engine_on_timer(engine, now);
    drain();
}

/* What was planned since it was asked last. */
static inline void expect_planned(const char *wanted)
{
    ck_assert_str_eq(planned, wanted);
    planned[0] = '\0';
    plan_count = 0;
}

static inline void expect_metric(const char *text_line)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 20);
    engine_update_metrics(engine, now);
    metrics_render(metrics, false, &text);
    ck_assert_msg(strstr(text.text, text_line) != NULL, "no %s", text_line);
    strbuf_fini(&text);
}

/* A plan that needs a config map, and is then content. */
static inline void plan_read(const struct reconcile_input *in, struct plan *plan)
{
    if (observed_fetched(in->observed, &KUBE_CONFIG_MAPS, "a", in->key.name, NULL,
                         NULL) == LOOKUP_UNKNOWN)
        plan_need(plan, &KUBE_CONFIG_MAPS, "a", in->key.name);
}

#endif
