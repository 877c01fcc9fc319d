/* member_lookup.h - finds the members of one object for those of another.
 *
 * Two states of an object mostly hold the same members in the same order: the next one
 * is tried first. Where that fails and the object is large, its members are sorted
 * once. Pure.
 */
#ifndef BERTH_APISERVER_MEMBER_LOOKUP_H
#define BERTH_APISERVER_MEMBER_LOOKUP_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"

struct member_lookup {
    struct arena *arena;
    const cJSON *object; /* NULL, or no object: has no members */
    const cJSON *next;
    const cJSON **sorted;
    size_t count;
};

struct member_lookup member_lookup_begin(struct arena *arena, const cJSON *object);

/* NULL: there is none. Members added since the begin may be missed. */
const cJSON *member_lookup_find(struct member_lookup *lookup, const char *name);

#endif
