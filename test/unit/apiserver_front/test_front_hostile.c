#include "test/unit/apiserver_front/front_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct rig rig;

static void set_up(void)
{
    rig_open(&rig);
}

/* Whatever was done to it, it still serves. */
static void tear_down(void)
{
    ck_assert_int_eq(rig_status(&rig, CURL_HTTP_VERSION_2TLS, "GET", "/version", NULL),
                     200);
    rig_close(&rig);
}

static int connect_raw(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)front_port(rig.front)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int status = connect(fd, (const struct sockaddr *)&address, sizeof address);
    ck_assert_int_eq(status, 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/* Throws away what comes, an alert perhaps. */
static bool has_ended(int fd)
{
    char rest[256];
    ssize_t len;
    while ((len = recv(fd, rest, sizeof rest, 0)) > 0)
        ;
    return len == 0 || errno != EAGAIN;
}

START_TEST(what_is_no_tls_is_closed)
{
    static const char *const TEXTS[] = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\xff\xff\x01\x02\x03",
        "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
    };
    static const size_t LENGTHS[] = {27, 24, 8, 10};
    for (size_t i = 0; i < 4; i++) {
        int fd = connect_raw();
        ssize_t sent = send(fd, TEXTS[i], LENGTHS[i], MSG_NOSIGNAL);
        ck_assert_int_eq(sent, (ssize_t)LENGTHS[i]);
        if (i == 2) /* waits for the rest of a record that is too long to be one */
            shutdown(fd, SHUT_WR);
        RIG_UNTIL(&rig, has_ended(fd));
        close(fd);
        RIG_UNTIL(&rig, front_connections(rig.front) == 0);
    }
}
END_TEST

START_TEST(a_thousand_idle_connections)
{
    enum { MANY = 1000 };
    static int fds[MANY];
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < 2 * MANY + 100)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (size_t i = 0; i < MANY; i++)
        fds[i] = connect_raw();
    RIG_UNTIL(&rig, front_connections(rig.front) == MANY);
    ck_assert_int_eq(rig_status(&rig, CURL_HTTP_VERSION_1_1, "GET", "/version", NULL),
                     200);
    for (size_t i = 0; i < MANY; i++)
        close(fds[i]);
    RIG_UNTIL(&rig, front_connections(rig.front) == 1);
}
END_TEST

/* A TLS connection on which the test says what it likes. */
static void open_tls(struct rig_call *call, long version)
{
    rig_call_init(call, &rig, version, "/");
    curl_easy_setopt(call->curl, CURLOPT_CONNECT_ONLY, 1L);
    rig_finish(call);
    ck_assert_int_eq(call->result, CURLE_OK);
}

static void send_tls(struct rig_call *call, const char *bytes, size_t len)
{
    size_t sent;
    CURLcode result = curl_easy_send(call->curl, bytes, len, &sent);
    ck_assert_int_eq(result, CURLE_OK);
    ck_assert_uint_eq(sent, len);
}

/* Receives into the call's body; false: the connection has ended. */
static bool receive_tls(struct rig_call *call)
{
    char bytes[4096];
    size_t len;
    CURLcode result;
    while ((result = curl_easy_recv(call->curl, bytes, sizeof bytes, &len)) ==
               CURLE_OK &&
           len)
        strbuf_add(&call->body, bytes, len);
    return result == CURLE_AGAIN;
}

static void until_ended(struct rig_call *call)
{
    RIG_UNTIL(&rig, !receive_tls(call));
}

START_TEST(bad_requests_get_a_status)
{
    static const struct {
        const char *text, *answer;
    } CASES[] = {
        {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
        {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
        {"GET / HTTP/9.9\r\n", "HTTP/1.1 505 "},
        {("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
         "HTTP/1.1 501 "},
        {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
         "HTTP/1.1 413 "},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct rig_call call;
        open_tls(&call, CURL_HTTP_VERSION_1_1);
        send_tls(&call, CASES[i].text, strlen(CASES[i].text));
        until_ended(&call);
        ck_assert_msg(
            strncmp(call.body.text, CASES[i].answer, strlen(CASES[i].answer)) == 0,
            "%s", call.body.text);
        ck_assert_ptr_nonnull(strstr(call.body.text, "\"kind\":\"Status\""));
        rig_call_fini(&call);
    }
}
END_TEST

START_TEST(requests_sent_ahead_are_answered_in_turn)
{
    enum { COUNT = 3000 }; /* more than what is kept of them at a time */
    struct rig_call call;
    struct strbuf text;
    strbuf_init(&text, 1024 * 1024);
    for (size_t i = 0; i < COUNT; i++)
        strbuf_addf(&text, "GET /absent-%zu HTTP/1.1\r\nHost: x\r\n\r\n", i);
    strbuf_adds(&text, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    open_tls(&call, CURL_HTTP_VERSION_1_1);
    size_t at = 0, sent;
    bool open = true;
    while (open) {
        if (at < text.len &&
            curl_easy_send(call.curl, text.text + at, text.len - at, &sent) == CURLE_OK)
            at += sent;
        rig_step(&rig);
        open = receive_tls(&call);
    }
    ck_assert_uint_eq(rig_count(&call, "HTTP/1.1 "), COUNT + 1);
    strbuf_fini(&text);
    rig_call_fini(&call);
}
END_TEST

START_TEST(requests_that_are_cut)
{
    static const char *const TEXTS[] = {
        "GE",
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"a\":",
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: x\r\n\r\nGET /",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct rig_call call;
        open_tls(&call, CURL_HTTP_VERSION_1_1);
        send_tls(&call, TEXTS[i], strlen(TEXTS[i]));
        rig_step(&rig);
        rig_call_fini(&call);
        RIG_UNTIL(&rig, front_connections(rig.front) == 0);
    }
    ck_assert(list_empty(&front_service(rig.front)->exchanges));
}
END_TEST

/* libcurl would speak HTTP/2 itself. */
static bool tls_has_ended(SSL *ssl)
{
    char rest[4096];
    int len;
    while ((len = SSL_read(ssl, rest, sizeof rest)) > 0)
        ;
    return SSL_get_error(ssl, len) != SSL_ERROR_WANT_READ;
}

START_TEST(frames_that_are_none_end_the_connection)
{
    static const struct {
        const char *bytes;
        int len;
    } CASES[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGARBAGE GARBAGE GARBAGE", 47},
        /* a frame of 16 MiB; HEADERS whose block is no HPACK; DATA of no stream */
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\x04\0\0\0\0\0", 33},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"
         "\0\0\x04\x01\x05\0\0\0\x01\xff\xff\xff\xff",
         46},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"
         "\0\0\x01\0\0\0\0\0\x07x",
         43},
    };
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_alpn_protos(client, (const unsigned char *)"\x02h2", 3);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int fd = connect_raw();
        SSL *ssl = SSL_new(client);
        SSL_set_fd(ssl, fd);
        RIG_UNTIL(&rig, SSL_connect(ssl) == 1);
        ck_assert_int_eq(SSL_write(ssl, CASES[i].bytes, CASES[i].len), CASES[i].len);
        RIG_UNTIL(&rig, tls_has_ended(ssl));
        SSL_free(ssl);
        close(fd);
        RIG_UNTIL(&rig, front_connections(rig.front) == 0);
    }
    SSL_CTX_free(client);
}
END_TEST

CHECK_MAIN("front_hostile", set_up, tear_down, what_is_no_tls_is_closed,
           a_thousand_idle_connections, bad_requests_get_a_status,
           requests_sent_ahead_are_answered_in_turn, requests_that_are_cut,
           frames_that_are_none_end_the_connection)
