/* pod_failures.h - why the containers of a pod do not start, seen in its status. */
#ifndef BERTH_RECONCILERS_SHARED_POD_FAILURES_H
#define BERTH_RECONCILERS_SHARED_POD_FAILURES_H

#include "reconcilers/shared/skills.h"

struct pull_failure {
    const struct skill *skill;
    const char *message; /* the kubelet's, without what changes between attempts */
};

/* Finds a container of the pod that waits for the image of a skill; false: none does.
 * The kubelet reports the failed pull of an image volume as the waiting reason of the
 * container that mounts it. */
bool pod_skill_pull_failure(const cJSON *pod, const struct skills *skills,
                            struct pull_failure *failure);

#endif
