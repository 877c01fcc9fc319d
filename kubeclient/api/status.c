#include "kubeclient/api/status.h"

#include "kubeclient/base/json.h"

#include <string.h>

/* Enough for any metav1.Status; more is not worth parsing for a message. */
static const size_t STATUS_MAX = 256 * 1024;

/* The reasons of meta/v1 that say more than their code. */
static const struct {
    const char *reason;
    enum err_kind kind;
} REASONS[] = {
    {"NotFound", ERR_NOT_FOUND},     {"AlreadyExists", ERR_CONFLICT},
    {"Conflict", ERR_CONFLICT},      {"Gone", ERR_EXPIRED},
    {"Expired", ERR_EXPIRED},        {"Unauthorized", ERR_UNAUTHORIZED},
    {"Forbidden", ERR_FORBIDDEN},    {"Invalid", ERR_INVALID},
    {"BadRequest", ERR_INVALID},     {"TooManyRequests", ERR_THROTTLED},
    {"Timeout", ERR_UNAVAILABLE},    {"ServerTimeout", ERR_UNAVAILABLE},
    {"InternalError", ERR_INTERNAL}, {"ServiceUnavailable", ERR_UNAVAILABLE},
};

static enum err_kind kind_of_code(int code)
{
    switch (code) {
    case 400:
    case 413:
    case 415:
    case 422:
        return ERR_INVALID;
    case 401:
        return ERR_UNAUTHORIZED;
    case 403:
        return ERR_FORBIDDEN;
    case 404:
        return ERR_NOT_FOUND;
    case 409:
        return ERR_CONFLICT;
    case 410:
        return ERR_EXPIRED;
    case 429:
        return ERR_THROTTLED;
    default:
        return code >= 500 ? ERR_UNAVAILABLE : ERR_INTERNAL;
    }
}

static enum err_kind kind_of(const char *reason, int code)
{
    for (size_t i = 0; reason && i < sizeof REASONS / sizeof *REASONS; i++) {
        if (strcmp(REASONS[i].reason, reason) == 0)
            return REASONS[i].kind;
    }
    return kind_of_code(code);
}

/* The first line of an answer that is no Status: a proxy's page, an aggregator's text.
 */
static bool plain_err(const char *text, size_t len, int code, struct err *err)
{
    size_t end = 0;
    while (end < len && end < 200 && text[end] >= ' ')
        end++;
    err_set(err, kind_of_code(code), "HTTP %d%s%.*s", code, end ? ": " : "", (int)end,
            text);
    err->http_status = code;
    return false;
}

bool kube_status_err(const char *text, size_t len, int http_status, struct err *err)
{
    struct err ignored;
    auto_json cJSON *status =
        len <= STATUS_MAX ? json_parse(text, len, &ignored) : NULL;
    const char *message = json_str(status, "message");
    if (!message)
        return plain_err(text, len, http_status, err);

    int code = (int)json_int(status, http_status, "code");
    err_set(err, kind_of(json_str(status, "reason"), code), "%s", message);
    err->http_status = code;
    err->retry_after_ms = json_int(status, 0, "details", "retryAfterSeconds") * 1000;
    return false;
}

bool kube_status_ok(const struct kube_response *response, struct err *err)
{
    if (response->status >= 200 && response->status < 300)
        return true;
    kube_status_err(response->body, response->len, response->status, err);
    if (response->retry_after_ms)
        err->retry_after_ms = response->retry_after_ms;
    return false;
}
