/* credentials.h - what a client shows the API server, kept fresh.
 *
 * A credential is an immutable value: header, CA, certificate and key as text. When a
 * file changes or an exec plug-in gives a new token, a new value takes its place; the old
 * one lives as long as a request holds it. Files are looked at every minute and on
 * credentials_invalidate(); what cannot be read then keeps the old value and is logged
 * once. An exec plug-in runs when its credential is missing, near its expiry or was
 * refused, once for all who wait. Secrets are wiped when freed and never logged.
 */
#ifndef BERTH_NET_CREDENTIALS_H
#define BERTH_NET_CREDENTIALS_H

#include "kubeclient/base/log.h"
#include "kubeclient/net/kube_config.h"

#include <stdint.h>
#include <uv.h>

struct credential {
    unsigned refs;
    uint64_t generation; /* another one for each value */
    char *header;        /* "Authorization: Bearer …"; NULL: none */
    char *ca, *cert, *key; /* PEM; NULL: the system's CAs, no client certificate */
    char *username, *password; /* basic authentication; NULL: none */
};

struct credential *credential_hold(struct credential *credential);
void credential_release(struct credential **credential);

struct credentials;

/* Reads all files once; `config` outlives it. err names the file and what is wrong. */
WARN_UNUSED struct credentials *credentials_open(uv_loop_t *loop,
                                                 const struct kube_config *config,
                                                 const struct log *log, struct err *err);

/* Nothing is called back any more; memory goes when the loop has closed the handles, then
 * `closed` (may be NULL) runs. */
void credentials_close(struct credentials **credentials, void (*closed)(void *),
                       void *ctx);

/* The credential to use now, borrowed; NULL: there is none yet, or it has expired, and a
 * plug-in has to run first: credentials_fetch(). */
struct credential *credentials_current(struct credentials *credentials);

/* Runs the plug-in unless it is running. `ready` is called from the loop, with NULL when
 * credentials_current() has one now. One waiter: the client, who lets its calls queue. */
typedef void credentials_ready_fn(void *ctx, const struct err *err);
void credentials_fetch(struct credentials *credentials, credentials_ready_fn *ready,
                       void *ctx);

/* The server refused this credential (401): reads files again, makes a plug-in's
 * credential invalid. True when there is reason to try once more: a plug-in will run, or
 * what was read differs from what was refused. */
bool credentials_invalidate(struct credentials *credentials, uint64_t generation);

#endif
