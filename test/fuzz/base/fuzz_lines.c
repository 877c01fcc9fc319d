/* fuzz_lines.c - however a stream is cut into pieces, its lines are those of the whole.
 *
 * The first two bytes of the input say the maximum of a line and the sizes of pieces;
 * the rest is the stream.
 */
#include "kubeclient/base/lines.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static const size_t LOG_MAX = 8 << 20;

/* What came out: each line, its length before it. */
struct result {
    struct strbuf log;
    bool ok;      /* no line was too long */
    bool pending; /* the stream ends inside of a line */
};

static bool on_line(void *ctx, char *line, size_t len, struct err *err)
{
    struct result *result = ctx;
    (void)err;
    assert(len > 0 && line[len] == '\0' && !memchr(line, '\n', len));
    strbuf_addf(&result->log, "%zu:", len);
    strbuf_add(&result->log, line, len);
    memset(line, '#', len); /* allowed, and must not show */
    return true;
}

/* The same in the simplest way there is. */
static void expect(struct result *result, const char *bytes, size_t len, size_t max)
{
    const char *newline;
    for (; (newline = memchr(bytes, '\n', len));
         len -= (size_t)(newline + 1 - bytes), bytes = newline + 1) {
        size_t line = (size_t)(newline - bytes);
        if (line > max)
            return;
        line -= line > 0 && bytes[line - 1] == '\r';
        if (line == 0)
            continue;
        strbuf_addf(&result->log, "%zu:", line);
        strbuf_add(&result->log, bytes, line);
    }
    result->ok = len <= max;
    result->pending = len > 0;
}

/* Feeds pieces of one to `step` bytes, or all at once when it is 0. */
static void feed(struct result *result, const char *bytes, size_t len, size_t max,
                 size_t step)
{
    struct lines lines;
    struct err err = {0};
    size_t piece = 0;
    lines_init(&lines, max);
    result->ok = true;
    while (len > 0 && result->ok) {
        piece = step ? piece % step + 1 : len;
        piece = piece < len ? piece : len;
        result->ok = lines_feed(&lines, bytes, piece, on_line, result, &err);
        bytes += piece;
        len -= piece;
    }
    result->pending = lines_pending(&lines);
    assert(result->ok || err.kind == ERR_INVALID);
    lines_fini(&lines);
}

static void check(const struct result *wanted, const char *bytes, size_t len,
                  size_t max, size_t step)
{
    struct result result;
    strbuf_init(&result.log, LOG_MAX);
    feed(&result, bytes, len, max, step);
    assert(result.ok == wanted->ok);
    assert(!result.ok || result.pending == wanted->pending);
    assert(result.log.len == wanted->log.len);
    assert(memcmp(result.log.text, wanted->log.text, result.log.len) == 0);
    strbuf_fini(&result.log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t max = data[0], step = (size_t)data[1] % 16 + 1;
    const char *bytes = (const char *)data + 2;
    struct result wanted = {0};
    strbuf_init(&wanted.log, LOG_MAX);
    expect(&wanted, bytes, size - 2, max);
    check(&wanted, bytes, size - 2, max, 0);
    check(&wanted, bytes, size - 2, max, 1);
    check(&wanted, bytes, size - 2, max, step);
    strbuf_fini(&wanted.log);
    return 0;
}
