#include "kubeclient/net/call_setup.h"

#include "kubeclient/base/alloc.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

enum {
    /* Paths with selectors and continue tokens (up to a few KiB) after a base of 2 KiB.
     */
    URL_MAX = 64 * 1024,
    /* A watch event fits; a handle that idles in a watch keeps one of these. */
    RECEIVE_BUFFER = 16 * 1024,
    SEND_BUFFER = 16 * 1024, /* libcurl's minimum */
    /* A server that is there answers a SYN and a TLS hello in less. */
    CONNECT_TIMEOUT_MS = 10 * 1000,
    /* A dead peer is noticed within 30 s, whether we wait for it or send to it: probes
     * begin after KEEPALIVE_IDLE_S, and unanswered bytes end it after USER_TIMEOUT_MS.
     */
    KEEPALIVE_IDLE_S = 10,
    KEEPALIVE_INTERVAL_S = 5,
    USER_TIMEOUT_MS = 20 * 1000,
    /* The idle write connection is worth keeping: a handshake costs some ms of CPU. */
    CONNECTION_AGE_S = 30 * 60,
};

static int on_socket_made(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
    unsigned timeout_ms = USER_TIMEOUT_MS;
    (void)ctx, (void)purpose;
    /* Fails on local sockets only; the keep-alive probes are left then. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
    return CURL_SOCKOPT_OK;
}

static void set_constants(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)SEND_BUFFER);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_INTERVAL_S);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket_made);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)CONNECTION_AGE_S);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* Two connections that live for hours: resumption is worth no memory. */
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    /* Forgetting a request must not wait for the resolver's thread. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

void call_setup_init(struct call_setup *setup, CURL *easy, const struct wire *wire)
{
    const struct kube_config *config = wire->config;
    *setup = (struct call_setup){.wire = wire};
    strbuf_init(&setup->url, URL_MAX);
    set_constants(easy);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, wire->user_agent);
    if (config->proxy_url) {
        curl_easy_setopt(easy, CURLOPT_PROXY, config->proxy_url);
        /* As in client-go: $NO_PROXY is about proxies from the environment. */
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    }
    if (config->insecure_skip_tls_verify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (wire->endpoint->connect_to) {
        setup->connect_to = curl_slist_append(NULL, wire->endpoint->connect_to);
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, setup->connect_to);
    }
}

/* They hold the token. */
static void wipe_headers(struct curl_slist *headers)
{
    for (const struct curl_slist *at = headers; at; at = at->next)
        explicit_bzero(at->data, strlen(at->data));
    curl_slist_free_all(headers);
}

void call_setup_fini(struct call_setup *setup)
{
    wipe_headers(setup->headers);
    curl_slist_free_all(setup->connect_to);
    free(setup->content_type);
    free(setup->accept);
    strbuf_fini(&setup->url);
}

/* ---- per request */

static void set_blob(CURL *easy, CURLoption option, char *text)
{
    struct curl_blob blob = {
        .data = text, .len = text ? strlen(text) : 0, .flags = CURL_BLOB_NOCOPY};
    curl_easy_setopt(easy, option, text ? &blob : NULL);
}

static void set_tls(CURL *easy, const struct credential *credential)
{
    if (credential->ca) {
        /* Else the system's folder would be trusted beside it. */
        curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    set_blob(easy, CURLOPT_CAINFO_BLOB, credential->ca);
    set_blob(easy, CURLOPT_SSLCERT_BLOB, credential->cert);
    set_blob(easy, CURLOPT_SSLKEY_BLOB, credential->key);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = line ? curl_slist_append(*headers, line) : *headers;
    if (line && !longer)
        abort(); /* out of memory */
    *headers = longer;
}

static void add_value(struct curl_slist **headers, const char *name, const char *value)
{
    struct strbuf line;
    if (!value)
        return;
    strbuf_init(&line, 1024);
    strbuf_addf(&line, "%s: %s", name, value);
    add_header(headers, line.text);
    strbuf_fini(&line);
}

static void set_headers(struct call_setup *setup, CURL *easy,
                        const struct kube_request *request,
                        const struct credential *credential)
{
    const char *accept = request->accept ? request->accept : "application/json";
    const char *content_type = request->body ? request->content_type : NULL;
    if (setup->headers && setup->credential == credential &&
        same(setup->content_type, content_type) && same(setup->accept, accept))
        return;
    struct curl_slist *headers = NULL;
    add_header(&headers, setup->wire->endpoint->host_header);
    add_header(&headers, credential->authorization);
    add_value(&headers, "Accept", accept);
    add_value(&headers, "Content-Type", content_type);
    add_header(&headers, "Expect:"); /* no round trip before a body of a mebibyte */
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    wipe_headers(setup->headers);
    setup->headers = headers;
    free(setup->content_type);
    free(setup->accept);
    setup->content_type = xstrdup(content_type);
    setup->accept = xstrdup(accept);
}

static void set_method(CURL *easy, const struct kube_request *request)
{
    static const char *const METHODS[] = {
        [KUBE_GET] = "GET",     [KUBE_POST] = "POST",     [KUBE_PUT] = "PUT",
        [KUBE_PATCH] = "PATCH", [KUBE_DELETE] = "DELETE",
    };
    if (request->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)request->body_len);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, METHODS[request->method]);
}

void call_setup_apply(struct call_setup *setup, CURL *easy,
                      const struct kube_request *request,
                      const struct credential *credential)
{
    strbuf_reset(&setup->url);
    strbuf_adds(&setup->url, setup->wire->endpoint->base);
    strbuf_adds(&setup->url, request->path);
    curl_easy_setopt(easy, CURLOPT_URL, setup->url.text);
    set_method(easy, request);
    set_headers(setup, easy, request, credential);
    if (setup->credential != credential)
        set_tls(easy, credential);
    setup->credential = credential;
}
