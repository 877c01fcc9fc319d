#include "kubeclient/base/backoff.h"

#include <assert.h>

int64_t backoff_delay(const struct backoff_policy *policy, uint32_t failures,
                      uint64_t random)
{
    assert(failures > 0 && policy->base_ms > 0 && policy->max_ms >= policy->base_ms);
    int64_t ceiling = policy->base_ms;
    for (uint32_t i = 1; i < failures && ceiling < policy->max_ms; i++)
        ceiling = ceiling > policy->max_ms / 2 ? policy->max_ms : ceiling * 2;
    int64_t half = ceiling / 2;
    return half + (int64_t)(random % (uint64_t)(ceiling - half + 1));
}

uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}
