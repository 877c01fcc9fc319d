/* table_selector.h - a label selector as a cell: a=b,c in (d,e),!f. For table_cells.c.
 */
#ifndef BERTH_APISERVER_TABLE_SELECTOR_H
#define BERTH_APISERVER_TABLE_SELECTOR_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

/* A LabelSelector by its keys; "<none>" where it selects all, or is missing (NULL). */
void print_label_selector(struct strbuf *out, const cJSON *selector);

/* Labels as they stand, which is by key; "<none>" without any. */
void print_labels(struct strbuf *out, const cJSON *labels);

#endif
