/* credential.h - who we are and whom we trust, at one moment.
 *
 * An immutable value with a reference count: rotation makes a new one, while requests
 * under way keep theirs, whose bytes libcurl borrows. Wiped when the last reference
 * goes.
 */
#ifndef BERTH_NET_CREDENTIAL_H
#define BERTH_NET_CREDENTIAL_H

#include "kubeclient/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct credential {
    unsigned refs;
    char *authorization; /* a whole header line, "Authorization: Bearer ..."; or NULL */
    char *ca;            /* PEM; NULL: the system's store */
    char *cert, *key;    /* PEM, both or none */
};

/* What a credential is made of: borrowed texts, each may be NULL. At most one of token
 * and username is used, token first. */
struct credential_parts {
    const char *token;
    const char *username, *password;
    const char *ca, *cert, *key;
};

/* Copies the parts; one reference for the caller. Fails with INVALID, naming the part
 * and never its value, when a PEM text does not parse, the key does not belong to the
 * certificate, or the token holds what no header can. */
WARN_UNUSED struct credential *credential_new(const struct credential_parts *parts,
                                              struct err *err);

struct credential *credential_ref(struct credential *credential);
void credential_unref(struct credential *credential); /* NULL is allowed */

/* True when both make the same TLS connections. */
bool credential_same_tls(const struct credential *a, const struct credential *b);

/* True when a server could not tell one from the other. */
bool credential_same(const struct credential *a, const struct credential *b);

#endif
