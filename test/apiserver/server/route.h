/* route.h - from method and target to verb, resource and object.
 *
 * Also the table of what each verb is answered by. Pure.
 */
#ifndef BERTH_APISERVER_ROUTE_H
#define BERTH_APISERVER_ROUTE_H

#include "test/apiserver/server/call.h"

/* Fills the call's path, params, verb, resource and def. False: the target cannot be
 * read; the call is refused. */
WARN_UNUSED bool route_parse(struct call *call);

/* Answers the authorized call. */
WARN_UNUSED bool route_dispatch(struct call *call);

#endif
