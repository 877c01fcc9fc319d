/* rbac_rules.h - the rules of one role: what they allow, and what covers what. For
 * rbac.c only.
 */
#ifndef BERTH_APISERVER_RBAC_RULES_H
#define BERTH_APISERVER_RBAC_RULES_H

#include "test/apiserver/server/rbac.h"

/* Whether a PolicyRule allows what is asked. */
bool rbac_rule_allows(const cJSON *rule, const struct rbac_question *question);

/* Whether a rule holds everything that `wanted`, a rule of one verb, group, resource
 * and name at most (or of one path), asks for. */
bool rbac_rule_covers(const cJSON *rule, const cJSON *wanted);

/* The rule in its smallest pieces, each as `wanted` above, pushed to `out`. */
void rbac_rule_split(const cJSON *rule, cJSON *out);

#endif
