/* fault_endpoint.h - /faults: where a test sets the rules of fault_rules.h.
 *
 * GET tells the rules and how often each fired, POST adds a list of rules, DELETE takes
 * all away; each answers with the rules as they were at its end, DELETE with what they
 * had counted.
 */
#ifndef BERTH_APISERVER_FAULT_ENDPOINT_H
#define BERTH_APISERVER_FAULT_ENDPOINT_H

#include "test/apiserver/front/request.h"
#include "test/apiserver/front/service.h"

bool fault_endpoint_serves(const struct request *request);

/* Fills `answer` from nothing. */
void fault_endpoint_answer(struct service *service, const struct request *request,
                           struct api_answer *answer);

#endif
