#include "kubeclient/net/call.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/lines.h"
#include "kubeclient/base/list.h"
#include "kubeclient/net/call_error.h"
#include "kubeclient/net/call_setup.h"
#include "kubeclient/net/transport.h"

#include <assert.h>
#include <string.h>

/* Buffers that a large answer has grown beyond this are not kept. */
static const size_t KEEP_BUFFER = 64 * 1024;

struct call {
    struct transfer transfer;
    const struct wire *wire;
    struct call_events events;
    void *ctx;
    struct call_setup setup;
    struct transport *transport; /* NULL: not running */
    const struct kube_request *request;
    struct credential *credential;
    struct strbuf body;
    struct lines lines;
    bool streaming; /* the answer is a stream of lines, and not an error */
    bool begun;     /* the first bytes of the body have come */
    bool refused;   /* by us, with `failure` */
    CURLcode code;
    struct err failure;
    char detail[CURL_ERROR_SIZE];
};

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx);
static bool on_line(void *ctx, char *line, size_t len, struct err *err);
static void on_finished(struct transfer *transfer, CURLcode code);

struct call *call_open(const struct wire *wire, const struct call_events *events)
{
    struct call *call = xcalloc(1, sizeof *call);
    call->wire = wire;
    call->events = *events;
    call->transfer.finished = on_finished;
    call->transfer.easy = curl_easy_init();
    if (!call->transfer.easy)
        abort(); /* out of memory */
    CURL *easy = call->transfer.easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &call->transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->detail);
    call_setup_init(&call->setup, easy, wire);
    strbuf_init(&call->body, 0);
    lines_init(&call->lines, 0);
    return call;
}

void call_close(struct call **call)
{
    struct call *self = *call;
    *call = NULL;
    if (!self)
        return;
    assert(!self->transport);
    curl_easy_cleanup(self->transfer.easy);
    call_setup_fini(&self->setup);
    credential_unref(self->credential);
    strbuf_fini(&self->body);
    lines_fini(&self->lines);
    free(self);
}

/* Empties a buffer, keeping its memory unless that is large. */
static void recycle(struct strbuf *buf, size_t max)
{
    if (buf->cap > KEEP_BUFFER)
        strbuf_fini(buf);
    strbuf_reset(buf);
    buf->max = max;
}

void call_start(struct call *call, struct transport *transport,
                const struct kube_request *request, struct credential *credential,
                void *ctx)
{
    assert(!call->transport);
    struct credential *former = call->credential;
    call->credential = credential_ref(credential);
    call_setup_apply(&call->setup, call->transfer.easy, request, credential);
    credential_unref(former);
    call->ctx = ctx;
    call->request = request;
    call->streaming = call->begun = call->refused = false;
    call->detail[0] = '\0';
    recycle(&call->body, request->max_response);
    recycle(&call->lines.partial, request->max_response);
    call->transport = transport;
    transport_add(transport, &call->transfer);
}

void call_stop(struct call *call)
{
    if (call->transport)
        transport_remove(call->transport, &call->transfer);
    call->transport = NULL;
    recycle(&call->body, 0);
    recycle(&call->lines.partial, 0);
}

bool call_is_running(const struct call *call)
{
    return call->transport != NULL;
}

/* ---- the answer */

static bool on_line(void *ctx, char *line, size_t len, struct err *err)
{
    struct call *call = ctx;
    (void)err;
    call->events.line(call->ctx, line, len);
    return true;
}

static bool take_lines(struct call *call, const char *bytes, size_t len)
{
    if (!lines_feed(&call->lines, bytes, len, on_line, call, &call->failure))
        return false;
    /* A single large object must not pin its size for the hours that a watch lives. */
    if (!lines_pending(&call->lines) && call->lines.partial.cap > KEEP_BUFFER)
        strbuf_fini(&call->lines.partial);
    return true;
}

static bool take_body(struct call *call, const char *bytes, size_t len)
{
    strbuf_add(&call->body, bytes, len);
    return !call->body.overflow ||
           err_set(&call->failure, ERR_INVALID, "answer longer than %zu bytes",
                   call->body.max);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct call *call = ctx;
    size_t len = size * count;
    if (!call->begun) {
        long status = 0;
        curl_easy_getinfo(call->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
        call->begun = true;
        call->streaming = call->request->stream && status == 200;
    }
    bool taken =
        call->streaming ? take_lines(call, bytes, len) : take_body(call, bytes, len);
    if (!taken)
        call->refused = true;
    return taken ? len : 0; /* curl ends a transfer whose bytes are not taken */
}

static void on_finished(struct transfer *transfer, CURLcode code)
{
    struct call *call = LIST_ENTRY(transfer, struct call, transfer);
    call->transport = NULL;
    call->code = code;
    call->events.finished(call->ctx);
}

bool call_answer(const struct call *call, struct kube_response *response,
                 struct err *err)
{
    CURL *easy = call->transfer.easy;
    const char *server = call->wire->endpoint->authority;
    if (call->refused) {
        *err = call->failure;
        return err_wrap(err, "%s", server);
    }
    if (call->code != CURLE_OK)
        return call_error(easy, call->code, call->detail, call->wire, err);
    if (lines_pending(&call->lines))
        return err_set(err, ERR_UNAVAILABLE, "%s: stream ended within a line", server);
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
    *response = (struct kube_response){
        .status = (int)status,
        .body = call->body.text,
        .len = call->body.len,
        .retry_after_ms = retry_after > 0 && retry_after < INT32_MAX
                              ? (int64_t)retry_after * 1000
                              : 0,
    };
    return true;
}

bool call_met_closing(const struct call *call)
{
    bool cut = call->code == CURLE_RECV_ERROR || call->code == CURLE_SEND_ERROR ||
               call->code == CURLE_GOT_NOTHING || call->code == CURLE_HTTP2 ||
               call->code == CURLE_HTTP2_STREAM;
    long made = 0, status = 0;
    curl_easy_getinfo(call->transfer.easy, CURLINFO_NUM_CONNECTS, &made);
    curl_easy_getinfo(call->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    return cut && made == 0 && status == 0;
}

const struct credential *call_credential(const struct call *call)
{
    return call->credential;
}

double call_seconds(const struct call *call)
{
    curl_off_t us = 0;
    curl_easy_getinfo(
        call->transfer.easy,
        call->streaming ? CURLINFO_STARTTRANSFER_TIME_T : CURLINFO_TOTAL_TIME_T, &us);
    return (double)us / 1e6;
}
