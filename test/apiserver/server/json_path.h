/* json_path.h - the JSONPath of printer columns.
 *
 * What CRDs use: .a.b, ['a'] and .a\.b for names with dots, [0], [*], and
 * [?(@.type=="Ready")]. Pure.
 */
#ifndef BERTH_APISERVER_JSON_PATH_H
#define BERTH_APISERVER_JSON_PATH_H

#include "kubeclient/base/json.h"

#include <stddef.h>

/* Fills `out` with at most `max` values that the path leads to, in order; borrowed.
 * Returns how many; none for a path that is not understood. */
size_t json_path_find(const cJSON *object, const char *path, const cJSON **out,
                      size_t max);

#endif
