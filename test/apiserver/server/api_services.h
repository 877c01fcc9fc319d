/* api_services.h - an APIService for each version of a group that a CRD brings.
 *
 * The aggregation layer registers them by itself, and takes out those whose last CRD
 * went; clients that ask which groups there are may watch them. Pure.
 */
#ifndef BERTH_APISERVER_API_SERVICES_H
#define BERTH_APISERVER_API_SERVICES_H

#include "test/apiserver/server/api_server.h"

/* One write, if there is one to do. */
bool api_services_step(struct api_server *server, struct instant now);

#endif
