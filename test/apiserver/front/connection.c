#include "test/apiserver/front/connection.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/protocol.h"

enum {
    CONNECTIONS_MAX = 4096,
    HANDSHAKE_MS = 10 * 1000,
    LINGER_MS = 1000,      /* for the peer to read the last of the answer */
    SEND_MAX = 256 * 1024, /* bytes that wait for the peer */
    WRITE_SIZE = 64 * 1024,
};

enum connection_state {
    CONNECTION_OPEN,
    CONNECTION_LINGERING, /* all is said; what comes is thrown away */
    CONNECTION_CLOSING,
};

struct connection {
    struct list node, pump_node;
    struct connection_owner *owner;
    enum connection_state state;
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_shutdown_t shutdown;
    size_t handles;
    struct tls *tls;
    struct protocol *protocol; /* NULL: the handshake is not done */
    struct strbuf plain;       /* of one produce() */
    bool reading;
    bool abrupt; /* no lingering */
};

struct pending_write {
    uv_write_t write;
    char bytes[];
};

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);
static void on_written(uv_write_t *write, int status);
static void on_shutdown(uv_shutdown_t *shutdown, int status);
static void on_timer(uv_timer_t *timer);
static void on_closed(uv_handle_t *handle);

static void drop_protocol(struct connection *self)
{
    if (self->protocol)
        self->protocol->ops->free(self->protocol);
    self->protocol = NULL;
    list_remove(&self->pump_node);
}

static void close_now(struct connection *self)
{
    if (self->state == CONNECTION_CLOSING)
        return;
    self->state = CONNECTION_CLOSING;
    drop_protocol(self);
    uv_close((uv_handle_t *)&self->tcp, on_closed);
    uv_close((uv_handle_t *)&self->timer, on_closed);
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *self = handle->data;
    if (--self->handles)
        return;
    struct connection_owner *owner = self->owner;
    list_remove(&self->node);
    tls_free(&self->tls);
    strbuf_fini(&self->plain);
    free(self);
    owner->count--;
    owner->closed(owner->ctx);
}

static void on_timer(uv_timer_t *timer)
{
    close_now(timer->data);
}

static void read_when_wanted(struct connection *self)
{
    bool wanted = self->state != CONNECTION_CLOSING &&
                  (!self->protocol || self->protocol->ops->wants_input(self->protocol));
    if (wanted == self->reading)
        return;
    self->reading = wanted;
    if (!wanted)
        uv_read_stop((uv_stream_t *)&self->tcp);
    else if (uv_read_start((uv_stream_t *)&self->tcp, on_alloc, on_read) != 0)
        close_now(self);
}

static size_t unsent(const struct connection *self)
{
    return self->tcp.write_queue_size + (self->tls ? tls_pending(self->tls) : 0);
}

static void flush(struct connection *self)
{
    size_t len;
    while ((len = tls_pending(self->tls)) > 0) {
        struct pending_write *pending = xmalloc(sizeof *pending + len);
        uv_buf_t buf = uv_buf_init(pending->bytes, (unsigned)len);
        tls_take(self->tls, pending->bytes, len);
        if (uv_write(&pending->write, (uv_stream_t *)&self->tcp, &buf, 1, on_written) !=
            0) {
            free(pending);
            close_now(self);
            return;
        }
    }
}

static void linger(struct connection *self, bool abrupt)
{
    self->state = CONNECTION_LINGERING;
    self->abrupt = abrupt;
    drop_protocol(self);
    if (!abrupt)
        tls_close(self->tls);
    flush(self);
    if (self->state != CONNECTION_LINGERING)
        return;
    self->shutdown.data = self;
    if (uv_shutdown(&self->shutdown, (uv_stream_t *)&self->tcp, on_shutdown) != 0)
        close_now(self);
    else
        uv_timer_start(&self->timer, on_timer, LINGER_MS, 0);
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
    struct connection *self = shutdown->data;
    if (status < 0 || self->abrupt)
        close_now(self);
}

static void encrypt(struct connection *self)
{
    const struct strbuf *plain = &self->plain;
    size_t piece = self->protocol->ops->is_split(self->protocol) ? 1 : plain->len;
    for (size_t at = 0; at < plain->len; at += piece)
        tls_write(self->tls, plain->text + at, piece);
}

static void pump(struct connection *self)
{
    enum protocol_next next = PROTOCOL_MORE;
    list_remove(&self->pump_node);
    while (self->protocol && next == PROTOCOL_MORE && unsent(self) < SEND_MAX) {
        strbuf_reset(&self->plain);
        next = self->protocol->ops->produce(self->protocol, &self->plain);
        encrypt(self);
        if (tls_pending(self->tls) >= WRITE_SIZE)
            flush(self);
    }
    if (next == PROTOCOL_CLOSE || next == PROTOCOL_CUT)
        linger(self, next == PROTOCOL_CUT);
    else if (self->state == CONNECTION_OPEN)
        flush(self);
}

static void wake(void *ctx)
{
    struct connection *self = ctx;
    if (list_empty(&self->pump_node))
        list_append(&self->owner->to_pump, &self->pump_node);
}

static void choose_protocol(struct connection *self)
{
    struct protocol_carrier carrier = {wake, self};
    uv_timer_stop(&self->timer);
    self->protocol = (tls_is_http2(self->tls) ? http2_new : http1_new)(
        self->owner->service, &carrier);
}

/* Hands to the protocol what it wants; false: the connection is at its end. */
static bool take_input(struct connection *self)
{
    char bytes[PROTOCOL_PIECE];
    long len;
    while (!self->protocol || self->protocol->ops->wants_input(self->protocol)) {
        len = tls_read(self->tls, bytes, sizeof bytes);
        if (!self->protocol && tls_is_ready(self->tls))
            choose_protocol(self);
        if (len <= 0 || !self->protocol)
            return len == 0;
        if (!self->protocol->ops->receive(self->protocol, bytes, (size_t)len))
            return false;
    }
    return true;
}

static void serve(struct connection *self)
{
    bool going;
    bool more;
    do {
        going = take_input(self);
        /* Once there was no room for more input, answers may make it. */
        more = self->protocol && !self->protocol->ops->wants_input(self->protocol);
        pump(self);
    } while (going && more && self->protocol &&
             self->protocol->ops->wants_input(self->protocol));
    if (!going && self->state == CONNECTION_OPEN)
        linger(self, false);
    read_when_wanted(self);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct connection *self = handle->data;
    *buf = uv_buf_init(self->owner->received, sizeof self->owner->received);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct connection *self = stream->data;
    if (len < 0) {
        close_now(self);
    } else if (self->state == CONNECTION_OPEN) {
        tls_receive(self->tls, buf->base, (size_t)len);
        serve(self);
    }
}

static void on_written(uv_write_t *write, int status)
{
    struct connection *self = write->handle->data;
    free(LIST_ENTRY(write, struct pending_write, write));
    if (status < 0)
        close_now(self);
    else if (self->state == CONNECTION_OPEN)
        wake(self);
}

void connection_accept(struct connection_owner *owner, uv_stream_t *listener, bool drop)
{
    struct connection *self = xcalloc(1, sizeof *self);
    self->owner = owner;
    self->handles = 2;
    self->tcp.data = self->timer.data = self;
    uv_tcp_init(listener->loop, &self->tcp);
    uv_timer_init(listener->loop, &self->timer);
    strbuf_init(&self->plain, 4 * 1024 * 1024);
    list_append(&owner->connections, &self->node);
    list_init(&self->pump_node);
    /* Accepted also when it is not wanted, or the listener would stop polling. */
    bool accepted = uv_accept(listener, (uv_stream_t *)&self->tcp) == 0;
    if (++owner->count > CONNECTIONS_MAX || !accepted || drop) {
        close_now(self);
        return;
    }
    self->tls = tls_new(owner->tls);
    uv_tcp_nodelay(&self->tcp, 1);
    uv_timer_start(&self->timer, on_timer, HANDSHAKE_MS, 0);
    read_when_wanted(self);
}

void connection_pump_all(struct connection_owner *owner)
{
    struct list due;
    list_init(&due);
    list_move_all(&due, &owner->to_pump);
    struct list *node;
    while ((node = list_pop(&due)))
        serve(LIST_ENTRY(node, struct connection, pump_node));
}

void connection_close_all(struct connection_owner *owner)
{
    list_for_each (node, &owner->connections) {
        struct connection *self = LIST_ENTRY(node, struct connection, node);
        if (self->state != CONNECTION_OPEN)
            continue;
        if (self->protocol)
            self->protocol->ops->shut_down(self->protocol);
        pump(self);
        if (self->state == CONNECTION_OPEN)
            linger(self, false);
    }
}

size_t connection_unsent(const struct connection_owner *owner)
{
    size_t bytes = 0;
    list_for_each (node, &owner->connections)
        bytes += unsent(LIST_ENTRY(node, struct connection, node));
    return bytes;
}
