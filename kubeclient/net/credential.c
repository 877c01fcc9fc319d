#include "kubeclient/net/credential.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/base64.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/pem.h"

#include <string.h>

/* An OpenID token with many groups has a few KiB; servers refuse headers of 16 KiB and
 * more. */
static const size_t HEADER_MAX = 64 * 1024;

static void wipe(char *secret)
{
    free_secret(secret, secret ? strlen(secret) : 0);
}

/* Printable ASCII without spaces: nothing that could end a header line. */
static bool valid_token(const char *token)
{
    size_t len = strlen(token);
    for (size_t i = 0; i < len; i++) {
        if (token[i] <= ' ' || token[i] >= 0x7F)
            return false;
    }
    return len > 0 && len < HEADER_MAX - 64;
}

static bool bearer_header(const char *token, char **header, struct err *err)
{
    if (!valid_token(token))
        return err_set(err, ERR_INVALID,
                       "the token is empty, too long or holds spaces or control "
                       "characters");
    struct strbuf out;
    strbuf_init(&out, HEADER_MAX);
    strbuf_adds(&out, "Authorization: Bearer ");
    strbuf_adds(&out, token);
    *header = strbuf_detach(&out);
    return true;
}

/* RFC 7617. */
static bool basic_header(const char *username, const char *password, char **header,
                         struct err *err)
{
    struct strbuf pair, out;
    strbuf_init(&pair, HEADER_MAX / 2);
    strbuf_init(&out, HEADER_MAX);
    strbuf_addf(&pair, "%s:%s", username, password ? password : "");
    char *encoded = base64_encode(pair.text, pair.len);
    strbuf_addf(&out, "Authorization: Basic %s", encoded);
    bool overflow = pair.overflow;
    wipe(encoded);
    wipe(strbuf_detach(&pair));
    *header = strbuf_detach(&out);
    if (!overflow)
        return true;
    wipe(*header);
    return err_set(err, ERR_INVALID, "username and password are too long");
}

static bool check_tls(const struct credential_parts *parts, struct err *err)
{
    if (parts->ca && !pem_check_certificates(parts->ca, err))
        return err_wrap(err, "certificate authority");
    if (!parts->cert && !parts->key)
        return true;
    if (!parts->cert || !parts->key)
        return err_set(err, ERR_INVALID, "client %s without a client %s",
                       parts->cert ? "certificate" : "key",
                       parts->cert ? "key" : "certificate");
    return pem_check_pair(parts->cert, parts->key, err);
}

struct credential *credential_new(const struct credential_parts *parts, struct err *err)
{
    char *header = NULL;
    if (!check_tls(parts, err))
        return NULL;
    if (parts->token && !bearer_header(parts->token, &header, err))
        return NULL;
    if (!parts->token && parts->username &&
        !basic_header(parts->username, parts->password, &header, err))
        return NULL;
    struct credential *credential = xcalloc(1, sizeof *credential);
    *credential = (struct credential){
        .refs = 1,
        .authorization = header,
        .ca = xstrdup(parts->ca),
        .cert = xstrdup(parts->cert),
        .key = xstrdup(parts->key),
    };
    return credential;
}

struct credential *credential_ref(struct credential *credential)
{
    credential->refs++;
    return credential;
}

void credential_unref(struct credential *credential)
{
    if (!credential || --credential->refs)
        return;
    wipe(credential->authorization);
    wipe(credential->key);
    free(credential->ca);
    free(credential->cert);
    free(credential);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool credential_same_tls(const struct credential *a, const struct credential *b)
{
    return same(a->ca, b->ca) && same(a->cert, b->cert) && same(a->key, b->key);
}

bool credential_same(const struct credential *a, const struct credential *b)
{
    return same(a->authorization, b->authorization) && credential_same_tls(a, b);
}
