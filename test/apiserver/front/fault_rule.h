/* fault_rule.h - one rule of fault_rules.h, as it is read and told. Pure. */
#ifndef BERTH_APISERVER_FAULT_RULE_H
#define BERTH_APISERVER_FAULT_RULE_H

#include "test/apiserver/front/fault_rules.h"

struct fault_rule {
    cJSON *source; /* as it was given; owns the texts below */
    const char *user, *method, *path, *not_path, *verb; /* NULL: any */
    int64_t nth, times;
    struct fault_rule *after; /* NULL: at once */
    bool open;
    bool fresh; /* open, and of the list that was added last */
    struct fault_effects effects;
    int64_t seen, fired;
    int64_t first; /* the number of the match at which it first fired; 0: it did not */
    struct fault_rule *next;
};

/* Reads a rule but for `after`, which is checked to be below `index`. */
WARN_UNUSED bool fault_rule_parse(struct fault_rule *rule, const cJSON *source,
                                  size_t index, struct err *err);

bool fault_rule_matches(const struct fault_rule *rule,
                        const struct fault_request *request);

#endif
