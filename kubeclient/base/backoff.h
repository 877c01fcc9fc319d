/* backoff.h - exponential backoff with full jitter. Pure: randomness is passed in. */
#ifndef BERTH_BASE_BACKOFF_H
#define BERTH_BASE_BACKOFF_H

#include <stdint.h>

struct backoff_policy {
    int64_t base_ms; /* ceiling of the first delay */
    int64_t max_ms;  /* ceiling of all later ones */
};

/* The delay before attempt `failures` + 1: evenly random in [ceiling/2, ceiling] with
 * ceiling = min(max, base * 2^(failures-1)). `failures` counts from 1. */
int64_t backoff_delay(const struct backoff_policy *policy, uint32_t failures,
                      uint64_t random);

/* A small seeded generator (splitmix64) for jitter: never for secrets. */
uint64_t random_next(uint64_t *state);

#endif
