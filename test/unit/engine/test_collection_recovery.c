#include "test/unit/engine/collection_play.h"

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
        ("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\","
         "\"resourceVersion\":\"99\"},\"spec\":}}"),
        ("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\","
         "\"resourceVersion\":\"99\"},\"spec\":\"\\ud800\"}}"),
        ("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\","
         "\"resourceVersion\":\"99\"}}}}"),
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

CHECK_MAIN("collection_recovery", setup, teardown, restarts_a_list_whose_token_expired,
           bad_pages_are_asked_for_again, resumes_where_the_watch_ended,
           relists_on_every_410, other_error_events_resume, malformed_lines_relist,
           every_cut_of_a_line_is_malformed, what_is_not_served_keeps_its_objects,
           follows_a_restored_server, stale_events_are_dropped,
           a_deadline_wakes_a_silent_list)
