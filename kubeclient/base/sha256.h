/* sha256.h - SHA-256 (FIPS 180-4) of a buffer. Pure; OpenSSL behind it. */
#ifndef BERTH_BASE_SHA256_H
#define BERTH_BASE_SHA256_H

#include <stddef.h>

#define SHA256_HEX_SIZE 65 /* 64 lowercase hex digits and the terminator */

void sha256_hex(const void *bytes, size_t len, char hex[SHA256_HEX_SIZE]);

#endif
