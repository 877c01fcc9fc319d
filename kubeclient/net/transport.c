#include "kubeclient/net/transport.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/list.h"

#include <assert.h>
#include <sys/socket.h>

/* A socket of curl's. What curl wants is applied once it has returned: within one of
 * its calls the wish often goes to "write too" and back, and every uv_poll_start()
 * costs two system calls. */
struct sock {
    struct list node; /* in transport->socks */
    struct transport *transport;
    uv_poll_t poll;
    curl_socket_t fd;
    int wanted, armed; /* UV_READABLE | UV_WRITABLE */
};

struct transport {
    struct transport_options options;
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;
    struct list socks;
    uint64_t heard_ms;
    bool inside, closing;
    size_t open_handles; /* uv handles whose close callback has not run */
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *sock_ctx);
static void on_poll(uv_poll_t *poll, int status, int events);
static int on_timeout_wish(CURLM *multi, long timeout_ms, void *ctx);
static void on_timer(uv_timer_t *timer);
static void on_sock_closed(uv_handle_t *handle);
static void on_timer_closed(uv_handle_t *handle);

bool transport_supported(struct err *err)
{
    static bool initialized;
    if (!initialized && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "libcurl cannot be initialised");
    initialized = true;
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    const char *missing = !(info->features & CURL_VERSION_SSL)     ? "TLS"
                          : !(info->features & CURL_VERSION_HTTP2) ? "HTTP/2"
                          : !(info->features & CURL_VERSION_ASYNCHDNS)
                              ? "asynchronous DNS"
                              : NULL;
    return !missing || err_set(err, ERR_INTERNAL, "libcurl %s was built without %s",
                               info->version, missing);
}

struct transport *transport_open(uv_loop_t *loop,
                                 const struct transport_options *options)
{
    struct transport *transport = xcalloc(1, sizeof *transport);
    transport->options = *options;
    transport->loop = loop;
    list_init(&transport->socks);
    uv_timer_init(loop, &transport->timer);
    transport->timer.data = transport;
    transport->open_handles = 1;
    transport->multi = curl_multi_init();
    if (!transport->multi)
        abort(); /* out of memory */
    curl_multi_setopt(transport->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(transport->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      options->max_connections);
    curl_multi_setopt(transport->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(transport->multi, CURLMOPT_SOCKETDATA, transport);
    curl_multi_setopt(transport->multi, CURLMOPT_TIMERFUNCTION, on_timeout_wish);
    curl_multi_setopt(transport->multi, CURLMOPT_TIMERDATA, transport);
    return transport;
}

/* ---- sockets */

static void arm(struct sock *sock)
{
    if (sock->armed == sock->wanted)
        return;
    sock->armed = sock->wanted;
    if (sock->wanted)
        uv_poll_start(&sock->poll, sock->wanted, on_poll);
    else
        uv_poll_stop(&sock->poll);
}

static struct sock *sock_open(struct transport *transport, curl_socket_t fd)
{
    struct sock *sock = xcalloc(1, sizeof *sock);
    sock->transport = transport;
    sock->fd = fd;
    int status = uv_poll_init_socket(transport->loop, &sock->poll, fd);
    assert(status == 0); /* a fresh socket of ours: only a bug makes this fail */
    (void)status;
    sock->poll.data = sock;
    list_append(&transport->socks, &sock->node);
    transport->open_handles++;
    curl_multi_assign(transport->multi, fd, sock);
    return sock;
}

/* curl is about to close the descriptor: it must leave the poll set at once. */
static void sock_close(struct sock *sock)
{
    list_remove(&sock->node);
    uv_poll_stop(&sock->poll);
    uv_close((uv_handle_t *)&sock->poll, on_sock_closed);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *sock_ctx)
{
    struct transport *transport = ctx;
    struct sock *sock = sock_ctx;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (sock) {
            curl_multi_assign(transport->multi, fd, NULL);
            sock_close(sock);
        }
        return 0;
    }
    if (!sock)
        sock = sock_open(transport, fd);
    sock->wanted = (what & CURL_POLL_IN ? UV_READABLE : 0) |
                   (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return 0;
}

/* ---- running curl */

static void take_finished(struct transport *transport)
{
    int left;
    const CURLMsg *message;
    while ((message = curl_multi_info_read(transport->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct transfer *transfer = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(transport->multi, easy);
        transfer->finished(transfer, code);
    }
}

static void arm_all(struct transport *transport)
{
    list_for_each (node, &transport->socks)
        arm(LIST_ENTRY(node, struct sock, node));
}

static void run_curl(struct transport *transport, curl_socket_t fd, int events)
{
    int running;
    assert(!transport->inside);
    transport->inside = true;
    curl_multi_socket_action(transport->multi, fd, events, &running);
    transport->inside = false;
    take_finished(transport);
    transport->options.drained(transport->options.ctx);
    if (!transport->closing)
        arm_all(transport);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct sock *sock = poll->data;
    struct transport *transport = sock->transport;
    int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
                (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
    if (events & UV_READABLE)
        transport->heard_ms = uv_now(transport->loop);
    if (status < 0) {
        flags = CURL_CSELECT_ERR;
        sock->armed = 0; /* libuv has stopped it; armed again if curl keeps it */
    }
    run_curl(transport, sock->fd, flags);
}

static int on_timeout_wish(CURLM *multi, long timeout_ms, void *ctx)
{
    struct transport *transport = ctx;
    (void)multi;
    if (timeout_ms < 0 || transport->closing)
        uv_timer_stop(&transport->timer);
    else
        uv_timer_start(&transport->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

static void on_timer(uv_timer_t *timer)
{
    run_curl(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

void transport_add(struct transport *transport, struct transfer *transfer)
{
    assert(!transport->inside && !transport->closing);
    CURLMcode code = curl_multi_add_handle(transport->multi, transfer->easy);
    assert(code == CURLM_OK);
    (void)code;
}

void transport_remove(struct transport *transport, struct transfer *transfer)
{
    assert(!transport->inside);
    curl_multi_remove_handle(transport->multi, transfer->easy);
    arm_all(transport);
}

uint64_t transport_heard_ms(const struct transport *transport)
{
    return transport->heard_ms;
}

void transport_cut(struct transport *transport)
{
    list_for_each (node, &transport->socks) {
        const struct sock *sock = LIST_ENTRY(node, struct sock, node);
        struct sockaddr_storage address = {0};
        socklen_t len = sizeof address;
        /* curl's resolver wakes us through a local socket pair: not that one. */
        if (getsockname(sock->fd, (struct sockaddr *)&address, &len) == 0 &&
            address.ss_family != AF_UNIX)
            shutdown(sock->fd, SHUT_RDWR);
    }
}

/* ---- closing */

static void handle_closed(struct transport *transport)
{
    if (--transport->open_handles)
        return;
    void (*closed)(void *) = transport->closed;
    void *ctx = transport->closed_ctx;
    free(transport);
    if (closed)
        closed(ctx);
}

static void on_sock_closed(uv_handle_t *handle)
{
    struct sock *sock = handle->data;
    struct transport *transport = sock->transport;
    free(sock);
    handle_closed(transport);
}

static void on_timer_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

void transport_close(struct transport **transport, void (*closed)(void *ctx), void *ctx)
{
    struct transport *self = *transport;
    *transport = NULL;
    if (!self)
        return;
    assert(!self->inside);
    self->closing = true;
    self->closed = closed;
    self->closed_ctx = ctx;
    /* Calls on_socket() for the sockets it closes, with the timer still there. */
    curl_multi_cleanup(self->multi);
    while (!list_empty(&self->socks))
        sock_close(LIST_ENTRY(self->socks.next, struct sock, node));
    uv_close((uv_handle_t *)&self->timer, on_timer_closed);
}
