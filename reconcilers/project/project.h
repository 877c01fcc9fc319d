/* project.h - Project: a namespace, and what sessions need there (vteam.ambient-code).
 */
#ifndef BERTH_RECONCILERS_PROJECT_PROJECT_H
#define BERTH_RECONCILERS_PROJECT_PROJECT_H

#include "reconcilers/reconciler.h"

extern const struct reconciler project_reconciler;

#endif
