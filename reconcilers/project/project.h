/* project.h - Project and ProjectSettings (vteam.ambient-code): a namespace, what
 * sessions need there, and who may do what.
 */
#ifndef BERTH_RECONCILERS_PROJECT_PROJECT_H
#define BERTH_RECONCILERS_PROJECT_PROJECT_H

#include "reconcilers/reconciler.h"

extern const struct reconciler project_reconciler;
extern const struct reconciler project_settings_reconciler;

#endif
