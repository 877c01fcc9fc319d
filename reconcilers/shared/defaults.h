/* defaults.h - the settings that a platform and a namespace give to their runtimes.
 *
 * Two ConfigMaps, the namespace's over the platform's: the data of both is merged key
 * by key, a key of the namespace replacing the platform's value as a whole.
 */
#ifndef BERTH_RECONCILERS_SHARED_DEFAULTS_H
#define BERTH_RECONCILERS_SHARED_DEFAULTS_H

#include "reconcilers/reconciler.h"

/* The index by which a namespace's defaults are found; see defaults_index(). */
#define DEFAULTS_INDEX "defaults-by-namespace"

struct defaults {
    const cJSON *data;   /* key: text; in the arena */
    const char *warning; /* several ConfigMaps claim to be the namespace's; or NULL */
};

struct defaults defaults_merge(struct arena *arena, struct observed *observed,
                               const struct reconcile_config *config, const char *ns);

/* Index values of a ConfigMap for DEFAULTS_INDEX: none without the label. */
void defaults_index(const cJSON *config_map, struct kube_keys *values);

#endif
