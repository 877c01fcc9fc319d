/* cached.h - objects as the caches hold them: with what the reconcilers' watches keep.
 */
#ifndef BERTH_TEST_CACHED_H
#define BERTH_TEST_CACHED_H

#include "reconcilers/reconciler.h"

/* A copy of `object` without what its watch does not keep; whole where the reconciler
 * watches no such kind, and so reads it live. Owned. */
cJSON *as_cached(const struct reconciler *reconciler, const cJSON *object);

#endif
