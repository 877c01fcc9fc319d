#include "kubeclient/net/pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits.h>
#include <string.h>

static BIO *open_text(const char *text)
{
    size_t len = strlen(text);
    return len < INT_MAX ? BIO_new_mem_buf(text, (int)len) : NULL;
}

/* The first certificate, owned by the caller, or NULL; *count is how many parse. */
static X509 *read_certificates(const char *text, int *count)
{
    BIO *bio = open_text(text);
    X509 *first = NULL, *next;
    *count = 0;
    while (bio && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        if (first)
            X509_free(next);
        else
            first = next;
        ++*count;
    }
    /* The normal end is "no start line"; anything else is a malformed block. */
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        *count = 0;
    ERR_clear_error();
    BIO_free(bio);
    return first;
}

bool pem_check_certificates(const char *text, struct err *err)
{
    int count;
    X509_free(read_certificates(text, &count));
    return count > 0 || err_set(err, ERR_INVALID, "not a PEM certificate");
}

/* Never asks anybody for a password. */
static int no_password(char *buf, int size, int writing, void *ctx)
{
    (void)buf, (void)size, (void)writing;
    *(bool *)ctx = true;
    return -1;
}

static EVP_PKEY *read_key(const char *text, bool *encrypted)
{
    BIO *bio = open_text(text);
    *encrypted = false;
    EVP_PKEY *key =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, encrypted) : NULL;
    ERR_clear_error();
    BIO_free(bio);
    return key;
}

bool pem_check_pair(const char *cert, const char *key, struct err *err)
{
    int count;
    bool encrypted;
    X509 *first = read_certificates(cert, &count);
    EVP_PKEY *private_key = read_key(key, &encrypted);
    const char *trouble = !first || !count ? "client certificate: not a PEM certificate"
                          : encrypted ? "client key: encrypted keys are not supported"
                          : !private_key ? "client key: not a PEM private key"
                          : X509_check_private_key(first, private_key) != 1
                              ? "client key does not belong to the client certificate"
                              : NULL;
    ERR_clear_error();
    X509_free(first);
    EVP_PKEY_free(private_key);
    return !trouble || err_set(err, ERR_INVALID, "%s", trouble);
}
