#include "test/unit/apiserver_front/front_rig.h"

#define WATCH RIG_CONFIG_MAPS "?watch=1&resourceVersion="

static struct rig rig;

static const long VERSIONS[] = {CURL_HTTP_VERSION_1_1, CURL_HTTP_VERSION_2TLS};
enum { VERSION_COUNT = 2 };

static void set_up(void)
{
    rig_open(&rig);
    rig_make_namespace(&rig);
}

static void tear_down(void)
{
    rig_close(&rig);
}

/* A watch of the namespace's ConfigMaps from now on, once it is open. */
static void open_watch(struct rig_call *call, long version, const char *query)
{
    char target[256];
    snprintf(target, sizeof target, WATCH "%llu%s",
             (unsigned long long)api_server_version(front_service(rig.front)->server),
             query);
    rig_call_init(call, &rig, version, target);
    rig_start(call);
    RIG_UNTIL(&rig, strstr(call->head.text, "\r\n\r\n"));
}

START_TEST(a_watch_gets_lines)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call watch;
        char name[16];
        open_watch(&watch, VERSIONS[i], "");
        for (size_t n = 0; n < 3; n++) {
            snprintf(name, sizeof name, "map-%zu-%zu", i, n);
            rig_make_config_map(&rig, name, 10);
            RIG_UNTIL(&rig, rig_count(&watch, "\n") > n);
            ck_assert_ptr_nonnull(strstr(watch.body.text, name));
        }
        ck_assert_uint_eq(rig_count(&watch, "\"type\":\"ADDED\""), 3);
        ck_assert(!watch.done);
        rig_call_fini(&watch);
    }
}
END_TEST

START_TEST(a_watch_ends_in_order)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call watch;
        open_watch(&watch, VERSIONS[i], "&timeoutSeconds=1");
        RIG_UNTIL(&rig, watch.done);
        ck_assert_int_eq(watch.result, CURLE_OK);
        rig_call_fini(&watch);
    }
}
END_TEST

START_TEST(a_watcher_that_goes_is_forgotten)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call watch;
        open_watch(&watch, VERSIONS[i], "");
        ck_assert(!list_empty(&front_service(rig.front)->exchanges));
        rig_call_fini(&watch);
        /* A closed connection, or RST_STREAM, which libcurl sends with the next call.
         */
        rig_status(&rig, VERSIONS[i], "GET", "/version", NULL);
        RIG_UNTIL(&rig, list_empty(&front_service(rig.front)->exchanges));
    }
}
END_TEST

START_TEST(a_slow_reader_costs_no_memory)
{
    enum { COUNT = 60, SIZE = 300 * 1000, UNSENT_MAX = 2 * 1024 * 1024 };
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call watch;
        char name[32];
        open_watch(&watch, VERSIONS[i], "");
        watch.hold = true;
        for (size_t n = 0; n < COUNT; n++) {
            snprintf(name, sizeof name, "map-%zu-%zu", i, n);
            rig_make_config_map(&rig, name, SIZE);
            ck_assert_uint_lt(front_unsent(rig.front), UNSENT_MAX);
        }
        watch.hold = false;
        curl_easy_pause(watch.curl, CURLPAUSE_CONT);
        RIG_UNTIL(&rig, rig_count(&watch, "\n") == COUNT);
        rig_call_fini(&watch);
    }
}
END_TEST

START_TEST(watches_share_a_connection)
{
    enum { WATCHES = 100 };
    static struct rig_call watches[WATCHES];
    for (size_t i = 0; i < WATCHES; i++)
        open_watch(&watches[i], CURL_HTTP_VERSION_2TLS, "");
    rig_make_config_map(&rig, "one", 10);
    for (size_t i = 0; i < WATCHES; i++)
        RIG_UNTIL(&rig, rig_count(&watches[i], "\n") == 1);
    for (size_t i = 0; i < WATCHES; i++)
        rig_call_fini(&watches[i]);
}
END_TEST

START_TEST(a_front_that_closes_ends_watches)
{
    struct rig_call watches[VERSION_COUNT];
    for (size_t i = 0; i < VERSION_COUNT; i++)
        open_watch(&watches[i], VERSIONS[i], "");
    front_close(&rig.front);
    ck_assert_ptr_null(rig.front);
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        RIG_UNTIL(&rig, watches[i].done);
        ck_assert_int_ne(watches[i].result, CURLE_OK);
        rig_call_fini(&watches[i]);
    }
}
END_TEST

CHECK_MAIN("front_watch", set_up, tear_down, a_watch_gets_lines, a_watch_ends_in_order,
           a_watcher_that_goes_is_forgotten, a_slow_reader_costs_no_memory,
           watches_share_a_connection, a_front_that_closes_ends_watches)
