/* respond.h - how one request is answered: faults first, then /faults, else the API
 * server, as the user that the request names by its token or impersonates.
 */
#ifndef BERTH_APISERVER_RESPOND_H
#define BERTH_APISERVER_RESPOND_H

#include "test/apiserver/front/request.h"
#include "test/apiserver/front/service.h"

/* Fills `answer` from nothing, and the effects of the faults that fired. */
void respond(struct service *service, const struct request *request,
             struct fault_effects *effects, struct api_answer *answer);

/* Joins what the newest `open` rules do to a request that is being answered. */
bool respond_match_open(struct service *service, const struct request *request,
                        struct fault_effects *effects);

#endif
