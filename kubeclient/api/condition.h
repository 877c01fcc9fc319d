/* condition.h - metav1.Condition lists (API conventions, "Typical status properties").
 *
 * A list is built anew for each status: condition_set() takes lastTransitionTime over
 * from the former list while the condition's status is the same.
 */
#ifndef BERTH_API_CONDITION_H
#define BERTH_API_CONDITION_H

#include "kubeclient/base/json.h"

#include <stdint.h>

enum condition_status { CONDITION_FALSE, CONDITION_TRUE, CONDITION_UNKNOWN };

struct condition {
    const char *type;
    enum condition_status status;
    const char *reason;  /* CamelCase, never empty */
    const char *message; /* cut at 32 KiB, the API's maximum; NULL: "" */
};

struct condition_context {
    const cJSON *former;         /* the live list, NULL: none */
    int64_t observed_generation; /* written into each condition */
    int64_t now_ms;              /* wall clock */
};

/* Appends the condition to `list`, an array under construction. */
void condition_set(cJSON *list, const struct condition_context *context,
                   const struct condition *condition);

/* The condition of that type, or NULL. */
const cJSON *condition_find(const cJSON *list, const char *type);
bool condition_is(const cJSON *list, const char *type, enum condition_status status);
/* Its reason, "" where it is absent. */
const char *condition_reason(const cJSON *list, const char *type);

#endif
