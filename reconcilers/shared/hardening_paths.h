/* hardening_paths.h - where an agent may write once its root is read-only.
 *
 * Volumes of bounded size at the paths that the frameworks use, and the variables that
 * point there. For hardening.c only.
 */
#ifndef BERTH_RECONCILERS_SHARED_HARDENING_PATHS_H
#define BERTH_RECONCILERS_SHARED_HARDENING_PATHS_H

#include "reconcilers/shared/hardening.h"

/* Adds volumeMounts and env to `to`, the additions to `container`, and volumes to the
 * additions to the pod. A path below a mount that is there already, a variable that
 * somebody sets, and a volume that an earlier container brought are left out. */
void hardening_add_paths(const struct hardening *hardening, const cJSON *spec,
                         const cJSON *container, cJSON *to, cJSON *additions);

#endif
