/* fuzz.h - what every fuzz target defines.
 *
 * A target aborts, by assert or by a sanitizer, on a violated property. It gets the
 * input in memory of exactly that size, and keeps nothing between calls.
 */
#ifndef BERTH_TEST_FUZZ_H
#define BERTH_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry point; always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
