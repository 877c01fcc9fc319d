#include "kubeclient/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Marks a message that lost its end. */
static void mark_cut(char *msg, size_t size, int wanted)
{
    if (wanted >= 0 && (size_t)wanted >= size)
        memcpy(msg + size - 4, "...", 4);
}

bool(err_set)(struct err *err, enum err_kind kind, const char *format, ...)
{
    struct err fresh = {.kind = kind};
    va_list args;
    va_start(args, format);
    mark_cut(fresh.msg, sizeof fresh.msg,
             vsnprintf(fresh.msg, sizeof fresh.msg, format, args));
    va_end(args);
    *err = fresh;
    return false;
}

bool(err_wrap)(struct err *err, const char *format, ...)
{
    char msg[sizeof err->msg];
    va_list args;
    va_start(args, format);
    int context = vsnprintf(msg, sizeof msg, format, args);
    va_end(args);
    if (context < 0 || (size_t)context >= sizeof msg)
        context = (int)sizeof msg - 1;
    size_t left = sizeof msg - (size_t)context;
    int rest = snprintf(msg + context, left, ": %s", err->msg);
    mark_cut(msg, sizeof msg, context + rest);
    memcpy(err->msg, msg, sizeof msg);
    return false;
}

bool err_retryable(const struct err *err)
{
    switch (err->kind) {
    case ERR_CONFLICT:
    case ERR_EXPIRED:
    case ERR_UNAUTHORIZED:
    case ERR_THROTTLED:
    case ERR_UNAVAILABLE:
    case ERR_INTERNAL:
        return true;
    case ERR_NONE:
    case ERR_NOT_FOUND:
    case ERR_FORBIDDEN:
    case ERR_INVALID:
    case ERR_CANCELED:
        break;
    }
    return false;
}

const char *err_kind_name(enum err_kind kind)
{
    static const char *const NAMES[] = {
        [ERR_NONE] = "None",
        [ERR_NOT_FOUND] = "NotFound",
        [ERR_CONFLICT] = "Conflict",
        [ERR_EXPIRED] = "Expired",
        [ERR_UNAUTHORIZED] = "Unauthorized",
        [ERR_FORBIDDEN] = "Forbidden",
        [ERR_INVALID] = "Invalid",
        [ERR_THROTTLED] = "Throttled",
        [ERR_UNAVAILABLE] = "Unavailable",
        [ERR_CANCELED] = "Canceled",
        [ERR_INTERNAL] = "Internal",
    };
    return NAMES[kind];
}
