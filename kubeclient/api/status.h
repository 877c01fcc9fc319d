/* status.h - what the API server says went wrong, as a struct err.
 *
 * The body of a failed answer is a metav1.Status (meta/v1 "Status"), or plain text from
 * something in between. Also the object of a watch's ERROR event.
 */
#ifndef BERTH_API_STATUS_H
#define BERTH_API_STATUS_H

#include "kubeclient/api/request.h"
#include "kubeclient/base/err.h"

/* True for 2xx; else sets err from code, reason, message, details.causes (field:
 * message) and Retry-After. */
WARN_UNUSED bool kube_status_ok(const struct kube_response *response, struct err *err);

/* Sets err from a Status object and returns false. 410 and reason Expired or Gone give
 * ERR_EXPIRED, 504 with cause ResourceVersionTooLarge gives ERR_UNAVAILABLE. */
bool kube_status_err(const char *text, size_t len, int http_status, struct err *err);

#endif
