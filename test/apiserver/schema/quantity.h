/* quantity.h - amounts of resources as Kubernetes writes them: "500m", "1Gi", "2e3".
 *
 * The API server stores quantities in canonical form: the largest suffix with an
 * integer before it ("1024Mi" becomes "1Gi", 0.5 becomes "500m"). Pure.
 */
#ifndef BERTH_APISERVER_QUANTITY_H
#define BERTH_APISERVER_QUANTITY_H

#include "kubeclient/base/strbuf.h"

#include <stdbool.h>

enum quantity_format { QUANTITY_DECIMAL, QUANTITY_BINARY, QUANTITY_EXPONENT };

/* mantissa * 10^scale; the format is how it was written and will be. */
struct quantity {
    long long mantissa;
    int scale;
    enum quantity_format format;
};

/* False: no quantity, or one of more digits than fit. */
bool api_quantity_parse(const char *text, struct quantity *quantity);

/* Appends the canonical form; finer than nano is rounded up. */
void api_quantity_print(struct strbuf *out, struct quantity quantity);

/* Less than 0, 0, more than 0: as strcmp(). */
int api_quantity_compare(struct quantity a, struct quantity b);

#endif
