/* roles.h - Roles and RoleBindings of a project, as objects. For reconcilers/project.
 */
#ifndef BERTH_RECONCILERS_PROJECT_ROLES_H
#define BERTH_RECONCILERS_PROJECT_ROLES_H

#include "reconcilers/project/project_plan.h"

/* The rules of the Role that upstream's control plane uses in a project's namespace
 * (P6), with the OpenShift groups that are served. `live` keeps what it has of a group
 * of which that is not known. Owned. */
cJSON *control_plane_rules(const struct project *project, const cJSON *live);

/* Whom a binding binds to what. */
struct binding {
    const char *ns, *name;
    const char *role_kind, *role; /* "Role" or "ClusterRole" */
    const char *subject_kind, *subject, *subject_ns;
};

/* Ensures the RoleBinding; a wrong roleRef, which cannot be changed, is replaced. True:
 * it is in place. `extra_role` is the label ambient-code.io/role (NULL: none). */
bool ensure_binding(struct project *project, enum project_step step,
                    const struct binding *binding, const char *extra_role);

/* It stays, whether or not it could be ensured. ensure_binding() does this too. */
void keep_binding(struct project *project, const struct binding *binding);

/* Deletes the RoleBindings of the owner that are not kept; `elsewhere` is the step of
 * those in another namespace. */
void prune_bindings(struct project *project, enum project_step step,
                    enum project_step elsewhere);

#endif
