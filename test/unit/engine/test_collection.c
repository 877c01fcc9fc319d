#include "test/unit/engine/collection_play.h"

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

START_TEST(chosen_namespaces_come_and_go)
{
    open_collection(&CHOSEN, (const char *const[]){"ignored", NULL});
    expect_nothing();
    ck_assert(collection_synced(collection));
    collection_add_namespace(collection, "a", now);
    collection_add_namespace(collection, "a", now);
    ck_assert(!collection_synced(collection));
    ck_assert(!collection_complete(collection, "a"));
    uint64_t a = expect_path("/namespaces/a/configmaps?");
    expect_nothing();
    line(a, event("ADDED", object("a", "x", 1, 1)));
    line(a, bookmark(9, true));
    expect_changes("+a/x !a ");

    collection_add_namespace(collection, "b", now);
    uint64_t b = expect_path("/namespaces/b/configmaps?");
    line(b, event("ADDED", object("b", "y", 10, 1)));
    line(b, bookmark(12, true));
    expect_changes("+b/y !b ");

    collection_drop_namespace(collection, "a");
    expect_changes("-a/x ");
    ck_assert(!collection_complete(collection, "a"));
    ck_assert(collection_complete(collection, "b"));
    collection_add_namespace(collection, "a", now); /* before the cancel was taken */
    expect_cancel(a);
    a = expect_path("/namespaces/a/configmaps?");
    line(a, event("ADDED", object("a", "x", 1, 1)));
    line(a, bookmark(20, true));
    expect_changes("+a/x !a ");
    collection_drop_namespace(collection, "nowhere");
    collection_drop_namespace(collection, "a");
    collection_drop_namespace(collection, "b");
    expect_changes("-a/x -b/y ");
    ck_assert_int_eq(collection_deadline(collection), -1);
}
END_TEST

START_TEST(a_namespace_that_waits_to_try_again_is_dropped_at_once)
{
    open_collection(&CHOSEN, NULL);
    collection_add_namespace(collection, "a", now);
    uint64_t a = expect_path("/namespaces/a/configmaps?");
    respond(a, 403, status(403, "Forbidden"));
    ck_assert_int_ge(collection_deadline(collection), now);
    collection_drop_namespace(collection, "a");
    ck_assert_int_eq(collection_deadline(collection), -1);
    expect_nothing();
    ck_assert_uint_eq(collection_stats(collection).streams, 0);
}
END_TEST

static void put(const char *text)
{
    struct json_slice slice = {text, strlen(text)};
    const cJSON *object;
    struct err err;
    ck_assert(collection_put(collection, arena, slice, &object, &err));
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
    const cJSON *object;
    struct json_slice none = {"{}", 2};
    ck_assert(!collection_put(collection, arena, none, &object, &err));
    ck_assert_ptr_null(object);
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

/* What Berth creates is in the cache before the watch tells of it: the next plan must
 * not take it for gone. */
START_TEST(own_writes_are_taken_by_their_labels)
{
    open_collection(&SELECTED, NULL);
    uint64_t id = sync_collection();
    put("{\"metadata\":{\"namespace\":\"a\",\"name\":\"y\",\"resourceVersion\":\"30\","
        "\"labels\":{\"a\":\"b\"}},\"spec\":1}");
    expect_changes("+a/y ");
    put("{\"metadata\":{\"namespace\":\"a\",\"name\":\"z\",\"resourceVersion\":\"31\","
        "\"labels\":{\"a\":\"bc\"}},\"spec\":1}");
    expect_changes("");
    line(id, event("DELETED", object("a", "y", 32, 1)));
    expect_changes("-a/y ");
}
END_TEST

START_TEST(other_forms_of_selectors_are_left_to_the_watch)
{
    static const char *const FORMS[] = {"a=b,c=d", "a==b", "a!=c", "!c", "a in (b)"};
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        const struct reconciler_watch watch = {
            .resource = &KUBE_CONFIG_MAPS, .keep = KEEP, .label_selector = FORMS[i]};
        open_collection(&watch, NULL);
        sync_collection();
        put("{\"metadata\":{\"namespace\":\"a\",\"name\":\"y\",\"resourceVersion\":"
            "\"30\",\"labels\":{\"a\":\"b\",\"c\":\"d\"}},\"spec\":1}");
        expect_changes("");
    }
    open_collection(&PRIMARY, NULL);
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
           a_page_may_be_empty, not_served_at_first_counts_as_synced, forbidden_is_said,
           watches_each_namespace, chosen_namespaces_come_and_go,
           a_namespace_that_waits_to_try_again_is_dropped_at_once,
           takes_in_our_own_writes, an_own_write_survives_the_list_it_is_newer_than,
           own_writes_elsewhere_are_not_taken, own_writes_are_taken_by_their_labels,
           other_forms_of_selectors_are_left_to_the_watch,
           spaces_and_order_do_not_matter)
