/* secret_file.h - small files that hold credentials, read at known moments.
 *
 * Read synchronously: a kubelet's projected volume or a home directory, a few KiB.
 */
#ifndef BERTH_NET_SECRET_FILE_H
#define BERTH_NET_SECRET_FILE_H

#include "kubeclient/base/err.h"

/* The whole file, terminated; at most 1 MiB, no NUL bytes. Wiped on failure. The caller
 * frees it with free_secret(). err names the path and never the content. */
WARN_UNUSED bool secret_file_read(const char *path, char **text, struct err *err);

#endif
