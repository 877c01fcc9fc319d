#include "test/unit/apiserver_front/front_rig.h"

static struct rig rig;

static const long VERSIONS[] = {CURL_HTTP_VERSION_1_1, CURL_HTTP_VERSION_2TLS};
enum { VERSION_COUNT = 2 };

static void set_up(void)
{
    rig_open(&rig);
    rig.fresh = true;
}

static void tear_down(void)
{
    rig_close(&rig);
}

static void set_faults(const char *rules)
{
    ck_assert_int_eq(rig_status(&rig, CURL_HTTP_VERSION_2TLS, "POST", "/faults", rules),
                     200);
}

static void clear_faults(void)
{
    ck_assert_int_eq(
        rig_status(&rig, CURL_HTTP_VERSION_2TLS, "DELETE", "/faults", NULL), 200);
}

/* What the rules have fired in sum, as /faults tells. */
static int64_t fired(void)
{
    struct rig_call call;
    struct err err;
    rig_call_init(&call, &rig, CURL_HTTP_VERSION_2TLS, "/faults");
    rig_finish(&call);
    auto_json cJSON *report = json_parse(call.body.text, call.body.len, &err);
    int64_t sum = 0;
    json_each (rule, json_at(report, "rules"))
        sum += json_int(rule, 0, "fired");
    rig_call_fini(&call);
    return sum;
}

START_TEST(a_status_in_the_place_of_an_answer)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call call;
        set_faults("[{\"match\": {\"path\": \"/version\"},"
                   " \"action\": {\"status\": 429, \"retryAfter\": 7}}]");
        rig_call_init(&call, &rig, VERSIONS[i], "/version");
        rig_finish(&call);
        ck_assert_int_eq(call.status, 429);
        ck_assert_ptr_nonnull(strcasestr(call.head.text, "\r\nretry-after: 7\r\n"));
        ck_assert_ptr_nonnull(strstr(call.body.text, "\"TooManyRequests\""));
        rig_call_fini(&call);
        ck_assert_int_eq(rig_status(&rig, VERSIONS[i], "GET", "/version", NULL), 200);
        ck_assert_int_eq(fired(), (int64_t)i + 1);
    }
}
END_TEST

static size_t namespaces_named(const char *name)
{
    struct rig_call call;
    rig_call_init(&call, &rig, CURL_HTTP_VERSION_2TLS, "/api/v1/namespaces");
    rig_finish(&call);
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"name\":\"%s\"", name);
    size_t count = rig_count(&call, wanted) ? 1 : 0;
    rig_call_fini(&call);
    return count;
}

START_TEST(refused_is_not_handled_and_unanswered_is)
{
    static const struct {
        const char *action;
        size_t handled;
        long status;
    } CASES[] = {{"refuse", 0, 500}, {"unanswered", 1, 0}, {"rst", 1, 0}};
    char rule[256], name[32], body[256];
    for (size_t i = 0; i < VERSION_COUNT * 3; i++) {
        snprintf(name, sizeof name, "made-%zu", i);
        snprintf(body, sizeof body,
                 "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":"
                 "{\"name\":\"%s\"}}",
                 name);
        snprintf(rule, sizeof rule,
                 "[{\"match\": {\"user\": \"kubernetes-admin\", \"verb\": \"create\","
                 " \"path\": \"/api/*\"}, \"action\": {\"%s\": true}}]",
                 CASES[i % 3].action);
        set_faults(rule);
        ck_assert_int_eq(
            rig_status(&rig, VERSIONS[i / 3], "POST", "/api/v1/namespaces", body),
            CASES[i % 3].status);
        ck_assert_uint_eq(namespaces_named(name), CASES[i % 3].handled);
    }
    ck_assert_int_eq(fired(), VERSION_COUNT * 3);
}
END_TEST

START_TEST(an_answer_that_is_cut)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call call;
        set_faults("[{\"match\": {\"path\": \"/version\"}, \"action\": {\"cut\": 9}}]");
        rig_call_init(&call, &rig, VERSIONS[i], "/version");
        rig_finish(&call);
        ck_assert_int_ne(call.result, CURLE_OK);
        ck_assert_int_eq(call.status, 200);
        ck_assert_uint_eq(call.body.len, 9);
        rig_call_fini(&call);
    }
}
END_TEST

START_TEST(an_answer_in_small_pieces_is_whole)
{
    static const char *const ACTIONS[] = {"{\"split\": true}", "{\"slow\": 100}"};
    char rule[128];
    for (size_t i = 0; i < VERSION_COUNT * 2; i++) {
        struct rig_call call;
        struct err err;
        snprintf(rule, sizeof rule, "[{\"match\": {\"path\": \"/v*\"},\"action\": %s}]",
                 ACTIONS[i % 2]);
        set_faults(rule);
        rig_call_init(&call, &rig, VERSIONS[i / 2], "/version");
        rig_finish(&call);
        ck_assert_int_eq(call.result, CURLE_OK);
        auto_json cJSON *body = json_parse(call.body.text, call.body.len, &err);
        ck_assert_ptr_nonnull(body);
        rig_call_fini(&call);
    }
    ck_assert_int_eq(fired(), VERSION_COUNT * 2);
}
END_TEST

START_TEST(what_is_stalled_goes_on_when_faults_are_cleared)
{
    static const char *const STALLS[] = {"true", "0", "5"};
    char rule[128];
    for (size_t i = 0; i < VERSION_COUNT * 3; i++) {
        struct rig_call call;
        snprintf(rule, sizeof rule,
                 "[{\"match\": {\"path\": \"/v*\"}, \"action\": {\"stall\": %s}}]",
                 STALLS[i % 3]);
        set_faults(rule);
        rig_call_init(&call, &rig, VERSIONS[i / 3], "/version");
        rig_start(&call);
        while (fired() == 0)
            ;
        ck_assert(!call.done);
        ck_assert_uint_le(call.body.len, 5);
        clear_faults();
        RIG_UNTIL(&rig, call.done);
        ck_assert_int_eq(call.result, CURLE_OK);
        ck_assert_uint_gt(call.body.len, 5);
        rig_call_fini(&call);
    }
}
END_TEST

START_TEST(a_connection_that_is_to_go_away)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call call;
        set_faults(
            "[{\"match\": {\"path\": \"/v*\"}, \"action\": {\"goaway\": true}}]");
        rig_call_init(&call, &rig, VERSIONS[i], "/version");
        rig_finish(&call);
        ck_assert_int_eq(call.result, CURLE_OK);
        ck_assert_int_eq(call.status, 200);
        size_t before = front_connections(rig.front);
        rig_call_fini(&call);
        /* Closed by the server, once the answer is through. */
        RIG_UNTIL(&rig, front_connections(rig.front) < before);
    }
}
END_TEST

START_TEST(connections_are_dropped)
{
    struct rig_call call;
    set_faults("[{\"match\": {\"nth\": 2}, \"action\": {\"drop\": true}}]");
    static const CURLcode RESULTS[] = {CURLE_OK, CURLE_SSL_CONNECT_ERROR, CURLE_OK};
    for (size_t i = 0; i < 3; i++) {
        rig_call_init(&call, &rig, CURL_HTTP_VERSION_2TLS, "/version");
        rig_finish(&call);
        ck_assert_int_eq(call.result, RESULTS[i]);
        rig_call_fini(&call);
    }
}
END_TEST

/* Opens a watch, then sets a rule for those that are open. */
static void open_watch_and_break(struct rig_call *watch, long version,
                                 const char *action)
{
    char rules[256];
    rig_call_init(watch, &rig, version, RIG_CONFIG_MAPS "?watch=1&timeoutSeconds=4");
    rig_start(watch);
    RIG_UNTIL(&rig, strstr(watch->head.text, "\r\n\r\n"));
    snprintf(rules, sizeof rules,
             "[{\"match\": {\"verb\": \"watch\"}, \"open\": true,"
             " \"action\": {\"%s\": %s}}]",
             action, strcmp(action, "cut") == 0 ? "0" : "true");
    set_faults(rules);
}

START_TEST(watches_that_are_open_are_broken)
{
    static const char *const ACTIONS[] = {"cut", "unanswered", "rst"};
    rig_make_namespace(&rig);
    for (size_t i = 0; i < VERSION_COUNT * 3; i++) {
        struct rig_call watch;
        open_watch_and_break(&watch, VERSIONS[i / 3], ACTIONS[i % 3]);
        RIG_UNTIL(&rig, watch.done);
        ck_assert_int_ne(watch.result, CURLE_OK);
        rig_call_fini(&watch);
    }
}
END_TEST

START_TEST(a_watch_outlives_goaway)
{
    rig_make_namespace(&rig);
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call watch;
        char name[16];
        open_watch_and_break(&watch, VERSIONS[i], "goaway");
        snprintf(name, sizeof name, "map-%zu", i);
        rig_make_config_map(&rig, name, 10);
        RIG_UNTIL(&rig, strstr(watch.body.text, name));
        size_t before = front_connections(rig.front);
        RIG_UNTIL(&rig, watch.done);
        ck_assert_int_eq(watch.result, CURLE_OK);
        RIG_UNTIL(&rig, front_connections(rig.front) < before);
        rig_call_fini(&watch);
    }
}
END_TEST

START_TEST(faults_are_the_administrators)
{
    struct rig_call call;
    rig_call_init(&call, &rig, CURL_HTTP_VERSION_2TLS, "/faults");
    curl_slist_free_all(call.headers);
    call.headers = NULL;
    rig_header(&call, "Authorization: Bearer another");
    rig_finish(&call);
    ck_assert_int_eq(call.status, 403);
    rig_call_fini(&call);
    ck_assert_int_eq(rig_status(&rig, CURL_HTTP_VERSION_2TLS, "POST", "/faults", "[3]"),
                     400);
    ck_assert_int_eq(rig_status(&rig, CURL_HTTP_VERSION_2TLS, "PUT", "/faults", "[]"),
                     405);
}
END_TEST

CHECK_MAIN("front_faults", set_up, tear_down, a_status_in_the_place_of_an_answer,
           refused_is_not_handled_and_unanswered_is, an_answer_that_is_cut,
           an_answer_in_small_pieces_is_whole,
           what_is_stalled_goes_on_when_faults_are_cleared,
           a_connection_that_is_to_go_away, connections_are_dropped,
           watches_that_are_open_are_broken, a_watch_outlives_goaway,
           faults_are_the_administrators)
