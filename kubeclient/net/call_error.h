/* call_error.h - why there was no answer, in words that name the server and the cause.
 */
#ifndef BERTH_NET_CALL_ERROR_H
#define BERTH_NET_CALL_ERROR_H

#include "kubeclient/net/call.h"

#include <curl/curl.h>

/* Sets err (UNAVAILABLE: whatever it was may pass) from libcurl's code and `detail`,
 * the text it left, and returns false. Names where the trusted certificates came from
 * when the server's was refused. */
bool call_error(CURL *easy, CURLcode code, const char *detail, const struct wire *wire,
                struct err *err);

#endif
