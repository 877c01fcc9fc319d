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
static const struct reconciler_watch CLUSTER = {.resource = &KUBE_NAMESPACES};

static struct collection *collection;
static struct arena *arena;
static uint64_t last_id;
static int64_t now;
static char changes[1024]; /* "+a/x ~a/x -a/x " */

static void on_changed(void *ctx, struct collection *changed,
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

static void open_collection(const struct reconciler_watch *watch,
                            const char *const *namespaces)
{
    struct collection_options options = {
        .watch = watch,
        .namespaces = namespaces,
        .seed = 5,
        .last_id = &last_id,
        .changed = on_changed,
        .ctx = &changes,
    };
    collection_free(&collection);
    collection = collection_new(&options);
    changes[0] = '\0';
    collection_start(collection, now);
}

static void setup(void)
{
    arena = arena_new();
    last_id = 100;
    now = 1000;
    open_collection(&PRIMARY, NULL);
}

static void teardown(void)
{
    collection_free(&collection);
    ck_assert_ptr_null(collection);
    arena_free(&arena);
}

/* The next effect begins a request; its id, and its path in *path. */
static uint64_t expect_request(const char **path)
{
    struct collection_effect effect;
    ck_assert(collection_next_effect(collection, &effect));
    ck_assert(!effect.cancel);
    ck_assert(collection_owns(collection, effect.id));
    ck_assert_int_eq(effect.request.lane, KUBE_LANE_WATCH);
    *path = arena_strdup(arena, effect.request.path);
    return effect.id;
}

static uint64_t expect_path(const char *wanted)
{
    const char *path;
    uint64_t id = expect_request(&path);
    ck_assert_msg(strstr(path, wanted) != NULL, "%s has no %s", path, wanted);
    return id;
}

static void expect_cancel(uint64_t id)
{
    struct collection_effect effect;
    ck_assert(collection_next_effect(collection, &effect));
    ck_assert(effect.cancel);
    ck_assert_uint_eq(effect.id, id);
    ck_assert(!collection_owns(collection, id));
}

static void expect_nothing(void)
{
    struct collection_effect effect;
    ck_assert(!collection_next_effect(collection, &effect));
}

static void expect_changes(const char *wanted)
{
    ck_assert_str_eq(changes, wanted);
    changes[0] = '\0';
}

static void line(uint64_t id, const char *text)
{
    collection_on_line(collection, id, text, strlen(text), now);
}

static const char *object(const char *ns, const char *name, int version, int spec)
{
    return arena_printf(arena,
                        "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\","
                        "\"resourceVersion\":\"%d\"},\"spec\":%d}",
                        name, ns, version, spec);
}

static const char *event(const char *type, const char *text)
{
    return arena_printf(arena, "{\"type\":\"%s\",\"object\":%s}", type, text);
}

static const char *bookmark(int version, bool end)
{
    return arena_printf(
        arena,
        "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Deployment\",\"metadata\":{"
        "\"resourceVersion\":\"%d\"%s}}}",
        version,
        end ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "");
}

static void respond(uint64_t id, int status, const char *body)
{
    struct kube_response response = {
        .status = status, .body = body, .len = strlen(body)};
    collection_on_response(collection, id, &response, now);
}

static const char *page(int version, const char *token, const char *items)
{
    return arena_printf(arena,
                        "{\"kind\":\"DeploymentList\",\"metadata\":{"
                        "\"resourceVersion\":\"%d\",\"continue\":\"%s\"},"
                        "\"items\":[%s]}",
                        version, token, items);
}

static const char *status(int code, const char *reason)
{
    return arena_printf(arena,
                        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":"
                        "\"server says %s\",\"reason\":\"%s\",\"code\":%d}",
                        reason, reason, code);
}

static void wake(void)
{
    ck_assert_int_ge(collection_deadline(collection), now);
    now = collection_deadline(collection);
    collection_on_timer(collection, now);
}

/* A watch that goes on after an initial list of a/x (version 10, spec 1). */
static uint64_t sync_collection(void)
{
    uint64_t id = expect_path("sendInitialEvents=true");
    line(id, event("ADDED", object("a", "x", 10, 1)));
    line(id, bookmark(20, true));
    expect_changes("+a/x ");
    expect_nothing();
    return id;
}

static int64_t spec_of(const char *ns, const char *name)
{
    const cJSON *tree = store_get(collection_store(collection), arena, ns, name);
    return json_int(tree, -1, "spec");
}

START_TEST(syncs_by_watch_list)
{
    uint64_t id = expect_path("/apis/apps/v1/deployments?");
    expect_nothing();
    ck_assert_uint_eq(id, 101);
    ck_assert(!collection_synced(collection));
    ck_assert_int_eq(collection_stats(collection).last_event_ms, -1);
    line(id, event("ADDED", object("a", "x", 10, 1)));
    line(id, event("ADDED", object("b", "y", 5, 2)));
    ck_assert(!collection_synced(collection));
    line(id, bookmark(20, true));
    ck_assert(collection_synced(collection));
    ck_assert(collection_served(collection));
    ck_assert_ptr_null(collection_error(collection));
    expect_changes("+a/x +b/y ");
    line(id, event("MODIFIED", object("a", "x", 21, 3)));
    line(id, event("MODIFIED", object("a", "x", 22, 3)));
    now += 5000;
    line(id, event("DELETED", object("b", "y", 23, 2)));
    expect_changes("~a/x -b/y ");
    ck_assert_int_eq(collection_stats(collection).last_event_ms, now);
    expect_nothing();
    ck_assert_ptr_eq(collection_watch(collection), &PRIMARY);
}
END_TEST

START_TEST(syncs_by_pages)
{
    uint64_t id = expect_path("sendInitialEvents=true");
    respond(id, 422, status(422, "Invalid"));
    id = expect_path("limit=250");
    respond(id, 200,
            page(20, "n\\u0065xt",
                 arena_printf(arena, "%s, %s", object("a", "x", 10, 1),
                              object("a", "y", 11, 1))));
    ck_assert(!collection_synced(collection));
    id = expect_path("continue=next");
    respond(id, 200, page(20, "", object("a", "z", 12, 1)));
    ck_assert(collection_synced(collection));
    expect_changes("+a/x +a/y +a/z ");
    id = expect_path("resourceVersion=20");
    line(id, event("MODIFIED", object("a", "x", 30, 2)));
    expect_changes("~a/x ");
}
END_TEST

START_TEST(a_page_may_be_empty)
{
    static const char *const EMPTY[] = {
        "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}",
        "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":null}",
        "{\"items\":[ ],\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"\"}}",
    };
    for (size_t i = 0; i < sizeof(EMPTY) / sizeof(*EMPTY); i++) {
        open_collection(&PRIMARY, NULL);
        respond(expect_path("sendInitial"), 400, status(400, "BadRequest"));
        respond(expect_path("limit="), 200, EMPTY[i]);
        ck_assert(collection_synced(collection));
        expect_path("resourceVersion=7");
    }
}
END_TEST

START_TEST(restarts_a_list_whose_token_expired)
{
    respond(expect_path("sendInitial"), 400, status(400, "BadRequest"));
    respond(expect_path("limit="), 200, page(20, "t", object("a", "x", 10, 1)));
    respond(expect_path("continue=t"), 410, status(410, "Expired"));
    expect_nothing();
    wake();
    const char *path;
    uint64_t id = expect_request(&path);
    ck_assert_ptr_null(strstr(path, "continue"));
    respond(id, 200, page(30, "", object("a", "y", 25, 1)));
    expect_changes("+a/x +a/y -a/x ");
}
END_TEST

START_TEST(bad_pages_are_asked_for_again)
{
    static const char *const BAD[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"metadata\":{}}",
        "{\"metadata\":1,\"items\":[]}",
        "{\"metadata\":{},\"items\":[]}",
        "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":7}",
        "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[7]}",
        "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[}",
        "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]",
        "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}x",
    };
    respond(expect_path("sendInitial"), 400, status(400, "BadRequest"));
    for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
        respond(expect_path("limit="), 200, BAD[i]);
        ck_assert(!collection_synced(collection));
        ck_assert_ptr_nonnull(collection_error(collection));
        expect_nothing();
        wake();
    }
}
END_TEST

START_TEST(resumes_where_the_watch_ended)
{
    uint64_t id = sync_collection();
    line(id, bookmark(44, false));
    now += 400 * 1000;
    respond(id, 200, "");
    id = expect_path("resourceVersion=44");
    ck_assert_uint_eq(collection_stats(collection).restarts, 1);
    struct err err = {.kind = ERR_UNAVAILABLE, .msg = "reset by peer"};
    collection_on_failure(collection, id, &err, now);
    expect_nothing();
    ck_assert_str_eq(collection_error(collection)->msg, "reset by peer");
    ck_assert(collection_synced(collection));
    wake();
    expect_path("resourceVersion=44");
    expect_changes("");
    ck_assert_int_eq(spec_of("a", "x"), 1);
}
END_TEST

/* 410 comes as a status, as an event with the code, and as one with the reason only. */
START_TEST(relists_on_every_410)
{
    for (int i = 0; i < 3; i++) {
        open_collection(&PRIMARY, NULL);
        uint64_t id = sync_collection();
        if (i == 0) {
            respond(id, 410, status(410, "Gone"));
        } else {
            line(id, event("ERROR", i == 1 ? status(410, "Expired")
                                           : "{\"kind\":\"Status\",\"message\":\"old\","
                                             "\"reason\":\"Expired\"}"));
            expect_cancel(id);
        }
        expect_nothing();
        wake();
        id = expect_path("sendInitialEvents=true");
        line(id, event("ADDED", object("a", "y", 15, 1)));
        ck_assert_int_eq(spec_of("a", "x"), 1); /* kept until the list is complete */
        line(id, bookmark(50, true));
        expect_changes("+a/y -a/x ");
        ck_assert_uint_eq(collection_stats(collection).relists[WATCH_RELIST_EXPIRED],
                          1);
    }
}
END_TEST

START_TEST(other_error_events_resume)
{
    uint64_t id = sync_collection();
    line(id, event("ERROR", status(500, "InternalError")));
    expect_cancel(id);
    wake();
    expect_path("resourceVersion=20");
}
END_TEST

START_TEST(malformed_lines_relist)
{
    static const char *const BAD[] = {
        "",
        "x",
        "null",
        "[]",
        "{}",
        "{\"type\":\"ADDED\"}",
        "{\"type\":\"ADDED\",\"object\":null}",
        "{\"type\":\"ADDED\",\"object\":{}}",
        "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"x\"}}}",
        "{\"type\":\"DELETED\",\"object\":{\"metadata\":{}}}",
        "{\"type\":\"SYNC\",\"object\":{}}",
        "{\"type\":1,\"object\":{}}",
        "{\"object\":{}}",
        "{\"type\":\"BOOKMARK\",\"object\":{}}",
        "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"\"}}}",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\","
        "\"resourceVersion\":\"99\"},\"spec\":}}",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\","
        "\"resourceVersion\":\"99\"},\"spec\":\"\\ud800\"}}",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\","
        "\"resourceVersion\":\"99\"}}}}",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
        open_collection(&PRIMARY, NULL);
        uint64_t id = sync_collection();
        line(id, BAD[i]);
        expect_cancel(id);
        expect_nothing();
        ck_assert_ptr_nonnull(collection_error(collection));
        wake();
        expect_path("sendInitialEvents=true");
        expect_changes("");
    }
}
END_TEST

/* Every prefix of a good line is a bad one, and the line itself is good. */
START_TEST(every_cut_of_a_line_is_malformed)
{
    const char *text = event("ADDED", object("a", "y", 30, 4));
    for (size_t len = 0; len < strlen(text); len++) {
        open_collection(&PRIMARY, NULL);
        uint64_t id = sync_collection();
        collection_on_line(collection, id, text, len, now);
        expect_cancel(id);
        expect_changes("");
    }
}
END_TEST

START_TEST(what_is_not_served_keeps_its_objects)
{
    uint64_t id = sync_collection();
    respond(id, 404, "404 page not found\n");
    ck_assert(!collection_served(collection));
    ck_assert(collection_synced(collection));
    ck_assert_int_eq(spec_of("a", "x"), 1);
    for (int i = 0; i < 3; i++) {
        wake();
        ck_assert(!collection_served(collection));
        respond(expect_path("sendInitialEvents=true"), 404, "404 page not found\n");
    }
    expect_changes("");
    wake();
    id = expect_path("sendInitialEvents=true");
    line(id, bookmark(90, true));
    ck_assert(collection_served(collection));
    expect_changes("-a/x ");
}
END_TEST

START_TEST(not_served_at_first_counts_as_synced)
{
    respond(expect_path("deployments"), 404, status(404, "NotFound"));
    ck_assert(collection_synced(collection));
    ck_assert(!collection_served(collection));
    wake();
    uint64_t id = expect_path("deployments");
    ck_assert(collection_synced(collection));
    line(id, event("ADDED", object("a", "x", 10, 1)));
    ck_assert(collection_served(collection));
    ck_assert(!collection_synced(collection)); /* there is something to wait for */
}
END_TEST

START_TEST(forbidden_is_said)
{
    respond(expect_path("deployments"), 403, status(403, "Forbidden"));
    ck_assert(!collection_synced(collection));
    ck_assert(collection_served(collection));
    ck_assert_str_eq(collection_error(collection)->msg, "server says Forbidden");
    ck_assert_int_eq(collection_stats(collection).health, WATCH_FORBIDDEN);
    open_collection(&SELECTED, NULL);
    respond(expect_path("labelSelector=a%3Db"), 403, status(403, "Forbidden"));
    ck_assert(collection_synced(collection)); /* optional */
}
END_TEST

START_TEST(watches_each_namespace)
{
    open_collection(&PRIMARY, (const char *const[]){"a", "b", NULL});
    uint64_t a = expect_path("/namespaces/a/deployments?");
    uint64_t b = expect_path("/namespaces/b/deployments?");
    expect_nothing();
    line(a, event("ADDED", object("a", "x", 1, 1)));
    line(b, event("ADDED", object("b", "x", 2, 1)));
    line(a, bookmark(9, true));
    ck_assert(!collection_synced(collection));
    line(b, bookmark(12, true));
    ck_assert(collection_synced(collection));
    expect_changes("+a/x +b/x ");
    ck_assert_uint_eq(collection_stats(collection).streams, 2);

    line(a, event("ERROR", status(410, "Expired")));
    expect_cancel(a);
    ck_assert(collection_owns(collection, b));
    wake();
    a = expect_path("/namespaces/a/deployments?");
    line(a, bookmark(20, true));
    expect_changes("-a/x "); /* and not b/x */

    open_collection(&CLUSTER, (const char *const[]){"a", NULL});
    expect_path("/api/v1/namespaces?");
    expect_nothing();
}
END_TEST

static void put(const char *text)
{
    struct err err;
    ck_assert(
        collection_put(collection, (struct json_slice){text, strlen(text)}, &err));
}

START_TEST(takes_in_our_own_writes)
{
    uint64_t id = sync_collection();
    put(object("a", "x", 30, 5));
    put(object("a", "new", 31, 5));
    expect_changes("~a/x +a/new ");
    /* The watch is behind, then catches up. */
    line(id, event("MODIFIED", object("a", "x", 25, 4)));
    ck_assert_int_eq(spec_of("a", "x"), 5);
    line(id, event("MODIFIED", object("a", "x", 30, 5)));
    expect_changes("");
    line(id, event("DELETED", object("a", "new", 40, 5)));
    expect_changes("-a/new ");
    /* An answer that comes after the watch told of the deletion. */
    put(object("a", "new", 31, 5));
    expect_changes("");
    struct err err;
    ck_assert(!collection_put(collection, (struct json_slice){"{}", 2}, &err));
}
END_TEST

START_TEST(an_own_write_survives_the_list_it_is_newer_than)
{
    uint64_t id = expect_path("sendInitial");
    put(object("a", "ours", 30, 1));
    put(object("a", "early", 3, 1));
    line(id, bookmark(20, true));
    expect_changes("+a/ours +a/early -a/early ");
}
END_TEST

START_TEST(own_writes_elsewhere_are_not_taken)
{
    open_collection(&PRIMARY, (const char *const[]){"a", NULL});
    put(object("b", "x", 5, 1));
    expect_changes("");

    open_collection(&SELECTED, NULL);
    uint64_t id = sync_collection();
    put(object("a", "y", 30, 1));
    expect_changes("");
    put(object("a", "x", 31, 2));
    expect_changes("~a/x ");
    line(id, event("DELETED", object("a", "x", 32, 2)));
    expect_changes("-a/x ");
}
END_TEST

START_TEST(follows_a_restored_server)
{
    uint64_t id = sync_collection();
    line(id, event("MODIFIED", object("a", "x", 500, 5)));
    line(id, event("ADDED", object("a", "late", 501, 5)));
    expect_changes("~a/x +a/late ");
    respond(id, 410, status(410, "Expired"));
    wake();
    id = expect_path("sendInitialEvents=true");
    line(id, event("ADDED", object("a", "x", 10, 1)));
    expect_changes("");
    line(id, bookmark(60, true));
    expect_cancel(id);
    id = expect_path("sendInitialEvents=true");
    line(id, event("ADDED", object("a", "x", 10, 1)));
    line(id, bookmark(60, true));
    expect_changes("~a/x -a/late ");
    line(id, event("MODIFIED", object("a", "x", 61, 2)));
    expect_changes("~a/x ");
    ck_assert_uint_eq(collection_stats(collection).relists[WATCH_RELIST_RESTORED], 1);
}
END_TEST

START_TEST(stale_events_are_dropped)
{
    uint64_t id = sync_collection();
    line(id, event("DELETED", object("a", "x", 30, 1)));
    line(id, event("ADDED", object("a", "x", 10, 1)));
    expect_changes("-a/x ");
}
END_TEST

START_TEST(a_deadline_wakes_a_silent_list)
{
    uint64_t id = expect_path("sendInitial");
    wake();
    expect_cancel(id);
    expect_path("limit=250");
    ck_assert_int_eq(collection_deadline(collection), -1);
}
END_TEST

START_TEST(spaces_and_order_do_not_matter)
{
    uint64_t id = expect_path("sendInitial");
    line(id, " { \"object\" : { \"spec\" : 3 , \"metadata\" : { \"resourceVersion\" : "
             "\"10\" , \"namespace\" : \"a\" , \"name\" : \"x\" } } , \"type\" : "
             "\"ADDED\" } ");
    expect_changes("+a/x ");
    ck_assert_int_eq(spec_of("a", "x"), 3);
}
END_TEST

CHECK_MAIN("collection", setup, teardown, syncs_by_watch_list, syncs_by_pages,
           a_page_may_be_empty, restarts_a_list_whose_token_expired,
           bad_pages_are_asked_for_again, resumes_where_the_watch_ended,
           relists_on_every_410, other_error_events_resume, malformed_lines_relist,
           every_cut_of_a_line_is_malformed, what_is_not_served_keeps_its_objects,
           not_served_at_first_counts_as_synced, forbidden_is_said,
           watches_each_namespace, takes_in_our_own_writes,
           an_own_write_survives_the_list_it_is_newer_than,
           own_writes_elsewhere_are_not_taken, follows_a_restored_server,
           stale_events_are_dropped, a_deadline_wakes_a_silent_list,
           spaces_and_order_do_not_matter)
