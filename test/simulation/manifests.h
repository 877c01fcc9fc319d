/* manifests.h - Berth's own manifests as they lie in the tree, read once a process. */
#ifndef BERTH_SIMULATION_MANIFESTS_H
#define BERTH_SIMULATION_MANIFESTS_H

#include "kubeclient/base/json.h"

/* The objects of manifests/crds and manifests/rbac, namespaces first. An array that
 * lives until manifests_free(). A file that cannot be read ends the process. */
const cJSON *manifests(void);
void manifests_free(void);

#endif
