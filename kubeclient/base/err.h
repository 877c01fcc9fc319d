/* err.h - an error as a value.
 *
 * Functions that can fail return bool and take a `struct err *` last; it is left
 * untouched on success. The value owns nothing: it can be copied into a queue, kept
 * across turns of the loop, and dropped. Never put a secret into a message.
 *
 * Three classes of trouble: an error is returned, a bug is asserted (also in release
 * builds), out of memory aborts.
 */
#ifndef BERTH_BASE_ERR_H
#define BERTH_BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

enum err_kind {
    ERR_NONE = 0,
    ERR_NOT_FOUND,    /* 404 */
    ERR_CONFLICT,     /* 409: look again, then decide */
    ERR_EXPIRED,      /* 410: the resourceVersion is too old */
    ERR_UNAUTHORIZED, /* 401 */
    ERR_FORBIDDEN,    /* 403 */
    ERR_INVALID,      /* 400, 422, input that cannot be understood */
    ERR_THROTTLED,    /* 429 */
    ERR_UNAVAILABLE,  /* 5xx, no connection, deadline: the outcome may be unknown */
    ERR_CANCELED,     /* by us */
    ERR_INTERNAL,     /* anything else */
};

struct err {
    enum err_kind kind;
    int http_status;        /* 0: not from an HTTP answer */
    int64_t retry_after_ms; /* 0: the server did not say */
    char msg[512];          /* always terminated; cut with "..." when longer */
};

#define WARN_UNUSED __attribute__((warn_unused_result))

/* Sets *err and returns false, so that callers write `return err_set(...)`. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prepends "context: " to the message and returns false. Long messages lose their end.
 */
bool err_wrap(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The analyzer sees one file at a time and must be told that both return false; err.c
 * writes the names in parentheses, where macros do not reach. */
#ifdef __clang_analyzer__
#define err_set(...) (err_set(__VA_ARGS__), false)
#define err_wrap(...) (err_wrap(__VA_ARGS__), false)
#endif

/* True when the same request may succeed later without anybody changing anything. */
bool err_retryable(const struct err *err);

/* The kind's name for logs: "NotFound", "Conflict", ... Static. */
const char *err_kind_name(enum err_kind kind);

#endif
