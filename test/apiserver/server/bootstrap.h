/* bootstrap.h - what a fresh cluster has: namespaces, the API's Service, basic roles.
 */
#ifndef BERTH_APISERVER_BOOTSTRAP_H
#define BERTH_APISERVER_BOOTSTRAP_H

#include "test/apiserver/server/api_server.h"

void bootstrap(struct api_server *server, struct instant now);

#endif
