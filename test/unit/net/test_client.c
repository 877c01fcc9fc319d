#include "test/support/client_rig.h"

static struct rig rig;
static struct strbuf served;                /* "path;" of each request */
static struct test_connection *held;        /* of the request that is not answered */
static size_t held_number, last_connection; /* of its connection */

static const char *const STATUS_BODY = "{\"kind\":\"Status\",\"code\":409}";

/* The path says what the server does. */
static void serve(void *ctx, const struct test_request *request)
{
    struct test_connection *connection = request->connection;
    const char *path = strchr(request->line, ' ') + 1;
    int len = (int)strcspn(path, " ");
    (void)ctx;
    bool used_before = request->connection_number == last_connection;
    strbuf_addf(&served, "%.*s;", len, path);
    last_connection = request->connection_number;
    if (strncmp(path, "/hold", 5) == 0) {
        held = connection;
        held_number = request->connection_number;
    } else if (strncmp(path, "/conflict", 9) == 0) {
        test_answer(connection, 409, "", STATUS_BODY);
    } else if (strncmp(path, "/busy", 5) == 0) {
        test_answer(connection, 429, "Retry-After: 1\r\n", "later");
    } else if (strncmp(path, "/cut", 4) == 0 ||
               (strncmp(path, "/once", 5) == 0 && used_before)) {
        test_cut(connection);
    } else if (strncmp(path, "/echo", 5) == 0) {
        test_answer(connection, 200, "", request->body);
    } else if (strncmp(path, "/head", 5) == 0) {
        test_answer(connection, 200, "", request->line);
    } else if (strncmp(path, "/stream", 7) == 0) {
        test_stream_begin(connection);
        held = connection;
    } else {
        test_answer(connection, 200, "", "ok");
    }
}

static void setup(void)
{
    held = NULL;
    held_number = last_connection = 0;
    strbuf_init(&served, 4096);
    rig_init(&rig, serve, NULL);
    rig_connect(&rig);
}

static void teardown(void)
{
    rig_fini(&rig);
    strbuf_fini(&served);
}

static void wait_for_held(void)
{
    while (!held)
        uv_run(&rig.loop, UV_RUN_ONCE);
}

START_TEST(answers_come_with_status_and_body)
{
    rig_send(&rig, 1, "/fine");
    ck_assert_uint_eq(rig.events.len, 0); /* never from inside the call */
    rig_wait(&rig, 1);
    rig_send(&rig, 2, "/conflict");
    rig_wait(&rig, 2);
    ck_assert_str_eq(rig.events.text, "done 1 200 ok;"
                                      "done 2 409 {\"kind\":\"Status\",\"code\":409};");
    ck_assert_uint_eq(last_connection, 1);
}
END_TEST

START_TEST(requests_carry_method_headers_and_body)
{
    struct kube_request request = rig_get("/head");
    char body[] = "{\"a\":1}";
    request.method = KUBE_PATCH;
    request.content_type = "application/apply-patch+yaml";
    request.accept = "application/json;x=y";
    request.body = body;
    request.body_len = sizeof body - 1;
    kube_client_send(rig.client, 1, &request, &rig.handlers);
    rig_wait(&rig, 1);
    const char *head = rig.events.text;
    ck_assert_ptr_nonnull(strstr(head, "done 1 200 PATCH /head HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(
        strstr(head, "\r\nContent-Type: application/apply-patch+yaml"));
    ck_assert_ptr_nonnull(strstr(head, "\r\nAccept: application/json;x=y\r\n"));
    ck_assert_ptr_nonnull(strstr(head, "\r\nUser-Agent: rig/1\r\n"));
    ck_assert_ptr_null(strstr(head, "Authorization"));
    request.path = "/echo";
    kube_client_send(rig.client, 2, &request, &rig.handlers);
    memset(body, 'x', sizeof body - 1); /* it was copied */
    rig_wait(&rig, 2);
    ck_assert_ptr_nonnull(strstr(rig.events.text, "done 2 200 {\"a\":1};"));
    rig_send(&rig, 3, "/head"); /* the warm handle forgets the body */
    rig_wait(&rig, 3);
    head = strstr(rig.events.text, "done 3");
    ck_assert_ptr_nonnull(strstr(head, "GET /head HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(head, "\r\nAccept: application/json"));
    ck_assert_ptr_null(strstr(head, "Content-"));
}
END_TEST

START_TEST(streams_come_line_by_line)
{
    rig_send_stream(&rig, 1, "/stream");
    wait_for_held();
    test_stream_add(held, "one\ntw");
    test_stream_add(held, "o\n\nthree\n");
    test_stream_end(held);
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text,
                     "line 1 one;line 1 two;line 1 three;done 1 200 ;");
}
END_TEST

START_TEST(a_refused_stream_has_a_body_and_no_lines)
{
    rig_send_stream(&rig, 1, "/conflict");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "done 1 409 {\"kind\":\"Status\",\"code\":409};");
}
END_TEST

START_TEST(a_cut_stream_fails)
{
    rig_send_stream(&rig, 1, "/stream");
    wait_for_held();
    test_stream_add(held, "one\nhalf a li");
    test_cut(held);
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "line 1 one;failed 1;");
    ck_assert_int_eq(rig.failure.kind, ERR_UNAVAILABLE);
}
END_TEST

START_TEST(a_stream_that_ends_within_a_line_fails)
{
    rig_send_stream(&rig, 1, "/stream");
    wait_for_held();
    test_stream_add(held, "one\nhalf a li");
    test_stream_end(held);
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "line 1 one;failed 1;");
    ck_assert_ptr_nonnull(strstr(rig.failure.msg, "stream ended within a line"));
}
END_TEST

START_TEST(a_line_past_the_maximum_fails)
{
    char line[1025];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    rig_send_stream(&rig, 1, "/stream");
    wait_for_held();
    test_stream_add(held, line);
    test_stream_add(held, "x\n");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "failed 1;");
    ck_assert_ptr_nonnull(strstr(rig.failure.msg, "line longer than 1024 bytes"));
}
END_TEST

START_TEST(a_body_past_the_maximum_fails)
{
    struct kube_request request = rig_get("/echo");
    char body[1026];
    memset(body, 'x', sizeof body);
    request.method = KUBE_POST;
    request.content_type = "application/json";
    request.body = body;
    request.body_len = 1025;
    kube_client_send(rig.client, 1, &request, &rig.handlers);
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "failed 1;");
    ck_assert_int_eq(rig.failure.kind, ERR_INVALID);
    ck_assert_ptr_nonnull(strstr(rig.failure.msg, "answer longer than 1024 bytes"));
    request.body_len = 1024;
    kube_client_send(rig.client, 2, &request, &rig.handlers);
    rig_wait(&rig, 2);
    ck_assert_ptr_nonnull(strstr(rig.events.text, "done 2 200 xxx"));
}
END_TEST

START_TEST(a_connection_that_is_cut_fails)
{
    rig_send(&rig, 1, "/cut");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "failed 1;");
    ck_assert_int_eq(rig.failure.kind, ERR_UNAVAILABLE);
    ck_assert_ptr_eq(strstr(rig.failure.msg, kube_client_host(rig.client)),
                     rig.failure.msg);
}
END_TEST

/* Often enough for libcurl to give up on its own. */
START_TEST(requests_that_meet_a_closing_connection_are_repeated)
{
    for (uint64_t id = 1; id <= 30; id++) {
        rig_send(&rig, id, "/once");
        rig_wait(&rig, id);
        ck_assert_ptr_null(strstr(rig.events.text, "failed"));
    }
}
END_TEST

START_TEST(a_deadline_ends_a_request)
{
    struct kube_request request = rig_get("/hold");
    request.deadline_ms = 20;
    kube_client_send(rig.client, 1, &request, &rig.handlers);
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "failed 1;");
    ck_assert_int_eq(rig.failure.kind, ERR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(rig.failure.msg, "no answer within 20 ms"));
    rig_send(&rig, 2, "/fine");
    rig_wait(&rig, 2);
    ck_assert_uint_ne(last_connection, held_number);
}
END_TEST

START_TEST(a_cancelled_request_is_silent)
{
    rig_send(&rig, 1, "/hold");
    wait_for_held();
    kube_client_cancel(rig.client, 1);
    kube_client_cancel(rig.client, 1);
    kube_client_cancel(rig.client, 77);
    rig_send(&rig, 2, "/fine");
    kube_client_cancel(rig.client, 2); /* before it was sent */
    rig_send(&rig, 3, "/fine");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "done 3 200 ok;");
    ck_assert_str_eq(served.text, "/hold;/fine;");
}
END_TEST

/* More than the lane's streams: those behind wait, and may be cancelled there. */
START_TEST(requests_queue_behind_the_limit)
{
    enum { MANY = 200 };
    for (uint64_t id = 1; id <= MANY; id++)
        rig_send(&rig, id, "/fine");
    kube_client_cancel(rig.client, MANY - 1);
    rig_wait(&rig, MANY - 1);
    ck_assert_ptr_nonnull(strstr(rig.events.text, "done 200 200 ok;"));
    ck_assert_ptr_null(strstr(rig.events.text, "done 199 "));
}
END_TEST

/* They have no end: who comes later must not wait for them. */
START_TEST(watches_make_room_for_more)
{
    enum { MANY = 150 };
    for (uint64_t id = 1; id <= MANY; id++)
        rig_send_stream(&rig, id, "/stream");
    rig_send_stream(&rig, MANY + 1, "/conflict");
    rig_wait(&rig, 1);
    ck_assert_ptr_nonnull(strstr(rig.events.text, "done 151 409 "));
}
END_TEST

/* Order, not time: the watchman's timer is due before the pause is over. */
static void on_watchman(uv_timer_t *timer)
{
    (void)timer;
    strbuf_adds(&served, "watchman;");
}

START_TEST(retry_after_pauses_everything)
{
    static uv_timer_t watchman; /* closed in teardown */
    uv_timer_init(&rig.loop, &watchman);
    rig_send(&rig, 1, "/busy");
    rig_wait(&rig, 1);
    uv_timer_start(&watchman, on_watchman, 500, 0);
    rig_send(&rig, 2, "/fine");
    rig_send_stream(&rig, 3, "/conflict");
    rig_wait(&rig, 3);
    ck_assert_ptr_nonnull(strstr(rig.events.text, "done 1 429 later;"));
    ck_assert_ptr_eq(strstr(served.text, "/busy;watchman;"), served.text);
    ck_assert_ptr_nonnull(strstr(served.text, "/fine;"));
    uv_close((uv_handle_t *)&watchman, NULL);
}
END_TEST

static void close_on_done(void *ctx, uint64_t id, const struct kube_response *response)
{
    rig_done(ctx, id, response);
    kube_client_close(&rig.client, rig_closed, &rig);
    ck_assert(!rig.closed);
}

START_TEST(closing_is_silent_with_requests_in_flight)
{
    for (uint64_t id = 1; id <= 100; id++)
        rig_send(&rig, id, "/hold");
    rig_send_stream(&rig, 101, "/stream");
    wait_for_held();
    kube_client_close(&rig.client, rig_closed, &rig);
    ck_assert(!rig.closed);
    test_server_close(&rig.server);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    ck_assert(rig.closed);
    ck_assert_str_eq(rig.events.text, "");
}
END_TEST

START_TEST(closing_from_a_callback_silences_the_others)
{
    struct kube_handlers handlers = rig.handlers;
    handlers.done = close_on_done;
    struct kube_request request = rig_get("/fine");
    for (uint64_t id = 1; id <= 10; id++)
        kube_client_send(rig.client, id, &request, &handlers);
    rig_wait(&rig, 1);
    test_server_close(&rig.server);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    ck_assert(rig.closed);
    ck_assert_uint_eq(rig.outcomes, 1);
}
END_TEST

static void observe(void *ctx, const struct kube_request *request, int code,
                    double seconds)
{
    ck_assert(seconds >= 0);
    strbuf_addf(&((struct rig *)ctx)->events, "%s %s %d;", request->verb, request->path,
                code);
}

START_TEST(finished_requests_are_observed)
{
    struct err err;
    kube_client_close(&rig.client, NULL, NULL);
    ck_assert(rig_open(&rig, observe, &err));
    rig_send(&rig, 1, "/fine");
    rig_wait(&rig, 1);
    rig_send(&rig, 2, "/cut");
    rig_wait(&rig, 2);
    rig_send(&rig, 3, "/fine");
    kube_client_cancel(rig.client, 3);
    ck_assert_str_eq(rig.events.text,
                     "get /fine 200;done 1 200 ok;get /cut 0;failed 2;");
}
END_TEST

START_TEST(a_server_that_is_not_there_is_named)
{
    test_server_close(&rig.server);
    uv_run(&rig.loop, UV_RUN_NOWAIT);
    rig_send(&rig, 1, "/fine");
    rig_wait(&rig, 1);
    ck_assert_int_eq(rig.failure.kind, ERR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(rig.failure.msg, kube_client_host(rig.client)));
    ck_assert_ptr_nonnull(
        strstr(rig.failure.msg, "cannot connect: Connection refused"));
}
END_TEST

CHECK_MAIN("client", setup, teardown, answers_come_with_status_and_body,
           requests_carry_method_headers_and_body, streams_come_line_by_line,
           a_refused_stream_has_a_body_and_no_lines, a_cut_stream_fails,
           a_stream_that_ends_within_a_line_fails, a_line_past_the_maximum_fails,
           a_body_past_the_maximum_fails, a_connection_that_is_cut_fails,
           requests_that_meet_a_closing_connection_are_repeated,
           a_deadline_ends_a_request, a_cancelled_request_is_silent,
           requests_queue_behind_the_limit, watches_make_room_for_more,
           retry_after_pauses_everything, closing_is_silent_with_requests_in_flight,
           closing_from_a_callback_silences_the_others, finished_requests_are_observed,
           a_server_that_is_not_there_is_named)
