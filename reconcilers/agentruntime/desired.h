/* desired.h - what Berth applies to a target: the whole intent, and nothing else.
 *
 * Pure: the same enrolment gives the same intent. What others own and Berth yields to
 * is left out; what is in the intent is applied with force.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_DESIRED_H
#define BERTH_RECONCILERS_AGENTRUNTIME_DESIRED_H

#include "reconcilers/agentruntime/enrolment.h"

/* Labels, annotations, hash, and the effective skills in the one container. Owned. */
cJSON *desired_intent(const struct enrolment *e);

/* The same without SKILL_FOLDERS: for a server that drops the skills' volumes. */
cJSON *desired_intent_without_folders(const struct enrolment *e);

/* The enrolment as a suspended runtime's target holds it: no skills, and the hash that
 * stands there already. */
struct enrolment enrolment_without_skills(const struct enrolment *e);

/* Applied, it takes back all that Berth has applied to `workload`. Owned. */
cJSON *released_intent(struct arena *arena, const struct kube_resource *resource,
                       const cJSON *workload);

#endif
