#include "test/unit/apiserver/server_play.h"

#define CORE "/api/v1/namespaces/default/events"
#define EVENTS "/apis/events.k8s.io/v1/namespaces/default/events"

START_TEST(core_events_show_in_the_other_group)
{
    ck_assert_int_eq(
        say("POST", CORE,
            "{'metadata':{'name':'e'},'involvedObject':{'kind':'Pod','namespace':"
            "'default','name':'p'},'message':'hi','reason':'Test','type':'Normal',"
            "'count':3,'firstTimestamp':'2026-01-02T03:04:05Z','lastTimestamp':"
            "'2026-01-02T03:04:05Z','source':{'component':'play'}}"),
        201);
    char *version = xstrdup(said_version());
    ck_assert_int_eq(say("GET", EVENTS "/e", NULL), 200);
    ck_assert_str_eq(json_str(said, "apiVersion"), "events.k8s.io/v1");
    ck_assert_str_eq(said_version(), version);
    ck_assert_str_eq(json_str(said, "note"), "hi");
    ck_assert_str_eq(json_str(said, "regarding", "name"), "p");
    ck_assert_str_eq(json_str(said, "deprecatedSource", "component"), "play");
    ck_assert_int_eq(json_int(said, 0, "deprecatedCount"), 3);
    ck_assert_ptr_null(json_at(said, "message"));
    free(version);
}
END_TEST

START_TEST(new_events_show_as_core_events)
{
    ck_assert_int_eq(
        say("POST", EVENTS,
            "{'metadata':{'name':'e'},'regarding':{'kind':'Pod','namespace':'default',"
            "'name':'p'},'note':'hi','reason':'Test','type':'Warning','action':'Look',"
            "'eventTime':'2026-01-02T03:04:05.000000Z','reportingController':'play',"
            "'reportingInstance':'play-0'}"),
        201);
    ck_assert_str_eq(json_str(said, "note"), "hi");
    ck_assert_int_eq(say("GET", CORE "/e", NULL), 200);
    ck_assert_str_eq(json_str(said, "apiVersion"), "v1");
    ck_assert_str_eq(json_str(said, "message"), "hi");
    ck_assert_str_eq(json_str(said, "reportingComponent"), "play");
    ck_assert_str_eq(json_str(said, "involvedObject", "name"), "p");
    ck_assert_int_eq(say_merge(EVENTS "/e", "{'series':{'count':2,'lastObservedTime':"
                                            "'2026-01-02T03:04:06.000000Z'}}"),
                     200);
    ck_assert_int_eq(json_int(said, 0, "series", "count"), 2);
    say("GET", CORE "/e", NULL);
    ck_assert_int_eq(json_int(said, 0, "series", "count"), 2);
}
END_TEST

START_TEST(both_groups_are_selected_by_what_it_is_about)
{
    say("POST", CORE,
        "{'metadata':{'name':'e'},'involvedObject':{'kind':'Pod','namespace':'default',"
        "'name':'p'},'message':'hi','reason':'Test','type':'Normal'}");
    say("GET", CORE "?fieldSelector=involvedObject.name%3Dp,involvedObject.kind%3DPod",
        NULL);
    ck_assert_uint_eq(json_count(json_at(said, "items")), 1);
    say("GET", EVENTS "?fieldSelector=regarding.name%3Dp,type!%3DNormal", NULL);
    ck_assert_uint_eq(json_count(json_at(said, "items")), 0);
    say("GET", EVENTS "?fieldSelector=regarding.name%3Dp", NULL);
    ck_assert_uint_eq(json_count(json_at(said, "items")), 1);
    ck_assert_str_eq(json_str(json_at(said, "items")->child, "note"), "hi");
}
END_TEST

START_TEST(watches_of_both_groups_see_each_event)
{
    say("GET", EVENTS "?watch=1", NULL);
    say("POST", CORE,
        "{'metadata':{'name':'e'},'involvedObject':{'kind':'Pod','namespace':'default',"
        "'name':'p'},'message':'hi','reason':'Test','type':'Normal'}");
    assert_next("ADDED e@");
    ck_assert_str_eq(json_str(said, "object", "note"), "hi");
    ck_assert_str_eq(json_str(said, "object", "apiVersion"), "events.k8s.io/v1");
}
END_TEST

CHECK_MAIN("server_events", setup, teardown, core_events_show_in_the_other_group,
           new_events_show_as_core_events, both_groups_are_selected_by_what_it_is_about,
           watches_of_both_groups_see_each_event)
