/* collection_play.h - plays an API server's answers to one collection.
 *
 * setup() opens one over all namespaces; what it reports gathers in `changes`.
 */
#ifndef BERTH_TEST_COLLECTION_PLAY_H
#define BERTH_TEST_COLLECTION_PLAY_H

#include "controller/engine/collection.h"
#include "kubeclient/api/object.h"
#include "test/support/check_main.h"

#include <stdio.h>

static const char *const KEEP[] = {"spec", NULL};
static const struct reconciler_watch PRIMARY = {.resource = &KUBE_DEPLOYMENTS,
                                                .keep = KEEP};
static const struct reconciler_watch SELECTED = {.resource = &KUBE_CONFIG_MAPS,
                                                 .keep = KEEP,
                                                 .label_selector = "a=b",
                                                 .optional = true};
static inline bool choose_any(const cJSON *ns)
{
    return ns != NULL; /* the engine asks; a collection is told */
}

static const struct reconciler_watch CHOSEN = {
    .resource = &KUBE_CONFIG_MAPS, .keep = KEEP, .chooses = choose_any};
static const struct reconciler_watch CLUSTER = {.resource = &KUBE_NAMESPACES};

static struct collection *collection;
static struct arena *arena;
static uint64_t last_id;
static int64_t now;
static char changes[1024]; /* "+a/x ~a/x -a/x " */

static inline void on_changed(void *ctx, struct collection *changed,
                              const struct store_diff *diff)
{
    static const char SIGNS[] = {
        [STORE_ADDED] = '+', [STORE_CHANGED] = '~', [STORE_REMOVED] = '-'};
    size_t len = strlen(changes);
    ck_assert_ptr_eq(ctx, &changes);
    ck_assert_ptr_nonnull(collection_store(changed));
    ck_assert_int_ne(diff->change, STORE_SAME);
    snprintf(changes + len, sizeof(changes) - len, "%c%s/%s ", SIGNS[diff->change],
             diff->key.ns, diff->key.name);
}

static inline void on_completed(void *ctx, struct collection *completed, const char *ns)
{
    size_t len = strlen(changes);
    ck_assert_ptr_eq(ctx, &changes);
    ck_assert(collection_complete(completed, ns));
    snprintf(changes + len, sizeof(changes) - len, "!%s ", ns);
}

static inline void open_collection(const struct reconciler_watch *watch,
                                   const char *const *namespaces)
{
    struct collection_options options = {
        .watch = watch,
        .namespaces = namespaces,
        .seed = 5,
        .last_id = &last_id,
        .changed = on_changed,
        .completed = on_completed,
        .ctx = &changes,
    };
    collection_free(&collection);
    collection = collection_new(&options);
    changes[0] = '\0';
    collection_start(collection, now);
}

static inline void setup(void)
{
    arena = arena_new();
    last_id = 100;
    now = 1000;
    open_collection(&PRIMARY, NULL);
}

static inline void teardown(void)
{
    collection_free(&collection);
    ck_assert_ptr_null(collection);
    arena_free(&arena);
}

/* The next effect begins a request; its id, and its path in *path. */
static inline uint64_t expect_request(const char **path)
{
    struct collection_effect effect;
    ck_assert(collection_next_effect(collection, &effect));
    ck_assert(!effect.cancel);
    ck_assert(collection_owns(collection, effect.id));
    ck_assert_int_eq(effect.request.lane, KUBE_LANE_WATCH);
    *path = arena_strdup(arena, effect.request.path);
    return effect.id;
}

static inline uint64_t expect_path(const char *wanted)
{
    const char *path;
    uint64_t id = expect_request(&path);
    ck_assert_msg(strstr(path, wanted) != NULL, "%s has no %s", path, wanted);
    return id;
}

static inline void expect_cancel(uint64_t id)
{
    struct collection_effect effect;
    ck_assert(collection_next_effect(collection, &effect));
    ck_assert(effect.cancel);
    ck_assert_uint_eq(effect.id, id);
    ck_assert(!collection_owns(collection, id));
}

static inline void expect_nothing(void)
{
    struct collection_effect effect;
    ck_assert(!collection_next_effect(collection, &effect));
}

static inline void expect_changes(const char *wanted)
{
    ck_assert_str_eq(changes, wanted);
    changes[0] = '\0';
}

static inline void line(uint64_t id, const char *text)
{
    collection_on_line(collection, id, text, strlen(text), now);
}

static inline const char *object(const char *ns, const char *name, int version,
                                 int spec)
{
    return arena_printf(arena,
                        "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\","
                        "\"resourceVersion\":\"%d\"},\"spec\":%d}",
                        name, ns, version, spec);
}

static inline const char *event(const char *type, const char *text)
{
    return arena_printf(arena, "{\"type\":\"%s\",\"object\":%s}", type, text);
}

static inline const char *bookmark(int version, bool end)
{
    return arena_printf(
        arena,
        "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Deployment\",\"metadata\":{"
        "\"resourceVersion\":\"%d\"%s}}}",
        version,
        end ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "");
}

static inline void respond(uint64_t id, int status, const char *body)
{
    struct kube_response response = {
        .status = status, .body = body, .len = strlen(body)};
    collection_on_response(collection, id, &response, now);
}

static inline const char *page(int version, const char *token, const char *items)
{
    return arena_printf(arena,
                        "{\"kind\":\"DeploymentList\",\"metadata\":{"
                        "\"resourceVersion\":\"%d\",\"continue\":\"%s\"},"
                        "\"items\":[%s]}",
                        version, token, items);
}

static inline const char *status(int code, const char *reason)
{
    return arena_printf(arena,
                        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":"
                        "\"server says %s\",\"reason\":\"%s\",\"code\":%d}",
                        reason, reason, code);
}

static inline void wake(void)
{
    ck_assert_int_ge(collection_deadline(collection), now);
    now = collection_deadline(collection);
    collection_on_timer(collection, now);
}

/* A watch that goes on after an initial list of a/x (version 10, spec 1). */
static inline uint64_t sync_collection(void)
{
    uint64_t id = expect_path("sendInitialEvents=true");
    line(id, event("ADDED", object("a", "x", 10, 1)));
    line(id, bookmark(20, true));
    expect_changes("+a/x ");
    expect_nothing();
    return id;
}

static inline int64_t spec_of(const char *ns, const char *name)
{
    const cJSON *tree = store_get(collection_store(collection), arena, ns, name);
    return json_int(tree, -1, "spec");
}

#endif
