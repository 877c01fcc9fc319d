/* up_to_date.h - whether the pod that runs is the one that would be made now. Pure.
 *
 * A pod is written once and keeps an annotation with short hashes of what Berth put
 * into each of its fields, so that neither defaults nor webhooks count later. What
 * differs from one attempt to the next without anybody's doing is left out.
 */
#ifndef BERTH_RECONCILERS_SESSION_UP_TO_DATE_H
#define BERTH_RECONCILERS_SESSION_UP_TO_DATE_H

#include "reconcilers/session/session_plan.h"

#define SESSION_ANNOTATION_RENDERED "berth.dev/rendered"

/* The annotation of a pod as Berth rendered it. Owned. */
cJSON *pod_fingerprint(const cJSON *pod);

enum freshness { FRESHNESS_UNKNOWN, POD_UP_TO_DATE, POD_OUTDATED };

/* In what the pod `running`, as it was rendered, differs from `wanted`, as it would be
 * rendered now: "ambient-code-runner.image, volumes", in the arena. */
enum freshness pod_freshness(struct arena *arena, const cJSON *running,
                             const cJSON *wanted, const char **fields);

#endif
