/* credentials.h - what a client shows the API server, kept fresh.
 *
 * Makes the credential of the moment from a configuration: texts, files, or an exec
 * plug-in. Files are read again every minute and when the server refuses; what cannot
 * be read then keeps the former value and is logged once. A plug-in runs when there is
 * no credential yet, near its expiry, or when it was refused, once for all who wait.
 * Secrets are wiped when freed and never logged.
 */
#ifndef BERTH_NET_CREDENTIALS_H
#define BERTH_NET_CREDENTIALS_H

#include "kubeclient/base/log.h"
#include "kubeclient/net/credential.h"
#include "kubeclient/net/kube_config.h"

#include <uv.h>

struct credentials;

/* Reads all files once; `config` outlives it. err names the file and what is wrong. */
WARN_UNUSED struct credentials *credentials_open(uv_loop_t *loop,
                                                 const struct kube_config *config,
                                                 const struct log *log,
                                                 struct err *err);

/* Nothing is called back any more, but for `closed` (may be NULL), from the loop, when
 * all handles and memory are gone. */
void credentials_close(struct credentials **credentials, void (*closed)(void *),
                       void *ctx);

/* The credential to use now, borrowed; NULL: a plug-in has to run first, see
 * credentials_fetch(). */
struct credential *credentials_current(struct credentials *credentials);

/* Runs the plug-in unless it is running. `ready` is called from the loop, with NULL
 * when credentials_current() has one now. One waiter: the client, who lets its requests
 * queue. */
typedef void credentials_ready_fn(void *ctx, const struct err *err);
void credentials_fetch(struct credentials *credentials, credentials_ready_fn *ready,
                       void *ctx);

/* The server refused this credential (401). Reads files again, or lets the plug-in's
 * result lapse. True when there is reason to try once more: there is another credential
 * now, or the plug-in will be asked for one. */
bool credentials_refused(struct credentials *credentials,
                         const struct credential *refused);

#endif
