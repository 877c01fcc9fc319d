/* lines.h - cuts a byte stream into lines, incrementally and bounded.
 *
 * Bytes come in any pieces; each whole line is handed out once, without its newline.
 * Only new bytes are scanned. A line longer than the maximum is an error, after which
 * the splitter must be reset. UTF-8 is not looked at: a piece may end inside a
 * character.
 */
#ifndef BERTH_BASE_LINES_H
#define BERTH_BASE_LINES_H

#include "kubeclient/base/err.h"
#include "kubeclient/base/strbuf.h"

/* Called with a terminated line; borrowed until it returns; it may change the bytes.
 * Returning false stops the feed: lines_feed() returns false with the callback's err.
 */
typedef bool lines_fn(void *ctx, char *line, size_t len, struct err *err);

struct lines {
    struct strbuf partial; /* the line that has not ended yet */
};

void lines_init(struct lines *lines, size_t max_line);
void lines_fini(struct lines *lines);
void lines_reset(struct lines *lines);

/* Empty lines are skipped; a carriage return before the newline is dropped. */
WARN_UNUSED bool lines_feed(struct lines *lines, const char *bytes, size_t len,
                            lines_fn *fn, void *ctx, struct err *err);

/* True when bytes without a newline are left: at the end of a stream, a cut line. */
bool lines_pending(const struct lines *lines);

#endif
