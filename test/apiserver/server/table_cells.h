/* table_cells.h - the cells of built-in kinds that no JSONPath can say. For table.c.
 */
#ifndef BERTH_APISERVER_TABLE_CELLS_H
#define BERTH_APISERVER_TABLE_CELLS_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/strbuf.h"

/* Prints the cell of a column by its name, as `kubectl get` would show it: nothing, or
 * "<none>", where the real server does. */
void table_cell(struct strbuf *out, const char *kind, const char *column,
                const cJSON *object, int64_t now_ms);

#endif
