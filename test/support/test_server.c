#include "test/support/test_server.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/list.h"
#include "kubeclient/base/strbuf.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <assert.h>
#include <string.h>
#include <strings.h>

static const size_t REQUEST_MAX = 8 * 1024 * 1024;

struct test_connection {
    struct list node;
    struct test_server *server;
    size_t number;
    uv_tcp_t tcp;
    SSL *ssl;                /* NULL: no TLS; owns the two BIOs */
    BIO *received, *to_send; /* encrypted */
    struct strbuf input;     /* a request that is not whole, or not answered yet */
    size_t request_len;      /* of the one being answered; 0: none */
    char cut_byte;           /* what stood where its body was terminated */
    char chunk[16 * 1024];
};

struct test_server {
    struct test_server_options options;
    uv_tcp_t tcp;
    SSL_CTX *tls;
    struct list connections;
    size_t accepted, requests;
    size_t open_handles;
};

static void on_connection(uv_stream_t *stream, int status);
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);
static void on_written(uv_write_t *write, int status);
static void on_connection_closed(uv_handle_t *handle);
static void on_server_closed(uv_handle_t *handle);

/* ---- listening */

static SSL_CTX *make_tls(const struct test_identity *identity)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    BIO *cert_text = BIO_new_mem_buf(identity->cert, -1);
    BIO *key_text = BIO_new_mem_buf(identity->key, -1);
    X509 *cert = PEM_read_bio_X509(cert_text, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);
    int used = SSL_CTX_use_certificate(tls, cert) && SSL_CTX_use_PrivateKey(tls, key);
    assert(used);
    (void)used;
    X509_free(cert);
    EVP_PKEY_free(key);
    BIO_free(cert_text);
    BIO_free(key_text);
    return tls;
}

struct test_server *test_server_open(uv_loop_t *loop,
                                     const struct test_server_options *options)
{
    struct test_server *server = xcalloc(1, sizeof *server);
    struct sockaddr_in address;
    server->options = *options;
    server->tls = options->identity ? make_tls(options->identity) : NULL;
    list_init(&server->connections);
    uv_tcp_init(loop, &server->tcp);
    server->tcp.data = server;
    server->open_handles = 1;
    uv_ip4_addr("127.0.0.1", 0, &address);
    int status = uv_tcp_bind(&server->tcp, (const struct sockaddr *)&address, 0);
    assert(status == 0);
    status = uv_listen((uv_stream_t *)&server->tcp, 16, on_connection);
    assert(status == 0);
    (void)status;
    return server;
}

int test_server_port(const struct test_server *server)
{
    struct sockaddr_in address;
    int len = sizeof address;
    uv_tcp_getsockname(&server->tcp, (struct sockaddr *)&address, &len);
    return ntohs(address.sin_port);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct test_server *server = stream->data;
    struct test_connection *self = xcalloc(1, sizeof *self);
    assert(status == 0);
    (void)status;
    self->server = server;
    self->number = ++server->accepted;
    strbuf_init(&self->input, REQUEST_MAX);
    uv_tcp_init(stream->loop, &self->tcp);
    self->tcp.data = self;
    server->open_handles++;
    list_append(&server->connections, &self->node);
    uv_accept(stream, (uv_stream_t *)&self->tcp);
    if (server->tls) {
        self->ssl = SSL_new(server->tls);
        self->received = BIO_new(BIO_s_mem());
        self->to_send = BIO_new(BIO_s_mem());
        SSL_set_bio(self->ssl, self->received, self->to_send);
        SSL_set_accept_state(self->ssl);
    }
    uv_read_start((uv_stream_t *)&self->tcp, on_alloc, on_read);
}

/* ---- bytes out */

static void write_raw(struct test_connection *self, const char *bytes, size_t len)
{
    uv_write_t *write = xmalloc(sizeof *write + len);
    char *copy = memcpy(write + 1, bytes, len);
    uv_buf_t buf = uv_buf_init(copy, (unsigned)len);
    uv_write(write, (uv_stream_t *)&self->tcp, &buf, 1, on_written);
}

static void on_written(uv_write_t *write, int status)
{
    (void)status; /* the client may have gone */
    free(write);
}

static void flush_tls(struct test_connection *self)
{
    char *bytes;
    long len = BIO_get_mem_data(self->to_send, &bytes);
    if (len > 0)
        write_raw(self, bytes, (size_t)len);
    (void)BIO_reset(self->to_send);
}

static void send_text(struct test_connection *self, const char *text)
{
    if (!self->ssl) {
        write_raw(self, text, strlen(text));
        return;
    }
    SSL_write(self->ssl, text, (int)strlen(text));
    flush_tls(self);
}

/* ---- requests in */

static size_t content_length(const char *head)
{
    static const char NAME[] = "\r\nContent-Length: ";
    const char *found = strcasestr(head, NAME);
    size_t len = 0;
    if (!found)
        return 0;
    for (found += sizeof NAME - 1; ascii_digit(*found); found++)
        len = len * 10 + (size_t)(*found - '0');
    return len;
}

/* Hands a whole request out; the one before has been answered. */
static void take_request(struct test_connection *self)
{
    struct test_server *server = self->server;
    char *text = self->input.text;
    char *blank = strstr(text, "\r\n\r\n");
    if (!blank || self->request_len)
        return;
    char *body = blank + 4;
    *blank = '\0';
    size_t len = (size_t)(body - text) + content_length(text);
    if (self->input.len < len) {
        *blank = '\r';
        return;
    }
    self->request_len = len;
    self->cut_byte = text[len];
    text[len] = '\0';
    server->options.handle(server->options.ctx, &(struct test_request){
                                                    .connection = self,
                                                    .connection_number = self->number,
                                                    .number = ++server->requests,
                                                    .line = text,
                                                    .body = body,
                                                });
}

static void answered(struct test_connection *self)
{
    self->input.text[self->request_len] = self->cut_byte;
    strbuf_consume(&self->input, self->request_len);
    self->request_len = 0;
}

static bool decrypt(struct test_connection *self, const char *bytes, size_t len)
{
    char plain[16 * 1024];
    int got;
    BIO_write(self->received, bytes, (int)len);
    while ((got = SSL_read(self->ssl, plain, sizeof plain)) > 0)
        strbuf_add(&self->input, plain, (size_t)got);
    int reason = SSL_get_error(self->ssl, got);
    flush_tls(self);
    return reason == SSL_ERROR_WANT_READ;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct test_connection *self = handle->data;
    (void)suggested;
    *buf = uv_buf_init(self->chunk, sizeof self->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct test_connection *self = stream->data;
    if (len == 0)
        return;
    bool open = len > 0;
    if (open && self->ssl)
        open = decrypt(self, buf->base, (size_t)len);
    else if (open)
        strbuf_add(&self->input, buf->base, (size_t)len);
    if (open)
        take_request(self);
    else
        test_cut(self);
}

/* ---- answers */

void test_answer(struct test_connection *self, int status, const char *headers,
                 const char *body)
{
    struct strbuf text;
    strbuf_init(&text, REQUEST_MAX);
    strbuf_addf(&text, "HTTP/1.1 %d Whatever\r\n%sContent-Length: %zu\r\n\r\n%s",
                status, headers, strlen(body), body);
    answered(self);
    send_text(self, text.text);
    strbuf_fini(&text);
}

void test_stream_begin(struct test_connection *self)
{
    answered(self);
    send_text(self, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void test_stream_add(struct test_connection *self, const char *text)
{
    struct strbuf chunk;
    strbuf_init(&chunk, REQUEST_MAX);
    strbuf_addf(&chunk, "%zx\r\n%s\r\n", strlen(text), text);
    send_text(self, chunk.text);
    strbuf_fini(&chunk);
}

void test_stream_end(struct test_connection *self)
{
    send_text(self, "0\r\n\r\n");
}

/* ---- ends */

static void connection_close(struct test_connection *self)
{
    list_remove(&self->node);
    uv_close((uv_handle_t *)&self->tcp, on_connection_closed);
}

void test_cut(struct test_connection *self)
{
    struct test_server *server = self->server;
    size_t number = self->number;
    connection_close(self);
    if (server->options.gone)
        server->options.gone(server->options.ctx, number);
}

static void handle_closed(struct test_server *server)
{
    if (--server->open_handles)
        return;
    SSL_CTX_free(server->tls);
    free(server);
}

static void on_connection_closed(uv_handle_t *handle)
{
    struct test_connection *self = handle->data;
    struct test_server *server = self->server;
    SSL_free(self->ssl);
    strbuf_fini(&self->input);
    free(self);
    handle_closed(server);
}

static void on_server_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

void test_server_close(struct test_server **server)
{
    struct test_server *self = *server;
    *server = NULL;
    while (!list_empty(&self->connections))
        connection_close(
            LIST_ENTRY(self->connections.next, struct test_connection, node));
    uv_close((uv_handle_t *)&self->tcp, on_server_closed);
}
