#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/http1_request.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct http1_request request;

static void set_up(void)
{
    http1_request_init(&request);
}

static void tear_down(void)
{
    http1_request_fini(&request);
}

/* Feeds the text in pieces of that size; returns how much was taken. */
static size_t feed(const char *text, size_t piece)
{
    size_t len = strlen(text), taken = 0;
    while (taken < len && request.state < HTTP1_COMPLETE) {
        size_t next = len - taken < piece ? len - taken : piece;
        taken += http1_request_feed(&request, text + taken, next);
    }
    return taken;
}

static void check_refused(const char *text, int status)
{
    http1_request_fini(&request);
    http1_request_init(&request);
    feed(text, strlen(text));
    ck_assert_msg(request.state == HTTP1_REFUSED && request.refusal == status,
                  "state %d, status %d for %s", request.state, request.refusal, text);
    ck_assert(!request.keep_alive);
}

START_TEST(a_request_without_body)
{
    static const char TEXT[] = "GET /api?watch=1 HTTP/1.1\r\nHost: x\r\n"
                               "accept: application/json\r\nAccept:  text/plain \r\n"
                               "Authorization: Bearer abc\r\n\r\n";
    ck_assert(http1_request_idle(&request));
    ck_assert_uint_eq(feed(TEXT, sizeof TEXT), sizeof TEXT - 1);
    ck_assert_int_eq(request.state, HTTP1_COMPLETE);
    ck_assert_str_eq(request.request.method, "GET");
    ck_assert_str_eq(request.request.target, "/api?watch=1");
    ck_assert_str_eq(request_header(&request.request, REQUEST_ACCEPT),
                     "application/json, text/plain");
    ck_assert_str_eq(request_token(&request.request), "abc");
    ck_assert_str_eq(request_header(&request.request, REQUEST_CONTENT_TYPE), "");
    ck_assert(request.keep_alive && !request.wants_continue);
    ck_assert(!http1_request_idle(&request));
}
END_TEST

START_TEST(bodies_in_any_pieces)
{
    static const char *const TEXTS[] = {
        ("PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n"
         "Content-Type: text/json\r\n\r\nhello world"),
        ("PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n"
         "Content-Type: text/json\r\n\r\n5;a=b\r\nhello\r\n06\r\n world\r\n0\r\n"
         "Trailer: t\r\n\r\n"),
    };
    for (size_t i = 0; i < 2; i++) {
        for (size_t piece = 1; piece < 80; piece++) {
            http1_request_fini(&request);
            http1_request_init(&request);
            ck_assert_uint_eq(feed(TEXTS[i], piece), strlen(TEXTS[i]));
            ck_assert_int_eq(request.state, HTTP1_COMPLETE);
            ck_assert_str_eq(request.request.body.text, "hello world");
            ck_assert_str_eq(request_header(&request.request, REQUEST_CONTENT_TYPE),
                             "text/json");
        }
    }
}
END_TEST

START_TEST(what_follows_is_left)
{
    static const char FIRST[] = "\r\nPOST /a HTTP/1.1\r\nHost:x\r\nContent-Length:2\r\n"
                                "\r\n{}";
    char both[2 * sizeof FIRST];
    snprintf(both, sizeof both, "%sGET /b HTTP/1.1\r\n", FIRST);
    ck_assert_uint_eq(feed(both, sizeof both), sizeof FIRST - 1);
    ck_assert_str_eq(request.request.target, "/a");
}
END_TEST

START_TEST(connection_headers_decide_on_keep_alive)
{
    static const struct {
        const char *text;
        bool keep_alive;
    } CASES[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, Close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: closer\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        http1_request_fini(&request);
        http1_request_init(&request);
        feed(CASES[i].text, 7);
        ck_assert_int_eq(request.state, HTTP1_COMPLETE);
        ck_assert_msg(request.keep_alive == CASES[i].keep_alive, "%s", CASES[i].text);
    }
}
END_TEST

START_TEST(continue_is_wanted_only_before_a_body)
{
    feed("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: "
         "1\r\n\r\n",
         9);
    ck_assert(request.wants_continue && request.state == HTTP1_BODY);
    http1_request_fini(&request);
    http1_request_init(&request);
    feed("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n", 9);
    ck_assert(!request.wants_continue && request.state == HTTP1_COMPLETE);
}
END_TEST

START_TEST(malformed_heads_are_refused)
{
    static const struct {
        const char *text;
        int status;
    } CASES[] = {
        {"GET\r\n", 400},
        {"GET /\r\n", 400},
        {"GET x HTTP/1.1\r\n", 400},
        {"G@T / HTTP/1.1\r\n", 400},
        {"GET /a b HTTP/1.1\r\n", 400},
        {"GET / HTTP/2.0\r\n", 505},
        {"GET / FTP/1.1\r\n", 400},
        {"GET / HTTP/1.1\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : x\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\x01\r\n", 400},
        {"GET / HTTP/1.1\r\nno colon\r\n", 400},
        {"GET / HTTP/1.1\r\nContent-Length: -1\r\n", 400},
        {"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400},
        {"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n", 501},
        {"GET / HTTP/1.1\r\nAuthorization: a\r\nAuthorization: b\r\n", 400},
        {("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
          "Transfer-Encoding: chunked\r\n\r\n"),
         400},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_refused(CASES[i].text, CASES[i].status);
}
END_TEST

START_TEST(malformed_chunks_are_refused)
{
    static const char HEAD[] =
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    static const struct {
        const char *text;
        int status;
    } CASES[] = {
        {"\r\n", 400},
        {"g\r\n", 400},
        {"5 x\n", 400},
        {"5!\r\n", 400},
        {"1\r\nab\r\n", 400},
        {"300001\r\n", 413},
        {"ffffffffffff\r\n", 413},
        {"0x5\r\n", 400},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[256];
        snprintf(text, sizeof text, "%s%s", HEAD, CASES[i].text);
        check_refused(text, CASES[i].status);
    }
}
END_TEST

START_TEST(heads_are_bounded)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 20);
    strbuf_adds(&text, "GET /");
    for (size_t i = 0; i < REQUEST_HEAD_MAX; i++)
        strbuf_addc(&text, 'x');
    check_refused(text.text, 414);
    strbuf_reset(&text);
    strbuf_adds(&text, "GET / HTTP/1.1\r\n");
    for (size_t i = 0; i < REQUEST_HEADERS_MAX + 1; i++)
        strbuf_adds(&text, "A: b\r\n");
    check_refused(text.text, 431);
    strbuf_reset(&text);
    strbuf_adds(&text, "GET / HTTP/1.1\r\n");
    for (size_t i = 0; i < 10; i++)
        strbuf_addf(&text, "A: %08192d\r\n", 1);
    check_refused(text.text, 431);
    strbuf_fini(&text);
}
END_TEST

START_TEST(bodies_are_bounded)
{
    char head[128];
    snprintf(head, sizeof head,
             "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
             REQUEST_BODY_MAX + 1);
    check_refused(head, 413);
    http1_request_fini(&request);
    http1_request_init(&request);
    feed("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 1000);
    static const char SPACES[] = "100000\r\n";
    char *chunk = xcalloc(1, 0x100000 + 3);
    memset(chunk, ' ', 0x100000);
    memcpy(chunk + 0x100000, "\r\n", 3);
    for (size_t i = 0; i < 3; i++) {
        feed(SPACES, 100);
        feed(chunk, 4096);
        ck_assert_int_eq(request.state, HTTP1_CHUNK_SIZE);
    }
    feed("1\r\nx", 100);
    ck_assert_int_eq(request.refusal, 413);
    free(chunk);
}
END_TEST

CHECK_MAIN("http1_request", set_up, tear_down, a_request_without_body,
           bodies_in_any_pieces, what_follows_is_left,
           connection_headers_decide_on_keep_alive,
           continue_is_wanted_only_before_a_body, malformed_heads_are_refused,
           malformed_chunks_are_refused, heads_are_bounded, bodies_are_bounded)
