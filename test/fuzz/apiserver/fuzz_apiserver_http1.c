/* fuzz_apiserver_http1.c - any bytes as an HTTP/1.1 request.
 *
 * However the bytes are cut into pieces, the same is read of them, and no more is taken
 * than the limits allow.
 */
#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/http1_request.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

enum { EVERY_SPLIT_MAX = 512 };

/* Feeds a first piece and the rest; returns how much was taken. */
static size_t feed(struct http1_request *request, const char *bytes, size_t len,
                   size_t split)
{
    http1_request_init(request);
    size_t taken = http1_request_feed(request, bytes, split);
    assert(taken <= split);
    if (taken == split)
        taken += http1_request_feed(request, bytes + split, len - split);
    assert(taken <= len);
    assert(taken == len || request->state >= HTTP1_COMPLETE);
    return taken;
}

static size_t feed_bytes(struct http1_request *request, const char *bytes, size_t len)
{
    size_t taken = 0;
    http1_request_init(request);
    while (taken < len && request->state < HTTP1_COMPLETE)
        taken += http1_request_feed(request, bytes + taken, 1);
    return taken;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* What was not read to its end may have been read to different places. */
static void check_same(const struct http1_request *a, const struct http1_request *b)
{
    assert(a->state == b->state && a->refusal == b->refusal);
    assert(a->keep_alive == b->keep_alive);
    if (a->state == HTTP1_REFUSED)
        return;
    assert(same_text(a->request.method, b->request.method));
    assert(same_text(a->request.target, b->request.target));
    for (int i = 0; i < REQUEST_HEADER_KINDS; i++)
        assert(same_text(a->request.headers[i], b->request.headers[i]));
    assert(a->request.group_count == b->request.group_count);
    assert(a->request.body.len == b->request.body.len);
    assert(memcmp(a->request.body.text, b->request.body.text, a->request.body.len) ==
           0);
    assert(a->remaining == b->remaining && a->wants_continue == b->wants_continue);
}

static void check_request(const struct http1_request *request)
{
    const struct request *read = &request->request;
    assert(read->body.len <= REQUEST_BODY_MAX && !read->body.overflow);
    assert(read->group_count <= REQUEST_GROUPS_MAX);
    assert(request->line.len <= REQUEST_HEAD_MAX);
    if (request->state == HTTP1_REFUSED) {
        assert(request->refusal >= 400 && request->refusal < 600);
        assert(!request->keep_alive);
    } else if (request->state == HTTP1_COMPLETE) {
        assert(read->method && read->method[0]);
        assert(read->target && read->target[0] == '/');
        assert(read->head_len <= REQUEST_HEAD_MAX);
        assert(read->header_count <= REQUEST_HEADERS_MAX);
    }
}

static void check_split(const struct http1_request *whole, size_t taken,
                        const char *bytes, size_t len, size_t split)
{
    struct http1_request other;
    size_t also = feed(&other, bytes, len, split);
    check_same(whole, &other);
    assert(whole->state == HTTP1_REFUSED || also == taken);
    http1_request_fini(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct http1_request whole, slow;
    size_t taken = feed(&whole, bytes, size, size);
    check_request(&whole);
    feed_bytes(&slow, bytes, size);
    check_same(&whole, &slow);
    http1_request_fini(&slow);
    size_t step = size / EVERY_SPLIT_MAX + 1;
    for (size_t split = 0; split < size; split += step)
        check_split(&whole, taken, bytes, size, split);
    http1_request_fini(&whole);
    return 0;
}
