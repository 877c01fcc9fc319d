#include "controller/log_sink.h"

#include "kubeclient/base/alloc.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

static const size_t LINE_MAX_LEN =
    16 * 1024; /* a longer line is cut by the formatter */

struct log_sink {
    struct log log; /* lets all levels through: copies of it outlive a change */
    enum log_level level;
    int fd;
    enum log_format format;
    struct strbuf line;
};

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_line(void *ctx, enum log_level level, const char *msg,
                    const struct log_field *fields, size_t count)
{
    struct log_sink *sink = ctx;
    if (level < sink->level)
        return;
    strbuf_reset(&sink->line);
    struct log_entry entry = {.unix_ms = wall_ms(),
                              .level = level,
                              .msg = msg,
                              .fields = fields,
                              .count = count};
    log_format_line(&sink->line, sink->format, &entry);
    const char *at = sink->line.text;
    size_t left = sink->line.len;
    while (left) {
        ssize_t written = write(sink->fd, at, left);
        if (written < 0 && errno != EINTR)
            return; /* nobody reads the log: no reason to stop working */
        if (written > 0) {
            at += written;
            left -= (size_t)written;
        }
    }
}

struct log_sink *log_sink_open(int fd, enum log_level level, enum log_format format)
{
    struct log_sink *sink = xcalloc(1, sizeof *sink);
    sink->log = (struct log){.level = LOG_DEBUG, .write = on_line, .ctx = sink};
    sink->level = level;
    sink->fd = fd;
    sink->format = format;
    strbuf_init(&sink->line, LINE_MAX_LEN);
    return sink;
}

void log_sink_close(struct log_sink **sink)
{
    if (!*sink)
        return;
    strbuf_fini(&(*sink)->line);
    free(*sink);
    *sink = NULL;
}

void log_sink_set(struct log_sink *sink, enum log_level level, enum log_format format)
{
    sink->level = level;
    sink->format = format;
}

const struct log *log_sink_log(const struct log_sink *sink)
{
    return &sink->log;
}
