/* events.h - events: one storage, two API groups, one hour.
 *
 * Events are stored as core v1; events.k8s.io/v1 shows the same ones under the names of
 * its own. They end an hour after their last change, as with kube-apiserver's default
 * --event-ttl. Pure.
 */
#ifndef BERTH_APISERVER_EVENTS_H
#define BERTH_APISERVER_EVENTS_H

#include "test/apiserver/server/call.h"

/* Renames the members of an event, and its apiVersion. */
void events_to_core(cJSON *event);
void events_from_core(cJSON *event);

/* Removes events and tokens whose time is over, one event at a time; false: none. */
bool expire_step(struct api_server *server, struct instant now);

#endif
