/* schema_path.h - where in an object a walk stands, without allocating on the way.
 *
 * Each level of the walk has a frame on its stack that knows the one above; text is
 * made only when there is something to say. Pure.
 */
#ifndef BERTH_APISERVER_SCHEMA_PATH_H
#define BERTH_APISERVER_SCHEMA_PATH_H

#include "kubeclient/base/strbuf.h"

struct schema_path {
    const struct schema_path *parent; /* NULL: the object itself */
    const char *name;                 /* of a member; NULL: an item */
    int index;                        /* of an item */
    bool bracket;                     /* the name is a key of a map: limits[cpu] */
};

static const size_t SCHEMA_PATH_MAX = 4096;

/* Appends "spec.skills[0].image"; nothing for the object itself. */
void schema_path_print(struct strbuf *out, const struct schema_path *path);

#endif
