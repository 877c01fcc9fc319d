/* field_set_json.h - field sets as fieldsV1, the JSON of metadata.managedFields. Pure.
 */
#ifndef BERTH_APISERVER_FIELD_SET_JSON_H
#define BERTH_APISERVER_FIELD_SET_JSON_H

#include "test/apiserver/apply/field_set.h"

/* Reads a fieldsV1 object into the arena. Elements of a kind that is not known are left
 * out; what is no element at all fails. The result borrows from `fields`. */
WARN_UNUSED bool field_set_read(struct arena *arena, const cJSON *fields,
                                const struct field_set **set);

/* Owned, in the order of the set. */
cJSON *field_set_json(const struct field_set *set);

#endif
