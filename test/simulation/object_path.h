/* object_path.h - places in objects as scenarios write them, and what holds what.
 *
 * A path is `spec.template.spec.containers[name=agent].image`: dots between members,
 * [key=value] for the item of a list with this member, [3] for an item by its place,
 * [kagenti.io/skills] for a member whose name holds dots. The same words mean the same
 * in the end-to-end runner (test/e2e/match.py). Pure.
 */
#ifndef BERTH_SIMULATION_OBJECT_PATH_H
#define BERTH_SIMULATION_OBJECT_PATH_H

#include "kubeclient/base/json.h"

/* What the path leads to, or NULL. Borrowed. */
const cJSON *object_path_find(const cJSON *object, const char *path);

/* Whether `seen` holds `wanted`: members of objects, items of lists in any order, and
 * texts by equality, `re:EXPRESSION` or `not:OTHER`. Else says where it does not, in
 * `why` (one sentence a difference). */
bool object_holds(const cJSON *wanted, const cJSON *seen, struct strbuf *why);

/* Equality, or by "re:" and "not:" where `wanted` is a text. */
bool object_text_matches(const cJSON *wanted, const cJSON *seen);

/* Whether an entry of managedFields lists the path or something below it. */
bool object_is_owned(const cJSON *object, const char *manager, const char *operation,
                     const char *path);

#endif
