#include "test/unit/apiserver/server_play.h"

static int open_watch(const char *query)
{
    char target[512];
    snprintf(target, sizeof target, CONFIG_MAPS "?watch=1%s", query);
    return say("GET", target, NULL);
}

static void small_history(void)
{
    setup_with(3);
}

START_TEST(a_watch_begins_with_what_is_there)
{
    make_config_map("b", "1");
    make_config_map("a", "1");
    ck_assert_int_eq(open_watch(""), 200);
    assert_next("ADDED a@");
    assert_next("ADDED b@");
    assert_no_line();
}
END_TEST

START_TEST(changes_come_in_order)
{
    open_watch("");
    make_config_map("a", "1");
    set_config_map("a", "2");
    say("DELETE", CONFIG_MAPS "/a", NULL);
    char wanted[64];
    uint64_t version = api_server_version(server);
    snprintf(wanted, sizeof wanted, "ADDED a@%llu", (unsigned long long)version - 2);
    assert_next(wanted);
    snprintf(wanted, sizeof wanted, "MODIFIED a@%llu", (unsigned long long)version - 1);
    assert_next(wanted);
    snprintf(wanted, sizeof wanted, "DELETED a@%llu", (unsigned long long)version);
    assert_next(wanted);
    ck_assert_str_eq(json_str(said, "object", "data", "value"), "2");
    assert_no_line();
}
END_TEST

START_TEST(a_watch_resumes_from_a_version)
{
    make_config_map("a", "1");
    char query[64];
    snprintf(query, sizeof query, "&resourceVersion=%s", said_version());
    set_config_map("a", "2");
    open_watch(query);
    assert_next("MODIFIED a@");
    assert_no_line();
}
END_TEST

START_TEST(forgotten_versions_are_an_error_event)
{
    make_config_map("a", "1");
    char query[64];
    snprintf(query, sizeof query, "&resourceVersion=%s", said_version());
    for (int i = 0; i < 4; i++)
        set_config_map("a", i % 2 ? "x" : "y");
    ck_assert_int_eq(open_watch(query), 200);
    assert_next("ERROR too old resource version: ");
    ck_assert_int_eq(json_int(said, 0, "object", "code"), 410);
    ck_assert_str_eq(json_str(said, "object", "reason"), "Expired");
    ck_assert(api_watch_ended(watch, now));
    assert_no_line();
}
END_TEST

START_TEST(compaction_forgets_all_that_was_before)
{
    make_config_map("a", "1");
    char query[64];
    snprintf(query, sizeof query, "&resourceVersion=%s", said_version());
    set_config_map("a", "2");
    api_server_compact(server);
    open_watch(query);
    assert_next("ERROR too old resource version: ");
    open_watch("");
    set_config_map("a", "3");
    assert_next("ADDED a@");
    assert_next("MODIFIED a@");
}
END_TEST

START_TEST(objects_enter_and_leave_a_selection)
{
    open_watch("&labelSelector=app%3Dx");
    make_config_map("a", "1");
    assert_no_line();
    say_merge(CONFIG_MAPS "/a", "{'metadata':{'labels':{'app':'x'}}}");
    assert_next("ADDED a@");
    set_config_map("a", "2");
    assert_next("MODIFIED a@");
    say_merge(CONFIG_MAPS "/a",
              "{'metadata':{'labels':{'app':'y'}},'data':{'value':'3'}}");
    char wanted[64];
    snprintf(wanted, sizeof wanted, "DELETED a@%s", said_version());
    assert_next(wanted);
    ck_assert_str_eq(json_str(said, "object", "data", "value"), "2");
    ck_assert_str_eq(json_str(said, "object", "metadata", "labels", "app"), "x");
    say("DELETE", CONFIG_MAPS "/a", NULL);
    assert_no_line();
}
END_TEST

START_TEST(one_object_is_watched_by_its_name)
{
    make_config_map("a", "1");
    make_config_map("b", "1");
    open_watch("&fieldSelector=metadata.name%3Db");
    assert_next("ADDED b@");
    set_config_map("a", "2");
    set_config_map("b", "2");
    assert_next("MODIFIED b@");
    assert_no_line();
}
END_TEST

START_TEST(watch_lists_end_with_a_bookmark)
{
    ck_assert_int_eq(open_watch("&sendInitialEvents=true"), 422);
    ck_assert_str_eq(said_message(),
                     "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: "
                     "Forbidden: sendInitialEvents requires setting "
                     "resourceVersionMatch to NotOlderThan");
    make_config_map("a", "1");
    open_watch("&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
               "&allowWatchBookmarks=true");
    set_config_map("a", "2");
    assert_next("ADDED a@");
    ck_assert_str_eq(json_str(said, "object", "data", "value"), "1");
    assert_next("BOOKMARK @");
    ck_assert_str_eq(json_str(said, "object", "metadata", "annotations",
                              "k8s.io/initial-events-end"),
                     "true");
    ck_assert_str_eq(json_str(said, "object", "kind"), "ConfigMap");
    assert_next("MODIFIED a@");
}
END_TEST

START_TEST(watch_lists_of_versions_to_come_time_out)
{
    ck_assert_int_eq(open_watch("&sendInitialEvents=true&resourceVersion=999999"
                                "&resourceVersionMatch=NotOlderThan"),
                     504);
    ck_assert_str_eq(json_str(json_at(said, "details", "causes")->child, "reason"),
                     "ResourceVersionTooLarge");
    ck_assert_int_eq(json_int(said, 0, "details", "retryAfterSeconds"), 1);
}
END_TEST

START_TEST(bookmarks_come_every_minute_and_before_the_end)
{
    open_watch("&allowWatchBookmarks=true&timeoutSeconds=90");
    make_config_map("a", "1");
    assert_next("ADDED a@");
    assert_no_line();
    ck_assert_int_eq(api_watch_deadline(watch), now.mono_ms + 60000);
    make_config_map("x", "1");
    say("DELETE", CONFIG_MAPS "/x", NULL);
    pass_ms(60000);
    assert_next("ADDED x@");
    assert_next("DELETED x@");
    char wanted[64];
    snprintf(wanted, sizeof wanted, "BOOKMARK @%llu",
             (unsigned long long)api_server_version(server));
    assert_next(wanted);
    assert_no_line();
    pass_ms(28000);
    assert_next("BOOKMARK @");
    assert_no_line();
    ck_assert(!api_watch_ended(watch, now));
    ck_assert_int_eq(api_watch_deadline(watch), now.mono_ms + 2000);
    pass_ms(2000);
    ck_assert(api_watch_ended(watch, now));
    assert_no_line();
}
END_TEST

START_TEST(watches_may_do_without_bookmarks)
{
    open_watch("&timeoutSeconds=90");
    pass_ms(88000);
    assert_no_line();
    ck_assert_int_eq(api_watch_deadline(watch), now.mono_ms + 2000);
}
END_TEST

START_TEST(a_watch_outlives_its_server)
{
    open_watch("");
    api_server_free(&server);
    ck_assert(api_watch_ended(watch, now));
    assert_no_line();
}
END_TEST

START_TEST(metadata_alone_can_be_watched)
{
    accept_type = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    make_config_map("a", "1");
    open_watch("");
    assert_next("ADDED a@");
    ck_assert_ptr_null(json_at(said, "object", "data"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_watch_begins_with_what_is_there,
                                  changes_come_in_order,
                                  a_watch_resumes_from_a_version,
                                  compaction_forgets_all_that_was_before,
                                  objects_enter_and_leave_a_selection,
                                  one_object_is_watched_by_its_name,
                                  watch_lists_end_with_a_bookmark,
                                  watch_lists_of_versions_to_come_time_out,
                                  bookmarks_come_every_minute_and_before_the_end,
                                  watches_may_do_without_bookmarks,
                                  a_watch_outlives_its_server,
                                  metadata_alone_can_be_watched,
                                  NULL};
    const TTest *const forgetful[] = {forgotten_versions_are_an_error_event, NULL};
    int failed = check_main("watch", setup, teardown, tests);
    failed |= check_main("watch_forgetful", small_history, teardown, forgetful);
    return failed;
}
