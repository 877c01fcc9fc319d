/* commit.h - the one place where the store changes.
 *
 * Every change gets the next resourceVersion and is told to whoever follows from it:
 * garbage collection, namespaces that end, CRDs. Pure.
 */
#ifndef BERTH_APISERVER_COMMIT_H
#define BERTH_APISERVER_COMMIT_H

#include "test/apiserver/server/call.h"

/* Stores `object` (in the form of `def`, of which resourceVersion is set) as new or in
 * the place of its former state. NULL: it is too large. */
WARN_UNUSED struct stored *commit_object(struct api_server *server,
                                         const struct resource_def *def, cJSON *object);

/* Removes an object. Its last state is told with the version of the removal. */
void commit_removal(struct api_server *server, const struct resource_def *def,
                    struct stored *object);

#endif
