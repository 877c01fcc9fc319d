/* pod_security.h - what the Pod Security Standards say of a pod, without a cluster.
 *
 * The checks of Kubernetes' PodSecurity admission, evaluated over a pod or a pod
 * template: which level it meets, and for everything that keeps it from the next one
 * the container, the field and what would do. Verdicts that changed between releases
 * carry the release since which they hold, for a namespace may pin one
 * (pod-security.kubernetes.io/enforce-version). Pure; everything lives in the arena.
 */
#ifndef BERTH_RECONCILERS_SHARED_POD_SECURITY_H
#define BERTH_RECONCILERS_SHARED_POD_SECURITY_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"

enum pod_level { POD_PRIVILEGED, POD_BASELINE, POD_RESTRICTED };

/* "privileged", "baseline", "restricted". */
const char *pod_level_name(enum pod_level level);

enum {
    POD_SECURITY_LATEST = 37, /* the minor release that "latest" stands for */
    POD_SECURITY_OLDEST = 19, /* older ones, which judged annotations, count as this */
};

/* Something that a level forbids. */
struct pod_finding {
    enum pod_level level;  /* that forbids it: POD_BASELINE or POD_RESTRICTED */
    const char *container; /* NULL: the pod itself */
    const char *field;     /* "securityContext.runAsNonRoot" */
    const char *remedy;    /* "must be true" */
    struct pod_finding *next;
};

struct pod_verdict {
    enum pod_level level;         /* the strictest that it meets */
    struct pod_finding *findings; /* in the order of the standards' text */
};

/* Judges `pod`, anything with metadata and spec as a pod has them, by the standards of
 * release 1.`minor`. */
struct pod_verdict pod_security_check(struct arena *arena, const cJSON *pod, int minor);

/* What keeps the pod from `level`, for people: "container \"agent\":
 * securityContext.allowPrivilegeEscalation must be false; ...". "": nothing does. */
const char *pod_security_text(struct arena *arena, const struct pod_verdict *verdict,
                              enum pod_level level);

/* What a namespace enforces, from its labels. Without them everything is admitted; a
 * label that means nothing is taken for the strictest, as admission does. */
struct pod_enforcement {
    enum pod_level level;
    int minor;
};
struct pod_enforcement pod_enforcement_of(const cJSON *ns);

#endif
