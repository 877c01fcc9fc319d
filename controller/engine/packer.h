/* packer.h - many similar texts, each held small.
 *
 * Objects of one kind repeat each other: the same member names, the same containers. A
 * packer learns a dictionary from the first texts it is given and deflates each further
 * one against it (RFC 1951, zlib); when texts have come to look otherwise, it learns
 * another one. For Deployments and AgentRuntimes as Berth projects them that is an
 * eighth of the bytes; unpacking costs a quarter of what parsing does.
 *
 * Packed texts are unpacked one by one, in any order, by the packer that made them.
 * Pure.
 */
#ifndef BERTH_ENGINE_PACKER_H
#define BERTH_ENGINE_PACKER_H

#include "kubeclient/base/strbuf.h"

#include <stddef.h>

struct packer;

struct packer *packer_new(void);
void packer_free(struct packer **packer);

/* Appends the packed form of `text` to `out`. */
void packer_pack(struct packer *packer, const char *text, size_t len,
                 struct strbuf *out);

/* The text again, `text_len` bytes, not terminated; borrowed from the packer, or from
 * `packed`, until the next call. What was not packed by this packer, and another
 * length, are bugs. */
const char *packer_unpack(struct packer *packer, const char *packed, size_t packed_len,
                          size_t text_len);

/* Bytes of the packer itself: dictionary and compressor states. */
size_t packer_overhead(const struct packer *packer);

#endif
