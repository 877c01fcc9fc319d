/* fuzz_apiserver_protocols.c - any bytes on a connection, decrypted.
 *
 * The first byte chooses HTTP/1.1 or HTTP/2 (whose preface is given) and a fault, the
 * second how many bytes come at a time. What is sent back is taken as a socket would
 * take it. Whatever comes, the protocol comes to rest or to its end, gives out its
 * answers in pieces of bounded size, and leaves no exchange behind.
 */
#include "test/apiserver/front/protocol.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    PIECE_MAX = 3 * PROTOCOL_PIECE, /* of one produce(), with its frames */
    PIECES_MAX = 100 * 1000,        /* until it comes to rest */
};

static const char *const FAULTS[] = {
    NULL,
    "{\"status\": 429}",
    "{\"unanswered\": true}",
    "{\"rst\": true}",
    "{\"cut\": 3}",
    "{\"split\": true}",
    "{\"stall\": 2}",
    "{\"stall\": true}",
    "{\"goaway\": true}",
    "{\"slow\": 7}",
};

static int64_t now_ms;

static struct instant now(void)
{
    return (struct instant){.mono_ms = now_ms, .wall_ms = 1700000000000 + now_ms};
}

static void ignore_wake(void *ctx)
{
    (void)ctx;
}

/* All requests but the first go wrong. */
static void set_fault(struct service *service, const char *action)
{
    char text[256];
    struct err err;
    if (!action)
        return;
    snprintf(text, sizeof text,
             "[{\"match\": {\"nth\": 2, \"times\": 0}, \"action\": %s}]", action);
    auto_json cJSON *rules = json_parse(text, strlen(text), &err);
    bool added = rules && fault_rules_add(service->faults, rules, &err);
    assert(added);
    (void)added;
}

/* Takes all that is there to send; false: the connection is at its end. */
static bool drain(struct protocol *protocol)
{
    struct strbuf out;
    enum protocol_next next = PROTOCOL_MORE;
    strbuf_init(&out, 1024 * 1024);
    for (size_t i = 0; next == PROTOCOL_MORE; i++) {
        assert(i < PIECES_MAX);
        strbuf_reset(&out);
        next = protocol->ops->produce(protocol, &out);
        assert(out.len <= PIECE_MAX && !out.overflow);
    }
    strbuf_fini(&out);
    return next == PROTOCOL_WAIT;
}

static void feed(struct service *service, struct protocol *protocol, const char *bytes,
                 size_t len, size_t piece)
{
    bool open = true;
    for (size_t at = 0; open && at < len;) {
        size_t next = len - at < piece ? len - at : piece;
        if (!protocol->ops->wants_input(protocol))
            break; /* it will not, for nobody answers a stalled request */
        open = protocol->ops->receive(protocol, bytes + at, next);
        open = drain(protocol) && open;
        at += next;
        now_ms += 60;
        service_turn(service);
    }
    service_clear_faults(service);
    if (open && drain(protocol))
        protocol->ops->shut_down(protocol);
    drain(protocol);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    struct service service;
    struct service_options options = {
        .server = {.seed = 1}, .no_cluster = true, .admin_token = "a", .now = now};
    struct protocol_carrier carrier = {.wake = ignore_wake};
    if (size < 2)
        return 0;
    now_ms = 1000;
    service_init(&service, &options);
    bool http2 = data[0] & 1;
    set_fault(&service, FAULTS[(data[0] >> 1) % (sizeof FAULTS / sizeof *FAULTS)]);
    struct protocol *protocol = (http2 ? http2_new : http1_new)(&service, &carrier);
    if (http2) {
        bool taken = protocol->ops->receive(protocol, PREFACE, sizeof PREFACE - 1);
        assert(taken);
        (void)taken;
    }
    feed(&service, protocol, (const char *)data + 2, size - 2, 1 + data[1]);
    protocol->ops->free(protocol);
    assert(list_empty(&service.exchanges));
    service_fini(&service);
    return 0;
}
