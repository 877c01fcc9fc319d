/* enrolment.h - one runtime, its target, and all that decides what is applied.
 *
 * A plain value that the steps of a plan share, made once by enrolment_read(). A
 * deleted runtime's plan makes a second one for the runtime that takes over from it.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_ENROLMENT_H
#define BERTH_RECONCILERS_AGENTRUNTIME_ENROLMENT_H

#include "reconcilers/agentruntime/runtime_spec.h"
#include "reconcilers/reconciler.h"
#include "reconcilers/shared/defaults.h"

struct enrolment {
    struct arena *arena;
    struct observed *observed;
    const struct reconcile_config *config;
    int64_t now_ms;

    const cJSON *runtime;
    const char *ns, *name; /* of the runtime; the target is in the same namespace */
    struct runtime_spec spec;

    const struct kube_resource *resource; /* of the target; NULL: not supported */
    const cJSON *target;                  /* live; NULL: not found, or on its way out */
    const char *container; /* that gets the skills; NULL: the template has none such */

    struct skills skills; /* effective: none while the gate is off */
    struct defaults defaults;
    const char *hash;
};

/* False for a Sandbox, which is labelled and nothing else. */
bool target_has_template(const struct enrolment *e);

/* Reads everything for `runtime`, which lives as long as the arena. */
struct enrolment enrolment_read(struct arena *arena, const struct reconcile_input *in,
                                const cJSON *runtime);

/* "Deployment bot", for messages. In the arena. */
const char *enrolment_target_text(const struct enrolment *e);

/* The containers of the target's pod template, and its volumes. */
const cJSON *target_containers(const cJSON *target);
const cJSON *target_volumes(const cJSON *target);

/* The target says that it belongs to this runtime, and it is the very object that the
 * runtime's status says was written to: a copied annotation alone means nothing. */
bool target_is_known(const struct enrolment *e);

#endif
