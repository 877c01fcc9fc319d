/* pod_security_rules.h - the single checks, for pod_security.c only. */
#ifndef BERTH_RECONCILERS_SHARED_POD_SECURITY_RULES_H
#define BERTH_RECONCILERS_SHARED_POD_SECURITY_RULES_H

#include "reconcilers/shared/pod_security.h"

/* One evaluation on its way through the rules. */
struct pod_check {
    struct arena *arena;
    const cJSON *meta, *spec;
    int minor;
    enum pod_level level; /* of the rule that is at work */
    struct pod_finding *first, **end;
};

void pod_check_add(struct pod_check *check, const char *container, const char *field,
                   const char *remedy_format, ...)
    __attribute__((format(printf, 4, 5)));

struct pod_rule {
    enum pod_level level;
    int since;                            /* minor release, 0: always */
    bool spares_windows;                  /* since 1.25: pods with os.name windows */
    void (*pod)(struct pod_check *check); /* NULL: nothing to see at the pod */
    void (*container)(struct pod_check *check, const cJSON *container);
};

/* Ends with a zeroed entry. */
extern const struct pod_rule pod_rules[];

#endif
