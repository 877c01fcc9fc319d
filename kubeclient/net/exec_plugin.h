/* exec_plugin.h - credential plug-ins (client.authentication.k8s.io v1 and v1beta1,
 * KEP-541).
 *
 * Runs a command with uv_spawn: an argument vector, never a shell; its output is
 * bounded and its time limited. The result is an ExecCredential; parsing it is pure.
 * What the plug-in writes to stderr is shown in the error, what it writes to stdout
 * never is.
 */
#ifndef BERTH_NET_EXEC_PLUGIN_H
#define BERTH_NET_EXEC_PLUGIN_H

#include "kubeclient/net/kube_config.h"

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct exec_credential {
    char *token;       /* owned, wiped by exec_credential_fini(); NULL: none */
    char *cert, *key;  /* PEM; NULL: none */
    int64_t expiry_ms; /* wall clock; 0: does not expire */
};

void exec_credential_fini(struct exec_credential *credential);

/* Parses a plug-in's output. err never quotes it. */
WARN_UNUSED bool exec_credential_parse(const char *text, size_t len,
                                       const char *api_version,
                                       struct exec_credential *credential,
                                       struct err *err);

struct exec_plugin;

/* Called once, from the loop. On success `credential` holds the result, which the
 * callee may take over field by field; otherwise it is NULL and err says why. */
typedef void exec_plugin_fn(void *ctx, struct exec_credential *credential,
                            const struct err *err);

struct exec_plugin_options {
    const struct kube_config *config; /* with `exec`; outlives the plug-in */
    const char *ca; /* the cluster's PEM, for a plug-in that wants it; may be NULL */
    uint64_t timeout_ms;
};

/* Starts the plug-in. Free after `done` with exec_plugin_close(). */
struct exec_plugin *exec_plugin_start(uv_loop_t *loop,
                                      const struct exec_plugin_options *options,
                                      exec_plugin_fn *done, void *ctx);

/* Kills the plug-in if it still runs, silently. `closed` (may be NULL) runs on the loop
 * when the process has been reaped and the memory is free. */
void exec_plugin_close(struct exec_plugin **plugin, void (*closed)(void *ctx),
                       void *ctx);

#endif
