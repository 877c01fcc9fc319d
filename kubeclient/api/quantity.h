/* quantity.h - amounts of resources: "500m", "1Gi", "1.5e3".
 *
 * The text form of resource.Quantity of k8s.io/apimachinery, as far as amounts are
 * compared. As there, what is finer than a nano is rounded up and what is larger than
 * an int64 holds counts as that. Pure.
 */
#ifndef BERTH_API_QUANTITY_H
#define BERTH_API_QUANTITY_H

#include "kubeclient/base/json.h"

struct quantity {
    bool negative; /* and not 0 */
    uint64_t whole;
    uint32_t nano; /* below 10^9 */
};

/* False: not a quantity. */
WARN_UNUSED bool quantity_parse(const char *text, struct quantity *quantity);

/* The same of a JSON value, which is a string or an integer. */
WARN_UNUSED bool quantity_from_json(const cJSON *value, struct quantity *quantity);

/* Negative, zero or positive, as the first is less, the same or more. */
int quantity_compare(const struct quantity *a, const struct quantity *b);

#endif
