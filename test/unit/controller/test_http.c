#include "controller/http_request.h"
#include "controller/http_server.h"
#include "test/support/check_main.h"

static enum http_parse parse(const char *text, struct http_request *request)
{
    static char copy[HTTP_HEAD_MAX];
    size_t len = strlen(text);
    memcpy(copy, text, len + 1);
    return http_request_parse(copy, len, request);
}

START_TEST(a_get_is_understood)
{
    struct http_request request;
    ck_assert_int_eq(parse("GET /livez?verbose HTTP/1.1\r\nHost: x\r\n"
                           "ACCEPT: application/openmetrics-text;version=1.0.0\r\n\r\n",
                           &request),
                     HTTP_COMPLETE);
    ck_assert_str_eq(request.path, "/livez");
    ck_assert_str_eq(request.query, "verbose");
    ck_assert(request.openmetrics);
    ck_assert(!request.head_only);
}
END_TEST

START_TEST(an_unfinished_head_waits_for_more)
{
    const char *whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for (size_t len = 0; len < strlen(whole); len++) {
        char part[64];
        memcpy(part, whole, len);
        part[len] = '\0';
        struct http_request request;
        ck_assert_int_eq(http_request_parse(part, len, &request), HTTP_INCOMPLETE);
    }
}
END_TEST

START_TEST(other_things_are_refused)
{
    struct http_request request;
    ck_assert_int_eq(parse("POST / HTTP/1.1\r\n\r\n", &request), HTTP_METHOD);
    ck_assert_int_eq(parse("GET /\r\n\r\n", &request), HTTP_BAD);
    ck_assert_int_eq(parse("GET x HTTP/1.1\r\n\r\n", &request), HTTP_BAD);
    ck_assert_int_eq(parse("\r\n\r\n", &request), HTTP_BAD);
    ck_assert_int_eq(parse("GET / SPDY/3\r\n\r\n", &request), HTTP_BAD);
    char nul[] = "GET /\0 HTTP/1.1\r\n";
    ck_assert_int_eq(http_request_parse(nul, sizeof nul - 1, &request), HTTP_BAD);
    ck_assert_int_eq(parse("HEAD / HTTP/1.0\r\n\r\n", &request), HTTP_COMPLETE);
    ck_assert(request.head_only);
}
END_TEST

/* A client that sends `send` and keeps what comes back. */
struct client {
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    const char *send;
    char got[16 * 1024];
    size_t len;
    bool ended;
};

static void on_client_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    (void)size;
    struct client *client = handle->data;
    *buf = uv_buf_init(client->got + client->len,
                       (unsigned)(sizeof client->got - 1 - client->len));
}

static void on_client_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    (void)buf;
    struct client *client = stream->data;
    if (len > 0)
        client->len += (size_t)len;
    if (len < 0) {
        client->ended = true;
        uv_close((uv_handle_t *)stream, NULL);
    }
}

static void on_client_connect(uv_connect_t *connect, int status)
{
    ck_assert_int_eq(status, 0);
    struct client *client = connect->data;
    uv_buf_t buf = {.base = (char *)(uintptr_t)client->send,
                    .len = strlen(client->send)};
    uv_write(&client->write, (uv_stream_t *)&client->tcp, &buf, 1, NULL);
    uv_read_start((uv_stream_t *)&client->tcp, on_client_alloc, on_client_read);
}

static void answer_hello(void *ctx, const struct http_request *request,
                         struct http_answer *answer)
{
    (void)request;
    ++*(int *)ctx;
    strbuf_addf(&answer->body, "hello from %s\n",
                answer->from_loopback ? "loopback" : "afar");
}

static const struct http_route ROUTES[] = {{"/hello", answer_hello}, {NULL, NULL}};

static void exchange(const char *send, const char *wanted_start, const char *wanted_end)
{
    uv_loop_t loop;
    uv_loop_init(&loop);
    int answered = 0;
    struct err err = {0};
    struct http_server *server =
        http_server_open(&loop, "127.0.0.1:0", ROUTES, &answered, &err);
    ck_assert_msg(server != NULL, "%s", err.msg);
    struct sockaddr_in to;
    uv_ip4_addr("127.0.0.1", http_server_port(server), &to);
    struct client client = {.send = send};
    client.tcp.data = client.connect.data = &client;
    uv_tcp_init(&loop, &client.tcp);
    uv_tcp_connect(&client.connect, &client.tcp, (const struct sockaddr *)&to,
                   on_client_connect);
    while (!client.ended)
        uv_run(&loop, UV_RUN_ONCE);
    ck_assert_msg(strstr(client.got, wanted_start) == client.got, "%s", client.got);
    ck_assert_msg(strstr(client.got, wanted_end) != NULL, "%s", client.got);
    http_server_close(&server);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}

START_TEST(a_route_is_answered)
{
    exchange("GET /hello HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n",
             "\r\n\r\nhello from loopback\n");
    exchange("HEAD /hello HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n",
             "Content-Length: 20\r\n");
}
END_TEST

START_TEST(what_is_no_route_is_not_found)
{
    exchange("GET /other HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n",
             "Not Found\n");
    exchange("PUT /hello HTTP/1.1\r\n\r\n", "HTTP/1.1 405 ", "Method Not Allowed\n");
    exchange("nonsense\r\n\r\n", "HTTP/1.1 400 ", "Bad Request\n");
}
END_TEST

START_TEST(a_head_without_end_is_refused)
{
    static char endless[HTTP_HEAD_MAX + 1];
    memset(endless, 'a', HTTP_HEAD_MAX);
    exchange(endless, "HTTP/1.1 431 ", "Too Large\n");
}
END_TEST

START_TEST(bad_addresses_are_named)
{
    static const char *const ROWS[] = {"8080", "host:80", "127.0.0.1:65536", ":x",
                                       "[::1:80"};
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct err err = {0};
        ck_assert_ptr_null(http_server_open(&loop, ROWS[i], ROUTES, NULL, &err));
        ck_assert_msg(strstr(err.msg, ROWS[i]) != NULL, "%s", err.msg);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

CHECK_MAIN("http", NULL, NULL, a_get_is_understood, an_unfinished_head_waits_for_more,
           other_things_are_refused, a_route_is_answered, what_is_no_route_is_not_found,
           a_head_without_end_is_refused, bad_addresses_are_named)
