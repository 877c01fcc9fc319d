/* review.h - the kinds that are answered and not stored: who am I, may I, is this token
 * good. Pure.
 */
#ifndef BERTH_APISERVER_REVIEW_H
#define BERTH_APISERVER_REVIEW_H

#include "test/apiserver/server/call.h"

WARN_UNUSED bool review_answer(struct call *call);

#endif
