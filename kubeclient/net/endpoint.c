#include "kubeclient/net/endpoint.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/strbuf.h"

#include <string.h>

/* A URL longer than this is no server's. */
static const size_t URL_MAX = 2048;

struct parts {
    const char *host; /* with the brackets of an IPv6 address */
    size_t host_len;
    const char *port; /* digits */
    size_t port_len;
    const char *prefix; /* "" or "/..." */
    size_t prefix_len;
};

static bool valid_port(const char *port, size_t len)
{
    unsigned value = 0;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_digit(port[i]) || value > 6553)
            return false;
        value = value * 10 + (unsigned)(port[i] - '0');
    }
    return len > 0 && value > 0 && value < 65536;
}

static bool valid_host(const char *host, size_t len)
{
    bool bracketed = len > 2 && host[0] == '[' && host[len - 1] == ']';
    for (size_t i = bracketed; i < len - bracketed; i++) {
        if (ascii_alnum(host[i]) || strchr("-._", host[i]))
            continue;
        if (!bracketed || !strchr(":%", host[i]))
            return false;
    }
    return len > 0;
}

/* Splits what follows the scheme. */
static bool split(const char *rest, const char *default_port, struct parts *parts)
{
    size_t authority_len = strcspn(rest, "/");
    const char *end = rest + authority_len;
    const char *bracket = rest[0] == '[' ? memchr(rest, ']', authority_len) : NULL;
    const char *from = bracket ? bracket : rest;
    const char *colon = memchr(from, ':', (size_t)(end - from));
    parts->host = rest;
    parts->host_len = (size_t)((colon ? colon : end) - rest);
    parts->port = colon ? colon + 1 : default_port;
    parts->port_len = colon ? (size_t)(end - parts->port) : strlen(default_port);
    parts->prefix = end;
    parts->prefix_len = strlen(end);
    while (parts->prefix_len && end[parts->prefix_len - 1] == '/')
        parts->prefix_len--;
    return valid_host(parts->host, parts->host_len) &&
           valid_port(parts->port, parts->port_len);
}

static char *print(const char *before, const char *host, size_t host_len,
                   const struct parts *parts)
{
    struct strbuf out;
    strbuf_init(&out, URL_MAX * 2);
    strbuf_adds(&out, before);
    strbuf_add(&out, host, host_len);
    strbuf_addc(&out, ':');
    strbuf_add(&out, parts->port, parts->port_len);
    return strbuf_detach(&out);
}

static char *append(char *text, const char *tail, size_t len)
{
    struct strbuf out;
    strbuf_init(&out, URL_MAX * 4);
    strbuf_adds(&out, text);
    strbuf_add(&out, tail, len);
    free(text);
    return strbuf_detach(&out);
}

bool endpoint_parse(const char *server, const char *tls_server_name,
                    struct endpoint *endpoint, struct err *err)
{
    struct endpoint result = {.tls = ascii_has_prefix(server, "https://")};
    struct parts parts;
    if (!result.tls && !ascii_has_prefix(server, "http://"))
        return err_set(err, ERR_INVALID,
                       "server must begin with https:// or http://, not \"%.100s\"",
                       strchr(server, '@') ? "(not shown)" : server);
    if (strlen(server) > URL_MAX || strchr(server, '@') || strpbrk(server, "?# \t\r\n"))
        return err_set(err, ERR_INVALID,
                       "server must be https://host:port/prefix, without a user, a "
                       "query or spaces, at most %zu bytes",
                       URL_MAX);
    const char *rest = strstr(server, "//") + 2;
    if (!split(rest, result.tls ? "443" : "80", &parts))
        return err_set(err, ERR_INVALID, "server \"%.100s\" has no valid host and port",
                       server);
    if (tls_server_name &&
        (!result.tls || !valid_host(tls_server_name, strlen(tls_server_name))))
        return err_set(err, ERR_INVALID,
                       "tls-server-name \"%.100s\" must be a host name, with an "
                       "https:// server",
                       tls_server_name);
    const char *name = tls_server_name ? tls_server_name : parts.host;
    size_t name_len = tls_server_name ? strlen(tls_server_name) : parts.host_len;
    result.base =
        append(print(result.tls ? "https://" : "http://", name, name_len, &parts),
               parts.prefix, parts.prefix_len);
    result.authority = print("", parts.host, parts.host_len, &parts);
    if (tls_server_name) {
        result.connect_to = print("::", parts.host, parts.host_len, &parts);
        result.host_header = print("Host: ", parts.host, parts.host_len, &parts);
    }
    *endpoint = result;
    return true;
}

void endpoint_fini(struct endpoint *endpoint)
{
    free(endpoint->base);
    free(endpoint->authority);
    free(endpoint->connect_to);
    free(endpoint->host_header);
    *endpoint = (struct endpoint){0};
}
