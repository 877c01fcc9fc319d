/* kubeconfig.h - kubeconfig files: parsed, merged, and resolved to one kube_config.
 *
 * Pure: texts in, a value out; kube_config.c reads the files. It reads what client-go's
 * clientcmd reads: for each name in clusters, users and contexts, and for
 * current-context, the first file that has it wins, whole. YAML, so JSON too. What the
 * chosen context does not refer to may hold anything.
 *
 * Owned by whoever made it, with the trees of its texts, which are wiped on the way
 * out. Messages say "FILE:LINE:COLUMN: what"; they quote names, addresses and paths,
 * never a value that may be secret.
 */
#ifndef BERTH_NET_KUBECONFIG_H
#define BERTH_NET_KUBECONFIG_H

#include "kubeclient/net/kube_config.h"

struct kubeconfig;

struct kubeconfig *kubeconfig_new(void);
void kubeconfig_free(struct kubeconfig **kubeconfig); /* NULL inside is allowed */

/* Adds a file of lower priority than those before it. `path` names it in messages, and
 * relative paths in it start at its folder. An empty text adds nothing. Fails with
 * INVALID, and the value can then only be freed. */
WARN_UNUSED bool kubeconfig_add(struct kubeconfig *kubeconfig, const char *path,
                                const char *text, size_t len, struct err *err);

/* Fills *config, which the caller gives to kube_config_fini(), from the context named
 * `context`, or NULL: from current-context. Fails with INVALID, *config untouched. */
WARN_UNUSED bool kubeconfig_resolve(const struct kubeconfig *kubeconfig,
                                    const char *context, struct kube_config *config,
                                    struct err *err);

#endif
