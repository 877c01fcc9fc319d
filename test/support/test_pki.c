#include "test/support/test_pki.h"

#include "kubeclient/base/alloc.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <assert.h>
#include <stdio.h>

static char *take_text(BIO *bio)
{
    char *bytes;
    long len = BIO_get_mem_data(bio, &bytes);
    char *text = xstrndup(bytes, (size_t)len);
    BIO_free(bio);
    return text;
}

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert(extension);
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *make_certificate(EVP_PKEY *key, const char *name)
{
    X509 *cert = X509_new();
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 24L * 3600);
    X509_NAME *subject = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
                               -1, -1, 0);
    X509_set_issuer_name(cert, subject);
    X509_set_pubkey(cert, key);
    char names[256];
    snprintf(names, sizeof names, "IP:127.0.0.1,DNS:localhost,DNS:%s", name);
    add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert, NID_subject_alt_name, names);
    int signed_len = X509_sign(cert, key, EVP_sha256());
    assert(signed_len > 0);
    (void)signed_len;
    return cert;
}

struct test_identity test_identity_new(const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    assert(key);
    X509 *cert = make_certificate(key, name);
    BIO *cert_text = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(cert_text, cert);
    PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL);
    X509_free(cert);
    EVP_PKEY_free(key);
    return (struct test_identity){.cert = take_text(cert_text),
                                  .key = take_text(key_text)};
}

void test_identity_fini(struct test_identity *identity)
{
    free(identity->cert);
    free(identity->key);
    *identity = (struct test_identity){0};
}
