/* collect.h - garbage collection by ownerReferences.
 *
 * Plays kube-controller-manager's collector: what is owned only by owners that are gone
 * is deleted; foreground deletion waits for dependents that block it; orphaning takes
 * the references away. Who depends on whom is kept as edges by uid, from dependents to
 * what they name as owner, whether that exists or not. What may have to be done is a
 * queue of objects, one looked at per step. Pure.
 */
#ifndef BERTH_APISERVER_COLLECT_H
#define BERTH_APISERVER_COLLECT_H

#include "test/apiserver/server/call.h"

struct collector *collector_new(uint64_t seed);

/* Frees the edges of all objects, too: before the storages. */
void collector_free(struct api_server *server);

/* An object was stored; `object` is its tree. */
void collect_changed(struct api_server *server, struct stored *stored,
                     const cJSON *object);

/* It goes: its edges are freed, who depended on it is looked at. */
void collect_removed(struct api_server *server, struct stored *stored, const char *uid);

/* Looks at one object; false: nothing is queued. */
bool collect_step(struct api_server *server, struct instant now);

#endif
