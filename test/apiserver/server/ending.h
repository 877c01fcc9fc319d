/* ending.h - the namespaces and CRDs that are being deleted.
 *
 * Both hold on until what is in them is gone. The set is small or empty, so that nobody
 * has to look through all namespaces whenever something goes. Pure.
 */
#ifndef BERTH_APISERVER_ENDING_H
#define BERTH_APISERVER_ENDING_H

#include "test/apiserver/server/call.h"

struct ending {
    struct list node;
    const struct resource_def *def;
    char name[];
};

/* Notes a namespace or CRD; other kinds are ignored, as is what is there already. */
void ending_add(struct api_server *server, const struct resource_def *def,
                const char *name);
void ending_remove(struct api_server *server, const struct resource_def *def,
                   const char *name);
/* One small step of one of them; false: they wait, or there are none. */
bool ending_step(struct api_server *server, struct instant now);

void ending_free_all(struct api_server *server);

#endif
