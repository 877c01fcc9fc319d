/* siphash.h - SipHash-1-3 (Aumasson, Bernstein), a keyed hash of short texts.
 *
 * Whoever chooses the texts cannot make them collide without knowing the seed. Pure.
 */
#ifndef BERTH_BASE_SIPHASH_H
#define BERTH_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const uint64_t seed[2], const char *bytes, size_t len);

#endif
