/* pem.h - checks certificates and keys before libcurl meets them.
 *
 * libcurl would find a malformed one at the first connection only, and say little.
 * Pure: texts in, verdict out; messages never quote a key.
 */
#ifndef BERTH_NET_PEM_H
#define BERTH_NET_PEM_H

#include "kubeclient/base/err.h"

/* At least one certificate, and each of them parses. */
WARN_UNUSED bool pem_check_certificates(const char *text, struct err *err);

/* A certificate chain whose first belongs to the unencrypted private key. */
WARN_UNUSED bool pem_check_pair(const char *cert, const char *key, struct err *err);

#endif
