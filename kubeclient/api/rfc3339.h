/* rfc3339.h - timestamps of the Kubernetes API (RFC 3339, UTC). Pure, no time zone. */
#ifndef BERTH_API_RFC3339_H
#define BERTH_API_RFC3339_H

#include <stdbool.h>
#include <stdint.h>

#define RFC3339_SIZE 32

/* metav1.Time: "2026-01-02T03:04:05Z". */
void rfc3339_format(int64_t unix_ms, char out[RFC3339_SIZE]);

/* metav1.MicroTime: "2026-01-02T03:04:05.678000Z". */
void rfc3339_format_micro(int64_t unix_ms, char out[RFC3339_SIZE]);

/* Accepts fractions and numeric offsets. */
bool rfc3339_parse(const char *text, int64_t *unix_ms);

#endif
