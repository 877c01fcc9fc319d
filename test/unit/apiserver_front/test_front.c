#include "test/apiserver/front/request.h"
#include "test/unit/apiserver_front/front_rig.h"

static struct rig rig;

static const long VERSIONS[] = {CURL_HTTP_VERSION_1_1, CURL_HTTP_VERSION_2TLS};
enum { VERSION_COUNT = 2 };

static void set_up(void)
{
    rig_open(&rig);
}

static void tear_down(void)
{
    rig_close(&rig);
}

START_TEST(a_request_and_its_answer)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call call;
        long version;
        rig.fresh =
            true; /* libcurl would ask for HTTP/2 on the connection that it has */
        rig_call_init(&call, &rig, VERSIONS[i], "/version");
        rig_finish(&call);
        ck_assert_int_eq(call.result, CURLE_OK);
        ck_assert_int_eq(call.status, 200);
        curl_easy_getinfo(call.curl, CURLINFO_HTTP_VERSION, &version);
        ck_assert_int_eq(version, i == 0 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2);
        ck_assert_ptr_nonnull(strstr(call.body.text, "\"gitVersion\""));
        rig_call_fini(&call);
    }
}
END_TEST

START_TEST(connections_are_kept)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        for (size_t n = 0; n < 3; n++) {
            struct rig_call call;
            rig_call_init(&call, &rig, VERSIONS[i], "/version");
            curl_easy_setopt(call.curl, CURLOPT_FRESH_CONNECT, n == 0 ? 1L : 0L);
            rig_finish(&call);
            ck_assert_int_eq(call.connects, n == 0 ? 1 : 0);
            rig_call_fini(&call);
        }
    }
    ck_assert_uint_eq(front_connections(rig.front), 2);
}
END_TEST

/* Streams that end untidily would add up, and the connection would be given up. */
START_TEST(a_connection_serves_thousands)
{
    long connects = 0;
    for (size_t n = 0; n < 2000; n++) {
        struct rig_call call;
        rig_call_init(&call, &rig, CURL_HTTP_VERSION_2TLS, "/version");
        rig_finish(&call);
        ck_assert_int_eq(call.status, 200);
        connects += call.connects;
        rig_call_fini(&call);
    }
    ck_assert_int_eq(connects, 1);
}
END_TEST

START_TEST(a_head_has_no_body)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call call;
        rig_call_init(&call, &rig, VERSIONS[i], "/version");
        curl_easy_setopt(call.curl, CURLOPT_NOBODY, 1L);
        rig_finish(&call);
        ck_assert_int_eq(call.result, CURLE_OK);
        ck_assert_uint_eq(call.body.len, 0);
        rig_call_fini(&call);
        ck_assert_int_eq(rig_status(&rig, VERSIONS[i], "GET", "/version", NULL), 200);
    }
}
END_TEST

START_TEST(a_chunked_body)
{
    rig_make_namespace(&rig);
    struct rig_call call;
    static const char BODY[] = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                               "\"metadata\":{\"name\":\"chunked\"}}";
    rig_call_init(&call, &rig, CURL_HTTP_VERSION_1_1, RIG_CONFIG_MAPS);
    rig_send_body(&call, "POST", BODY, sizeof BODY - 1);
    rig_header(&call, "Transfer-Encoding: chunked");
    rig_finish(&call);
    ck_assert_int_eq(call.status, 201);
    rig_call_fini(&call);
}
END_TEST

START_TEST(a_client_that_waits_for_continue)
{
    rig_make_namespace(&rig);
    struct rig_call call;
    static const char BODY[] = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                               "\"metadata\":{\"name\":\"expected\"}}";
    rig_call_init(&call, &rig, CURL_HTTP_VERSION_1_1, RIG_CONFIG_MAPS);
    rig_send_body(&call, "POST", BODY, sizeof BODY - 1);
    rig_header(&call, "Expect: 100-continue");
    /* Longer than the test may last: it gives up on nothing but the answer. */
    curl_easy_setopt(call.curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 600000L);
    rig_finish(&call);
    ck_assert_int_eq(call.status, 201);
    ck_assert_ptr_nonnull(strstr(call.head.text, "100 Continue"));
    rig_call_fini(&call);
}
END_TEST

START_TEST(a_body_that_is_too_large)
{
    size_t len = REQUEST_BODY_MAX + 1;
    char *body = xcalloc(1, len + 1);
    memset(body, ' ', len);
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call call;
        rig_call_init(&call, &rig, VERSIONS[i], RIG_CONFIG_MAPS);
        rig_send_body(&call, "POST", body, len);
        rig_finish(&call);
        ck_assert_int_eq(call.status, 413);
        ck_assert_ptr_nonnull(strstr(call.body.text, "\"RequestEntityTooLarge\""));
        rig_call_fini(&call);
        ck_assert_int_eq(rig_status(&rig, VERSIONS[i], "GET", "/version", NULL), 200);
    }
    free(body);
}
END_TEST

START_TEST(a_body_of_the_most)
{
    char *body = xcalloc(1, REQUEST_BODY_MAX + 1);
    memset(body, ' ', REQUEST_BODY_MAX);
    for (size_t i = 0; i < VERSION_COUNT; i++)
        ck_assert_int_eq(
            rig_status(&rig, VERSIONS[i], "POST", "/api/v1/namespaces", body), 400);
    free(body);
}
END_TEST

START_TEST(many_streams_on_one_connection)
{
    enum { MANY = 400 }; /* more than may be open at a time: the rest waits */
    static struct rig_call calls[MANY];
    curl_multi_setopt(rig.multi, CURLMOPT_MAX_CONCURRENT_STREAMS, (long)MANY);
    curl_multi_setopt(rig.multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    for (size_t i = 0; i < MANY; i++) {
        rig_call_init(&calls[i], &rig, CURL_HTTP_VERSION_2TLS, "/version");
        rig_start(&calls[i]);
    }
    for (size_t i = 0; i < MANY; i++) {
        RIG_UNTIL(&rig, calls[i].done);
        ck_assert_int_eq(calls[i].status, 200);
    }
    ck_assert_uint_eq(front_connections(rig.front), 1);
    for (size_t i = 0; i < MANY; i++)
        rig_call_fini(&calls[i]);
}
END_TEST

START_TEST(who_the_administrator_speaks_for)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct rig_call call;
        rig_call_init(&call, &rig, VERSIONS[i], "/api/v1/secrets");
        rig_header(&call, "Impersonate-User: nobody");
        rig_finish(&call);
        ck_assert_int_eq(call.status, 403);
        ck_assert_ptr_nonnull(strstr(call.body.text, "nobody"));
        rig_call_fini(&call);
        rig_call_init(&call, &rig, VERSIONS[i], "/api/v1/secrets");
        rig_header(&call, "Impersonate-User: somebody");
        rig_header(&call, "Impersonate-Group: system:masters");
        rig_finish(&call);
        ck_assert_int_eq(call.status, 200);
        rig_call_fini(&call);
    }
}
END_TEST

CHECK_MAIN("front", set_up, tear_down, a_request_and_its_answer, connections_are_kept,
           a_connection_serves_thousands, a_head_has_no_body, a_chunked_body,
           a_client_that_waits_for_continue, a_body_that_is_too_large,
           a_body_of_the_most, many_streams_on_one_connection,
           who_the_administrator_speaks_for)
