/* tls.h - the server's side of TLS, on bytes: OpenSSL between two memory buffers.
 *
 * TLS 1.2 and newer; ALPN offers h2 and http/1.1. Clients are known by their tokens, no
 * certificate is asked for.
 */
#ifndef BERTH_APISERVER_TLS_H
#define BERTH_APISERVER_TLS_H

#include "kubeclient/base/strbuf.h"
#include "test/support/test_pki.h"

struct tls_context;
struct tls;

struct tls_context *tls_context_new(const struct test_identity *identity);
void tls_context_free(struct tls_context **context);

struct tls *tls_new(const struct tls_context *context);
void tls_free(struct tls **tls);

/* Takes in what the socket received; all of it is kept until it is read. */
void tls_receive(struct tls *tls, const char *bytes, size_t len);

/* Up to `size` decrypted bytes. 0: none for now; -1: the peer has closed or does not
 * speak TLS as it should. Also carries the handshake on. */
long tls_read(struct tls *tls, char *bytes, size_t size);

bool tls_is_ready(const struct tls *tls); /* the handshake is done */
bool tls_is_http2(const struct tls *tls); /* by ALPN, once it is */

/* Encrypts for the socket. Only after the handshake. */
void tls_write(struct tls *tls, const char *bytes, size_t len);

/* Says that nothing follows. */
void tls_close(struct tls *tls);

/* How much is to be sent; takes up to `size` bytes of it. */
size_t tls_pending(const struct tls *tls);
size_t tls_take(struct tls *tls, char *bytes, size_t size);

#endif
