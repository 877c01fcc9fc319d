#include "controller/http_server.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/list.h"

#include <string.h>

enum {
    CONNECTIONS_MAX = 64, /* scrapers and probes are few; more wait in the backlog */
    CONNECTION_MS = 10 * 1000,    /* for the request and its answer together */
    ANSWER_MAX = 64 * 1024 * 1024 /* metrics of 100,000 series */
};

struct http_server {
    uv_tcp_t listener;
    struct list connections;
    size_t open; /* handles that are not closed yet: the listener and connections */
    size_t connected;
    const struct http_route *routes;
    void *ctx;
};

struct connection {
    struct list node;
    struct http_server *server;
    uv_tcp_t tcp;
    uv_timer_t deadline;
    uv_write_t write;
    size_t handles;
    size_t len;
    char head[HTTP_HEAD_MAX + 1];
    struct strbuf reply;
    bool closing;
};

static void on_connection(uv_stream_t *listener, int status);
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);
static void on_written(uv_write_t *write, int status);
static void on_deadline(uv_timer_t *timer);
static void on_connection_closed(uv_handle_t *handle);
static void on_listener_closed(uv_handle_t *handle);

static void server_release(struct http_server *server)
{
    if (--server->open == 0)
        free(server);
}

static void connection_close(struct connection *connection)
{
    if (connection->closing)
        return;
    connection->closing = true;
    uv_close((uv_handle_t *)&connection->tcp, on_connection_closed);
    uv_close((uv_handle_t *)&connection->deadline, on_connection_closed);
}

static void on_connection_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    if (--connection->handles)
        return;
    struct http_server *server = connection->server;
    list_remove(&connection->node);
    server->connected--;
    strbuf_fini(&connection->reply);
    free(connection);
    server_release(server);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct http_server *server = listener->data;
    if (status < 0)
        return;
    struct connection *connection = xcalloc(1, sizeof *connection);
    connection->server = server;
    connection->handles = 2;
    connection->tcp.data = connection->deadline.data = connection->write.data =
        connection;
    uv_tcp_init(listener->loop, &connection->tcp);
    uv_timer_init(listener->loop, &connection->deadline);
    strbuf_init(&connection->reply, ANSWER_MAX);
    list_append(&server->connections, &connection->node);
    server->open++;
    bool full = server->connected++ >= CONNECTIONS_MAX;
    /* Accepted even when there are too many, or the listener would stop polling. */
    if (uv_accept(listener, (uv_stream_t *)&connection->tcp) != 0 || full ||
        uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read) != 0) {
        connection_close(connection);
        return;
    }
    uv_timer_start(&connection->deadline, on_deadline, CONNECTION_MS, 0);
}

static void on_deadline(uv_timer_t *timer)
{
    connection_close(timer->data);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct connection *connection = handle->data;
    *buf = uv_buf_init(connection->head + connection->len,
                       (unsigned)(HTTP_HEAD_MAX - connection->len));
}

static const char *status_text(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 431:
        return "Request Header Fields Too Large";
    default:
        return status < 500 ? "Error" : "Service Unavailable";
    }
}

static void send_answer(struct connection *connection, const struct http_answer *answer,
                        bool head_only)
{
    strbuf_addf(&connection->reply,
                "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
                answer->status, status_text(answer->status), answer->content_type,
                answer->body.len);
    if (!head_only)
        strbuf_add(&connection->reply, answer->body.text, answer->body.len);
    uv_read_stop((uv_stream_t *)&connection->tcp);
    uv_buf_t buf = uv_buf_init(connection->reply.text, (unsigned)connection->reply.len);
    if (uv_write(&connection->write, (uv_stream_t *)&connection->tcp, &buf, 1,
                 on_written) != 0)
        connection_close(connection);
}

static void on_written(uv_write_t *write, int status)
{
    (void)status;
    connection_close(write->data);
}

static bool is_loopback(const uv_tcp_t *tcp)
{
    struct sockaddr_storage peer;
    int len = sizeof peer;
    if (uv_tcp_getpeername(tcp, (struct sockaddr *)&peer, &len) != 0)
        return false;
    char text[64];
    if (uv_ip_name((const struct sockaddr *)&peer, text, sizeof text) != 0)
        return false;
    return ascii_has_prefix(text, "127.") || strcmp(text, "::1") == 0 ||
           ascii_has_prefix(text, "::ffff:127.");
}

static const struct http_route *find_route(const struct http_server *server,
                                           const char *path)
{
    for (const struct http_route *route = server->routes; route->path; route++) {
        if (strcmp(route->path, path) == 0)
            return route;
    }
    return NULL;
}

static void answer_request(struct connection *connection, enum http_parse parsed,
                           const struct http_request *request)
{
    struct http_answer answer = {.status = 200, .content_type = "text/plain"};
    strbuf_init(&answer.body, ANSWER_MAX / 2);
    answer.from_loopback = is_loopback(&connection->tcp);
    const struct http_route *route =
        parsed == HTTP_COMPLETE ? find_route(connection->server, request->path) : NULL;
    if (route)
        route->answer(connection->server->ctx, request, &answer);
    else
        answer.status = parsed == HTTP_COMPLETE     ? 404
                        : parsed == HTTP_METHOD     ? 405
                        : parsed == HTTP_INCOMPLETE ? 431
                                                    : 400;
    if (answer.status != 200 && answer.body.len == 0)
        strbuf_addf(&answer.body, "%s\n", status_text(answer.status));
    send_answer(connection, &answer, parsed == HTTP_COMPLETE && request->head_only);
    strbuf_fini(&answer.body);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    (void)buf;
    struct connection *connection = stream->data;
    if (len < 0) {
        connection_close(connection);
        return;
    }
    connection->len += (size_t)len;
    connection->head[connection->len] = '\0';
    struct http_request request;
    enum http_parse parsed =
        http_request_parse(connection->head, connection->len, &request);
    if (parsed != HTTP_INCOMPLETE || connection->len == HTTP_HEAD_MAX)
        answer_request(connection, parsed, &request);
}

/* "HOST:PORT", ":PORT" or "[V6]:PORT". */
static bool parse_address(const char *address, struct sockaddr_storage *out,
                          struct err *err)
{
    const char *colon = strrchr(address, ':');
    uint64_t port;
    if (!colon || !ascii_parse_u64(colon + 1, &port) || port > 65535)
        return err_set(err, ERR_INVALID, "\"%s\" must be HOST:PORT or :PORT", address);
    size_t len = (size_t)(colon - address);
    char host[64] = "::";
    if (len >= sizeof host)
        return err_set(err, ERR_INVALID, "\"%s\": the host is too long", address);
    bool bracketed = len >= 2 && address[0] == '[' && address[len - 1] == ']';
    if (len) {
        memcpy(host, address + bracketed, len - 2 * bracketed);
        host[len - 2 * bracketed] = '\0';
    }
    if (strcmp(host, "localhost") == 0)
        memcpy(host, "127.0.0.1", sizeof "127.0.0.1");
    if (uv_ip4_addr(host, (int)port, (struct sockaddr_in *)out) == 0 ||
        uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)out) == 0)
        return true;
    return err_set(err, ERR_INVALID, "\"%s\": the host must be a numeric address",
                   address);
}

static int bind_and_listen(struct http_server *server,
                           const struct sockaddr_storage *at)
{
    int status = uv_tcp_bind(&server->listener, (const struct sockaddr *)at, 0);
    return status ? status
                  : uv_listen((uv_stream_t *)&server->listener, CONNECTIONS_MAX,
                              on_connection);
}

struct http_server *http_server_open(uv_loop_t *loop, const char *address,
                                     const struct http_route *routes, void *ctx,
                                     struct err *err)
{
    struct sockaddr_storage at;
    if (!parse_address(address, &at, err))
        return NULL;
    struct http_server *server = xcalloc(1, sizeof *server);
    server->routes = routes;
    server->ctx = ctx;
    server->open = 1;
    server->listener.data = server;
    list_init(&server->connections);
    uv_tcp_init(loop, &server->listener);
    int status = bind_and_listen(server, &at);
    if (status == UV_EAFNOSUPPORT && address[0] == ':') { /* no IPv6 on this machine */
        struct sockaddr_in6 any6;
        memcpy(&any6, &at, sizeof any6);
        uv_ip4_addr("0.0.0.0", ntohs(any6.sin6_port), (struct sockaddr_in *)&at);
        status = bind_and_listen(server, &at);
    }
    if (status == 0)
        return server;
    err_set(err, ERR_UNAVAILABLE, "cannot listen on %s: %s", address,
            uv_strerror(status));
    http_server_close(&server);
    return NULL;
}

int http_server_port(const struct http_server *server)
{
    struct sockaddr_storage at;
    int len = sizeof at;
    if (uv_tcp_getsockname(&server->listener, (struct sockaddr *)&at, &len) != 0)
        return 0;
    return at.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&at)->sin6_port)
                                    : ntohs(((struct sockaddr_in *)&at)->sin_port);
}

static void on_listener_closed(uv_handle_t *handle)
{
    server_release(handle->data);
}

void http_server_close(struct http_server **server)
{
    if (!*server)
        return;
    list_for_each (node, &(*server)->connections)
        connection_close(LIST_ENTRY(node, struct connection, node));
    uv_close((uv_handle_t *)&(*server)->listener, on_listener_closed);
    *server = NULL;
}
