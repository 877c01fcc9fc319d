/* status_answer.h - answers that are a metav1.Status, made by the front itself. */
#ifndef BERTH_APISERVER_STATUS_ANSWER_H
#define BERTH_APISERVER_STATUS_ANSWER_H

#include "test/apiserver/server/api_server.h"

enum { ANSWER_MAX = 1024 * 1024 }; /* bytes of an answer that the front makes */

/* Fills `answer` from nothing; the reason follows from the status. */
void answer_with_status(struct api_answer *answer, int status, const char *message);

/* Fills it with 200 and a tree, which is consumed. */
void answer_with_json(struct api_answer *answer, cJSON *tree);

/* "Not Found"; "" for a status that is not in the table. */
const char *status_phrase(int status);

#endif
