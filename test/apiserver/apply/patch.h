/* patch.h - JSON patch (RFC 6902) and strategic merge patch.
 *
 * JSON merge patch is json_merge(). Each works on a copy: the result is owned by the
 * caller, NULL with a refusal (400 for a malformed patch, 422 for one that does not
 * fit, as the API server answers). Pure.
 */
#ifndef BERTH_APISERVER_PATCH_H
#define BERTH_APISERVER_PATCH_H

#include "test/apiserver/schema/refusal.h"
#include "test/apiserver/schema/schema.h"

cJSON *patch_json(const cJSON *object, const cJSON *operations, cJSON **refusal);

/* With its directives $patch (delete, replace, merge), $deleteFromPrimitiveList,
 * $setElementOrder and $retainKeys; merge keys come from the schema. */
cJSON *patch_strategic(const struct schema *schema, const cJSON *object,
                       const cJSON *patch, cJSON **refusal);

#endif
