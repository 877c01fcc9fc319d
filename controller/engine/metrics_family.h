/* metrics_family.h - the table of metric families: name, type, labels, help.
 *
 * The first three groups are controller-runtime's, name for name and bucket for bucket.
 * Plain constant data.
 */
#ifndef BERTH_ENGINE_METRICS_FAMILY_H
#define BERTH_ENGINE_METRICS_FAMILY_H

#include "controller/engine/metrics.h"

#include <stddef.h>

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

enum { METRIC_LABELS_MAX = 3 };

struct metric_family {
    const char *name; /* counters end with _total */
    const char *help;
    const char *labels[METRIC_LABELS_MAX + 1]; /* ends with NULL */
    enum metric_type type;
    const double *buckets; /* histograms: upper bounds, rising, without +Inf */
    size_t bucket_count;
};

extern const struct metric_family metric_families[METRIC_COUNT];

#endif
