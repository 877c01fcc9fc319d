/* age.h - how long ago, as `kubectl get` shows it: 5s, 2m3s, 10m, 3h5m, 2d, 1y30d. */
#ifndef BERTH_APISERVER_AGE_H
#define BERTH_APISERVER_AGE_H

#include "kubeclient/base/strbuf.h"

#include <stdint.h>

/* Two units at most, the second only while it says something. */
void age_print(struct strbuf *out, int64_t ms);

/* The age of an RFC 3339 time, "<unknown>" where it is none (NULL too). */
void age_print_since(struct strbuf *out, const char *time, int64_t now_ms);

#endif
