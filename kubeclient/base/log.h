/* log.h - structured log lines.
 *
 * A log line is a level, a message and fields. Code logs into a `struct log`, whose
 * sink the shell provides: pure code neither knows a clock nor a file. log_format()
 * makes the line that the sink writes. Never log a secret; long values are cut.
 */
#ifndef BERTH_BASE_LOG_H
#define BERTH_BASE_LOG_H

#include "kubeclient/base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_JSON, LOG_TEXT };

/* A field is a name and a string (`text`), or a number where `text` is NULL. */
struct log_field {
    const char *name;
    const char *text;
    int64_t number;
};

typedef void log_write_fn(void *ctx, enum log_level level, const char *msg,
                          const struct log_field *fields, size_t count);

struct log {
    enum log_level level; /* lines below it are not built */
    log_write_fn *write;  /* NULL: nothing is logged */
    void *ctx;
};

static inline struct log_field log_string(const char *name, const char *text)
{
    return (struct log_field){.name = name, .text = text ? text : ""};
}

#define LOG_STR(name_, text_) log_string((name_), (text_))
#define LOG_INT(name_, number_)                                                        \
    ((struct log_field){.name = (name_), .number = (number_)})

/* log_info(log, "applied", LOG_STR("kind", kind), LOG_INT("took_ms", ms)); */
void log_emit(const struct log *log, enum log_level level, const char *msg,
              const struct log_field *fields, size_t count);

#define LOG_LINE(log, level, msg, ...)                                                 \
    log_emit(log, level, msg, (const struct log_field[]){__VA_ARGS__},                 \
             sizeof((const struct log_field[]){__VA_ARGS__}) /                         \
                 sizeof(struct log_field))
#define log_debug(log, msg, ...) LOG_LINE(log, LOG_DEBUG, msg, __VA_ARGS__)
#define log_info(log, msg, ...) LOG_LINE(log, LOG_INFO, msg, __VA_ARGS__)
#define log_warn(log, msg, ...) LOG_LINE(log, LOG_WARN, msg, __VA_ARGS__)
#define log_error(log, msg, ...) LOG_LINE(log, LOG_ERROR, msg, __VA_ARGS__)

struct log_entry {
    int64_t unix_ms; /* wall clock */
    enum log_level level;
    const char *msg;
    const struct log_field *fields;
    size_t count;
};

/* Appends one line with its newline: {"ts":…,"level":…,"msg":…,fields…} or text for
 * people. */
void log_format_line(struct strbuf *out, enum log_format format,
                     const struct log_entry *entry);

bool log_parse_level(const char *text,
                     enum log_level *level); /* debug info warn error */
const char *log_level_name(enum log_level level);

#endif
