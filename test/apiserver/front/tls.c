#include "test/apiserver/front/tls.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>

struct tls_context {
    SSL_CTX *ssl;
};

struct tls {
    SSL *ssl; /* owns the two */
    BIO *received, *to_send;
};

/* The server's order counts: HTTP/2 where the client knows it. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *ctx)
{
    static const unsigned char OFFERED[] = "\x02h2\x08http/1.1";
    (void)ssl;
    (void)ctx;
    unsigned char *chosen;
    int found = SSL_select_next_proto(&chosen, out_len, OFFERED, sizeof OFFERED - 1, in,
                                      in_len);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                           : SSL_TLSEXT_ERR_ALERT_FATAL;
}

struct tls_context *tls_context_new(const struct test_identity *identity)
{
    struct tls_context *self = xcalloc(1, sizeof *self);
    BIO *cert_text = BIO_new_mem_buf(identity->cert, -1);
    BIO *key_text = BIO_new_mem_buf(identity->key, -1);
    X509 *cert = PEM_read_bio_X509(cert_text, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);
    self->ssl = SSL_CTX_new(TLS_server_method());
    assert(self->ssl && cert && key);
    bool used = SSL_CTX_use_certificate(self->ssl, cert) == 1 &&
                SSL_CTX_use_PrivateKey(self->ssl, key) == 1;
    assert(used);
    (void)used;
    SSL_CTX_set_min_proto_version(self->ssl, TLS1_2_VERSION);
    SSL_CTX_set_options(self->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(self->ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(self->ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(self->ssl, choose_protocol, NULL);
    X509_free(cert);
    EVP_PKEY_free(key);
    BIO_free(cert_text);
    BIO_free(key_text);
    return self;
}

void tls_context_free(struct tls_context **context)
{
    if (!*context)
        return;
    SSL_CTX_free((*context)->ssl);
    free(*context);
    *context = NULL;
}

struct tls *tls_new(const struct tls_context *context)
{
    struct tls *self = xcalloc(1, sizeof *self);
    self->ssl = SSL_new(context->ssl);
    self->received = BIO_new(BIO_s_mem());
    self->to_send = BIO_new(BIO_s_mem());
    assert(self->ssl && self->received && self->to_send);
    SSL_set_bio(self->ssl, self->received, self->to_send);
    SSL_set_accept_state(self->ssl);
    return self;
}

void tls_free(struct tls **tls)
{
    if (!*tls)
        return;
    SSL_free((*tls)->ssl);
    free(*tls);
    *tls = NULL;
}

void tls_receive(struct tls *self, const char *bytes, size_t len)
{
    assert(len <= INT_MAX);
    int written = BIO_write(self->received, bytes, (int)len);
    assert(written == (int)len);
    (void)written;
}

long tls_read(struct tls *self, char *bytes, size_t size)
{
    size_t len;
    ERR_clear_error();
    int status = SSL_read_ex(self->ssl, bytes, size, &len);
    if (status == 1)
        return (long)len;
    bool more = SSL_get_error(self->ssl, status) == SSL_ERROR_WANT_READ;
    ERR_clear_error();
    return more ? 0 : -1;
}

bool tls_is_ready(const struct tls *self)
{
    return SSL_is_init_finished(self->ssl);
}

bool tls_is_http2(const struct tls *self)
{
    const unsigned char *name;
    unsigned len;
    SSL_get0_alpn_selected(self->ssl, &name, &len);
    return len == 2 && memcmp(name, "h2", 2) == 0;
}

void tls_write(struct tls *self, const char *bytes, size_t len)
{
    size_t written;
    ERR_clear_error();
    /* A memory buffer takes all; what fails is a connection that has failed before. */
    if (len && SSL_write_ex(self->ssl, bytes, len, &written) != 1)
        ERR_clear_error();
}

void tls_close(struct tls *self)
{
    ERR_clear_error();
    SSL_shutdown(self->ssl);
    ERR_clear_error();
}

size_t tls_pending(const struct tls *self)
{
    return BIO_ctrl_pending(self->to_send);
}

size_t tls_take(struct tls *self, char *bytes, size_t size)
{
    size_t len = 0;
    return BIO_read_ex(self->to_send, bytes, size, &len) == 1 ? len : 0;
}
