#include "test/apiserver/front/http1_request.h"
#include "test/apiserver/front/protocol.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/exchange.h"
#include "test/apiserver/front/status_answer.h"

#include <inttypes.h>

/* Requests are answered one after the other; what a client sends ahead waits. */
enum { AHEAD_MAX = 64 * 1024 };

struct http1 {
    struct protocol protocol;
    struct service *service;
    struct protocol_carrier carrier;
    struct http1_request reader;
    struct strbuf ahead;       /* bytes of the next requests */
    struct exchange *exchange; /* NULL: a request is being read */
    bool head_sent, chunked;
    bool last;    /* the answer under way ends the connection */
    bool to_tell; /* "100 Continue" */
    bool shutting;
};

static struct http1 *http1_of(struct protocol *protocol)
{
    return (struct http1 *)(void *)((char *)protocol -
                                    offsetof(struct http1, protocol));
}

/* Reads on and opens an exchange where a request is complete. */
static size_t read_request(struct http1 *self, const char *bytes, size_t len)
{
    struct http1_request *reader = &self->reader;
    struct exchange_carrier carrier = {self->carrier.wake, self->carrier.ctx};
    size_t taken = http1_request_feed(reader, bytes, len);
    if (reader->wants_continue && reader->state < HTTP1_COMPLETE) {
        self->to_tell = reader->request.body.len == 0;
        reader->wants_continue = false;
    }
    if (reader->state < HTTP1_COMPLETE)
        return taken;
    self->to_tell = false;
    self->last = !reader->keep_alive;
    self->chunked = !reader->http10;
    self->exchange = reader->state == HTTP1_COMPLETE
                         ? exchange_open(self->service, &reader->request, &carrier)
                         : exchange_refuse(self->service, reader->refusal, &carrier);
    return taken;
}

static bool receive(struct protocol *protocol, const char *bytes, size_t len)
{
    struct http1 *self = http1_of(protocol);
    size_t taken = self->exchange ? 0 : read_request(self, bytes, len);
    if (!self->last)
        strbuf_add(&self->ahead, bytes + taken, len - taken);
    return !self->ahead.overflow;
}

static void add_head(struct http1 *self, const struct exchange_head *head,
                     struct strbuf *out)
{
    self->last |= exchange_is_last(self->exchange) || self->shutting;
    self->chunked = self->chunked && head->length < 0;
    if (head->length < 0 && !self->chunked)
        self->last = true; /* HTTP/1.0: the end is the connection's */
    strbuf_addf(out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n", head->status,
                status_phrase(head->status), head->content_type);
    if (head->length >= 0)
        strbuf_addf(out, "Content-Length: %" PRId64 "\r\n", head->length);
    if (self->chunked)
        strbuf_adds(out, "Transfer-Encoding: chunked\r\n");
    if (*head->audit_id)
        strbuf_addf(out, "Audit-Id: %s\r\n", head->audit_id);
    if (head->retry_after_s)
        strbuf_addf(out, "Retry-After: %d\r\n", head->retry_after_s);
    if (self->last)
        strbuf_adds(out, "Connection: close\r\n");
    strbuf_adds(out, "Cache-Control: no-cache, private\r\n\r\n");
    self->head_sent = true;
}

static enum protocol_next finish(struct http1 *self, struct strbuf *out)
{
    if (self->chunked)
        strbuf_adds(out, "0\r\n\r\n");
    self->last |= exchange_is_last(self->exchange);
    exchange_close(&self->exchange);
    if (self->last)
        return PROTOCOL_CLOSE;
    self->head_sent = false;
    http1_request_fini(&self->reader);
    http1_request_init(&self->reader);
    strbuf_consume(&self->ahead, read_request(self, self->ahead.text, self->ahead.len));
    return PROTOCOL_MORE;
}

static enum protocol_next produce_body(struct http1 *self, struct strbuf *out)
{
    char piece[PROTOCOL_PIECE];
    size_t len;
    enum exchange_next next = exchange_read(self->exchange, piece, sizeof piece, &len);
    switch (next) {
    case EXCHANGE_BYTES:
        if (self->chunked)
            strbuf_addf(out, "%zx\r\n", len);
        strbuf_add(out, piece, len);
        if (self->chunked)
            strbuf_adds(out, "\r\n");
        return PROTOCOL_MORE;
    case EXCHANGE_END:
        return finish(self, out);
    case EXCHANGE_WAIT:
        return PROTOCOL_WAIT;
    case EXCHANGE_CUT:
    case EXCHANGE_RESET:
        break;
    }
    return PROTOCOL_CUT;
}

static enum protocol_next produce(struct protocol *protocol, struct strbuf *out)
{
    struct http1 *self = http1_of(protocol);
    if (self->to_tell)
        strbuf_adds(out, "HTTP/1.1 100 Continue\r\n\r\n");
    self->to_tell = false;
    if (!self->exchange)
        return self->shutting ? PROTOCOL_CLOSE : PROTOCOL_WAIT;
    if (self->head_sent)
        return produce_body(self, out);
    struct exchange_head head;
    enum exchange_next next = exchange_head(self->exchange, &head);
    if (next == EXCHANGE_WAIT)
        return PROTOCOL_WAIT;
    if (next != EXCHANGE_BYTES)
        return PROTOCOL_CUT;
    add_head(self, &head, out);
    return PROTOCOL_MORE;
}

static bool wants_input(const struct protocol *protocol)
{
    const struct http1 *self = (const struct http1 *)(const void *)protocol;
    return self->ahead.len < AHEAD_MAX;
}

static bool is_split(const struct protocol *protocol)
{
    const struct http1 *self = (const struct http1 *)(const void *)protocol;
    return self->exchange && exchange_is_split(self->exchange);
}

static void shut_down(struct protocol *protocol)
{
    struct http1 *self = http1_of(protocol);
    self->shutting = self->last = true;
    exchange_close(&self->exchange);
}

static void free_http1(struct protocol *protocol)
{
    struct http1 *self = http1_of(protocol);
    exchange_close(&self->exchange);
    http1_request_fini(&self->reader);
    strbuf_fini(&self->ahead);
    free(self);
}

struct protocol *http1_new(struct service *service,
                           const struct protocol_carrier *carrier)
{
    static const struct protocol_ops OPS = {
        .receive = receive,
        .produce = produce,
        .wants_input = wants_input,
        .is_split = is_split,
        .shut_down = shut_down,
        .free = free_http1,
    };
    struct http1 *self = xcalloc(1, sizeof *self);
    self->protocol.ops = &OPS;
    self->service = service;
    self->carrier = *carrier;
    http1_request_init(&self->reader);
    /* The connection hands over what it has decrypted, up to a record at a time. */
    strbuf_init(&self->ahead, AHEAD_MAX + 2 * PROTOCOL_PIECE);
    return &self->protocol;
}
