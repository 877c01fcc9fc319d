/* runtime_spec.h - the spec of an AgentRuntime, read and checked.
 *
 * Reading never fails: what is missing or of a wrong type is "" or absent, and
 * runtime_spec_problem() says what is wrong. Strings are borrowed from the object.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_RUNTIME_SPEC_H
#define BERTH_RECONCILERS_AGENTRUNTIME_RUNTIME_SPEC_H

#include "kubeclient/api/resource.h"
#include "reconcilers/shared/skills.h"

struct target_ref {
    const char *api_version, *kind, *name; /* "" where missing */
};

struct runtime_spec {
    const char *type; /* agent or tool */
    struct target_ref target;
    const char *container; /* NULL: the first of the pod template */
    bool skill_folders;
    bool suspend;
    struct skills skills; /* as asked for, whatever the gates say */
};

struct runtime_spec runtime_spec_read(struct arena *arena, const cJSON *runtime);

/* Everything that is wrong, in one text in the arena; NULL: the spec is valid. The same
 * rules as in the CRD. */
const char *runtime_spec_problem(struct arena *arena, const cJSON *runtime);

/* The workload kind that is meant, or NULL: apiVersion and kind must belong together.
 */
const struct kube_resource *target_ref_resource(const struct target_ref *target);

#endif
