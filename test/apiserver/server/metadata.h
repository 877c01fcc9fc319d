/* metadata.h - what is checked of every object's metadata.
 *
 * Names, labels, annotations, finalizers and ownerReferences have one syntax for all
 * kinds (apimachinery, pkg/api/validation); names a few. Pure.
 */
#ifndef BERTH_APISERVER_METADATA_H
#define BERTH_APISERVER_METADATA_H

#include "test/apiserver/server/call.h"

/* The object's metadata, for a create (`former` NULL) or a change. */
WARN_UNUSED bool metadata_validate(struct call *call, const cJSON *former,
                                   const cJSON *object);

/* What is wrong with a label's key or value; NULL: nothing. In the arena, or static. */
const char *metadata_key_fault(struct arena *arena, const char *key);
const char *metadata_value_fault(const char *value);

#endif
