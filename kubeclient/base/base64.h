/* base64.h - base64 (RFC 4648, standard alphabet, padded), as kubeconfig data uses it.
 */
#ifndef BERTH_BASE_BASE64_H
#define BERTH_BASE_BASE64_H

#include "kubeclient/base/err.h"

#include <stddef.h>

/* Decodes text; whitespace is skipped. *bytes is terminated, owned by the caller (free
 * with free_secret() where it is one). Fails with INVALID, never quoting the text. */
WARN_UNUSED bool base64_decode(const char *text, char **bytes, size_t *len,
                               struct err *err);

/* Owned by the caller. */
char *base64_encode(const void *bytes, size_t len);

#endif
