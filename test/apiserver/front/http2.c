#include "test/apiserver/front/protocol.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/exchange.h"

#include <assert.h>
#include <inttypes.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <string.h>

enum {
    STREAMS_MAX = 250, /* as kube-apiserver */
    ANSWER_HEADERS_MAX = 6,
};

struct http2 {
    struct protocol protocol;
    struct service *service;
    struct protocol_carrier carrier;
    nghttp2_session *session;
    struct list streams;
    size_t split; /* streams whose answers are to be split */
    bool cut;
    bool going_away; /* GOAWAY was said */
};

struct stream {
    struct list node;
    struct http2 *owner;
    int32_t id;
    struct request request;
    int refusal; /* an HTTP status; 0: none */
    bool received, answered, split;
    struct exchange *exchange; /* NULL: the request is being read */
};

static struct http2 *http2_of(struct protocol *protocol)
{
    return (struct http2 *)(void *)((char *)protocol -
                                    offsetof(struct http2, protocol));
}

static struct stream *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static void stream_free(struct stream *stream)
{
    list_remove(&stream->node);
    stream->owner->split -= stream->split;
    exchange_close(&stream->exchange);
    request_fini(&stream->request);
    free(stream);
}

/* The library asks for the body when the peer's windows and the connection have room.
 * Its parameters are the library's, too: NOLINTNEXTLINE(readability-function-size) */
static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *bytes,
                         size_t size, uint32_t *flags, nghttp2_data_source *source,
                         void *ctx)
{
    struct stream *stream = source->ptr;
    struct http2 *self = ctx;
    size_t len;
    (void)session;
    (void)id;
    switch (exchange_read(stream->exchange, (char *)bytes, size, &len)) {
    case EXCHANGE_BYTES:
        /* An empty frame for the end alone would come after clients think that they
         * have all; they would reset the stream. */
        if (exchange_is_read(stream->exchange))
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        return (ssize_t)len;
    case EXCHANGE_END:
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        return 0;
    case EXCHANGE_CUT:
        self->cut = true;
        return NGHTTP2_ERR_DEFERRED;
    case EXCHANGE_WAIT:
        return NGHTTP2_ERR_DEFERRED;
    case EXCHANGE_RESET:
        break;
    }
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* RST_STREAM */
}

struct header_list {
    nghttp2_nv items[ANSWER_HEADERS_MAX];
    size_t count;
};

/* Both are copied when the answer is submitted. */
static void add_header(struct header_list *list, const char *name, const char *value)
{
    assert(list->count < ANSWER_HEADERS_MAX);
    list->items[list->count++] = (nghttp2_nv){
        .name = (uint8_t *)(uintptr_t)name,
        .value = (uint8_t *)(uintptr_t)value,
        .namelen = strlen(name),
        .valuelen = strlen(value),
    };
}

static void submit_answer(struct stream *stream, const struct exchange_head *head)
{
    nghttp2_session *session = stream->owner->session;
    struct header_list headers = {0};
    char status[12], length[24], retry_after[12];
    snprintf(status, sizeof status, "%d", head->status);
    snprintf(length, sizeof length, "%" PRId64, head->length);
    snprintf(retry_after, sizeof retry_after, "%d", head->retry_after_s);
    add_header(&headers, ":status", status);
    add_header(&headers, "content-type", head->content_type);
    add_header(&headers, "cache-control", "no-cache, private");
    if (head->length >= 0)
        add_header(&headers, "content-length", length);
    if (*head->audit_id)
        add_header(&headers, "audit-id", head->audit_id);
    if (head->retry_after_s)
        add_header(&headers, "retry-after", retry_after);
    nghttp2_data_provider body = {.source.ptr = stream, .read_callback = read_body};
    nghttp2_submit_response(session, stream->id, headers.items, headers.count, &body);
}

/* What faults want of the whole connection. */
static void take_faults(struct stream *stream)
{
    struct http2 *self = stream->owner;
    if (exchange_is_split(stream->exchange) && !stream->split) {
        stream->split = true;
        self->split++;
    }
    if (!exchange_is_last(stream->exchange) || self->going_away)
        return;
    self->going_away = true;
    nghttp2_submit_goaway(self->session, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(self->session),
                          NGHTTP2_NO_ERROR, NULL, 0);
}

/* Begins the answer, as soon as its head may be sent. */
static void try_answer(struct stream *stream)
{
    struct exchange_head head;
    switch (exchange_head(stream->exchange, &head)) {
    case EXCHANGE_BYTES:
        stream->answered = true;
        submit_answer(stream, &head);
        break;
    case EXCHANGE_RESET:
        nghttp2_submit_rst_stream(stream->owner->session, NGHTTP2_FLAG_NONE, stream->id,
                                  NGHTTP2_INTERNAL_ERROR);
        break;
    case EXCHANGE_CUT:
        stream->owner->cut = true;
        break;
    case EXCHANGE_WAIT:
    case EXCHANGE_END:
        break;
    }
    take_faults(stream);
}

static void wake_stream(void *ctx)
{
    struct stream *stream = ctx;
    struct http2 *self = stream->owner;
    if (!stream->answered) {
        try_answer(stream);
    } else {
        take_faults(stream);
        nghttp2_session_resume_data(self->session, stream->id);
    }
    self->carrier.wake(self->carrier.ctx);
}

static void answer(struct stream *stream)
{
    struct exchange_carrier carrier = {wake_stream, stream};
    const struct request *request = &stream->request;
    if (stream->exchange)
        return;
    if (!stream->refusal && (!request->method || !request->target))
        stream->refusal = 400;
    struct service *service = stream->owner->service;
    stream->exchange = stream->refusal
                           ? exchange_refuse(service, stream->refusal, &carrier)
                           : exchange_open(service, &stream->request, &carrier);
    try_answer(stream);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame,
                            void *ctx)
{
    struct http2 *self = ctx;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct stream *stream = xcalloc(1, sizeof *stream);
    stream->owner = self;
    stream->id = frame->hd.stream_id;
    request_init(&stream->request);
    list_append(&self->streams, &stream->node);
    nghttp2_session_set_stream_user_data(session, stream->id, stream);
    return 0;
}

static bool is_text(const char *wanted, const nghttp2_vec *text)
{
    return strlen(wanted) == text->len && memcmp(wanted, text->base, text->len) == 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     nghttp2_rcbuf *name_buf, nghttp2_rcbuf *value_buf, uint8_t flags,
                     void *ctx)
{
    nghttp2_vec name = nghttp2_rcbuf_get_buf(name_buf);
    nghttp2_vec value = nghttp2_rcbuf_get_buf(value_buf);
    struct stream *stream = stream_of(session, frame->hd.stream_id);
    (void)flags;
    (void)ctx;
    if (!stream || stream->refusal || stream->exchange)
        return 0;
    struct request *request = &stream->request;
    stream->refusal = request_add_header(request, (const char *)name.base, name.len,
                                         (const char *)value.base, value.len);
    if (is_text(":method", &name) && !request->method)
        request->method = xstrndup((const char *)value.base, value.len);
    else if (is_text(":path", &name) && !request->target && value.len &&
             value.base[0] == '/')
        request->target = xstrndup((const char *)value.base, value.len);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                   const uint8_t *bytes, size_t len, void *ctx)
{
    struct stream *stream = stream_of(session, id);
    (void)flags;
    (void)ctx;
    if (!stream || stream->exchange)
        return 0;
    if (!stream->refusal)
        stream->refusal = request_add_body(&stream->request, (const char *)bytes, len);
    if (stream->refusal)
        answer(stream);
    return 0;
}

static int on_frame_received(nghttp2_session *session, const nghttp2_frame *frame,
                             void *ctx)
{
    (void)ctx;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    struct stream *stream = stream_of(session, frame->hd.stream_id);
    if (!stream)
        return 0;
    stream->received = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    if (stream->received || stream->refusal)
        answer(stream);
    return 0;
}

/* Who was refused before the end of the request need not send the rest. */
static int on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame,
                         void *ctx)
{
    (void)ctx;
    if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
        !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    const struct stream *stream = stream_of(session, frame->hd.stream_id);
    if (stream && !stream->received)
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream->id,
                                  NGHTTP2_NO_ERROR);
    return 0;
}

static int on_stream_closed(nghttp2_session *session, int32_t id, uint32_t code,
                            void *ctx)
{
    struct stream *stream = stream_of(session, id);
    (void)code;
    (void)ctx;
    if (stream)
        stream_free(stream);
    return 0;
}

static bool receive(struct protocol *protocol, const char *bytes, size_t len)
{
    struct http2 *self = http2_of(protocol);
    ssize_t taken =
        nghttp2_session_mem_recv(self->session, (const uint8_t *)bytes, len);
    return taken >= 0;
}

static enum protocol_next produce(struct protocol *protocol, struct strbuf *out)
{
    struct http2 *self = http2_of(protocol);
    const uint8_t *bytes;
    ssize_t len = 0;
    while (!self->cut && out->len < PROTOCOL_PIECE &&
           (len = nghttp2_session_mem_send(self->session, &bytes)) > 0)
        strbuf_add(out, (const char *)bytes, (size_t)len);
    if (self->cut || len < 0)
        return PROTOCOL_CUT;
    if (len > 0)
        return PROTOCOL_MORE;
    bool going = nghttp2_session_want_read(self->session) ||
                 nghttp2_session_want_write(self->session);
    return going ? PROTOCOL_WAIT : PROTOCOL_CLOSE;
}

/* The windows bound what a peer can send ahead, and the library the frames that it has
 * to answer. */
static bool wants_input(const struct protocol *protocol)
{
    (void)protocol;
    return true;
}

static bool is_split(const struct protocol *protocol)
{
    const struct http2 *self = (const struct http2 *)(const void *)protocol;
    return self->split > 0;
}

static void shut_down(struct protocol *protocol)
{
    nghttp2_session_terminate_session(http2_of(protocol)->session, NGHTTP2_NO_ERROR);
}

static void free_http2(struct protocol *protocol)
{
    struct http2 *self = http2_of(protocol);
    nghttp2_session_del(self->session);
    for (struct list *node = self->streams.next, *next; node != &self->streams;
         node = next) {
        next = node->next;
        stream_free(LIST_ENTRY(node, struct stream, node));
    }
    free(self);
}

static nghttp2_session *new_session(struct http2 *self)
{
    nghttp2_session_callbacks *calls;
    nghttp2_session *session;
    int status = nghttp2_session_callbacks_new(&calls);
    assert(status == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(calls, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback2(calls, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(calls, on_frame_received);
    nghttp2_session_callbacks_set_on_frame_send_callback(calls, on_frame_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_stream_closed);
    status = nghttp2_session_server_new(&session, calls, self);
    assert(status == 0);
    (void)status;
    nghttp2_session_callbacks_del(calls);
    return session;
}

struct protocol *http2_new(struct service *service,
                           const struct protocol_carrier *carrier)
{
    static const struct protocol_ops OPS = {
        .receive = receive,
        .produce = produce,
        .wants_input = wants_input,
        .is_split = is_split,
        .shut_down = shut_down,
        .free = free_http2,
    };
    static const nghttp2_settings_entry SETTINGS[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, REQUEST_HEAD_MAX},
    };
    struct http2 *self = xcalloc(1, sizeof *self);
    self->protocol.ops = &OPS;
    self->service = service;
    self->carrier = *carrier;
    list_init(&self->streams);
    self->session = new_session(self);
    nghttp2_submit_settings(self->session, NGHTTP2_FLAG_NONE, SETTINGS,
                            sizeof SETTINGS / sizeof *SETTINGS);
    return &self->protocol;
}
