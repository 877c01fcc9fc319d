/* group_access.h - the RoleBindings that ProjectSettings give to groups. */
#ifndef BERTH_RECONCILERS_PROJECT_GROUP_ACCESS_H
#define BERTH_RECONCILERS_PROJECT_GROUP_ACCESS_H

#include "reconcilers/project/project_plan.h"

/* Ensures a RoleBinding for each entry of spec.groupAccess and removes those of former
 * entries. How it stands is told under `step`; the number in place is returned. */
size_t ensure_group_access(struct project *project, enum project_step step);

#endif
