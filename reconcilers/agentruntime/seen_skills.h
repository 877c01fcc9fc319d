/* seen_skills.h - the skills as they stand on the target, for the status. */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_SEEN_SKILLS_H
#define BERTH_RECONCILERS_AGENTRUNTIME_SEEN_SKILLS_H

#include "reconcilers/agentruntime/enrolment.h"

/* [{name, image, mountPath}] of the skills that Berth has mounted there, in the order
 * of the spec; NULL: none. Owned. */
cJSON *skills_as_mounted(const struct enrolment *e);

/* The names in the target's annotation, whoever wrote it: an array of strings, owned;
 * NULL where there is none. *malformed: it is there and cannot be read. */
cJSON *skills_as_linked(const struct enrolment *e, bool *malformed);

#endif
