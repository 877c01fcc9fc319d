#include "kubeclient/net/call_error.h"

#include <string.h>

static const char *text_of(CURLcode code, const char *detail)
{
    return detail[0] ? detail : curl_easy_strerror(code);
}

/* libcurl says "couldn't connect"; the system knows why. */
static const char *cause_of(CURL *easy, CURLcode code, const char *detail)
{
    long os_errno = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
    return os_errno ? strerror((int)os_errno) : text_of(code, detail);
}

static bool untrusted(const char *detail, const struct wire *wire, struct err *err)
{
    const struct kube_config *config = wire->config;
    const char *trusted = config->ca_data   ? "certificate-authority-data"
                          : config->ca_file ? config->ca_file
                                            : "the system's certificates";
    return err_set(err, ERR_UNAVAILABLE,
                   "%s: the server's certificate is refused: %s (trusted: %s; %s)",
                   wire->endpoint->authority, detail, trusted,
                   config->source ? config->source : "no configuration file");
}

static bool failed(const struct wire *wire, const char *what, const char *cause,
                   struct err *err)
{
    return err_set(err, ERR_UNAVAILABLE, "%s: %s: %s", wire->endpoint->authority, what,
                   cause);
}

bool call_error(CURL *easy, CURLcode code, const char *detail, const struct wire *wire,
                struct err *err)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return failed(wire, "name not found", text_of(code, detail), err);
    case CURLE_COULDNT_CONNECT:
        return failed(wire, "cannot connect", cause_of(easy, code, detail), err);
    case CURLE_OPERATION_TIMEDOUT:
        return failed(wire, "no connection in time", text_of(code, detail), err);
    case CURLE_PEER_FAILED_VERIFICATION:
        return untrusted(text_of(code, detail), wire, err);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return failed(wire, "TLS", text_of(code, detail), err);
    default:
        return failed(wire, "connection lost", text_of(code, detail), err);
    }
#pragma GCC diagnostic pop
}
