/* clock.h - the two clocks as one value, passed in by whoever has them.
 *
 * Pure code reads no clock. Monotonic milliseconds are for waiting and deadlines, wall
 * clock milliseconds since 1970 only for timestamps that others read.
 */
#ifndef BERTH_BASE_CLOCK_H
#define BERTH_BASE_CLOCK_H

#include <stdint.h>

struct instant {
    int64_t mono_ms;
    int64_t wall_ms;
};

#endif
