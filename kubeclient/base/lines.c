#include "kubeclient/base/lines.h"

#include "kubeclient/base/alloc.h"

#include <string.h>

void lines_init(struct lines *lines, size_t max_line)
{
    strbuf_init(&lines->partial, max_line);
}

void lines_fini(struct lines *lines)
{
    strbuf_fini(&lines->partial);
}

void lines_reset(struct lines *lines)
{
    strbuf_reset(&lines->partial);
}

bool lines_pending(const struct lines *lines)
{
    return lines->partial.len > 0;
}

static bool add_partial(struct lines *lines, const char *bytes, size_t len,
                        struct err *err)
{
    strbuf_add(&lines->partial, bytes, len);
    if (!lines->partial.overflow)
        return true;
    return err_set(err, ERR_INVALID, "line longer than %zu bytes", lines->partial.max);
}

/* Hands out what is held as one line. */
static bool end_line(struct lines *lines, lines_fn *fn, void *ctx, struct err *err)
{
    struct strbuf *line = &lines->partial;
    if (line->len && line->text[line->len - 1] == '\r')
        line->text[--line->len] = '\0';
    bool ok = line->len == 0 || fn(ctx, line->text, line->len, err);
    strbuf_reset(line);
    return ok;
}

bool lines_feed(struct lines *lines, const char *bytes, size_t len, lines_fn *fn,
                void *ctx, struct err *err)
{
    while (len) {
        const char *newline = memchr(bytes, '\n', len);
        size_t piece = newline ? (size_t)(newline - bytes) : len;
        if (!add_partial(lines, bytes, piece, err))
            return false;
        if (!newline)
            return true;
        if (!end_line(lines, fn, ctx, err))
            return false;
        bytes += piece + 1;
        len -= piece + 1;
    }
    return true;
}
