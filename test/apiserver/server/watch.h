/* watch.h - what the server itself does with open watches. See api_server.h for what
 * their owners do. Pure.
 */
#ifndef BERTH_APISERVER_WATCH_H
#define BERTH_APISERVER_WATCH_H

#include "test/apiserver/server/api_server.h"

/* Ends all watches: the server goes. Their owners still close them. */
void watch_end_all(struct api_server *server);

#endif
