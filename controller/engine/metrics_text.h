/* metrics_text.h - lines of the Prometheus text format 0.0.4 and of OpenMetrics 1.0.
 *
 * Pure, appends to a buffer.
 * https://prometheus.io/docs/instrumenting/exposition_formats
 */
#ifndef BERTH_ENGINE_METRICS_TEXT_H
#define BERTH_ENGINE_METRICS_TEXT_H

#include "controller/engine/metrics_family.h"

#include <stdint.h>

/* "# HELP" and "# TYPE". OpenMetrics names a counter's family without its _total. */
void metrics_text_head(struct strbuf *out, const struct metric_family *family,
                       bool openmetrics);

/* `a="x",b="y"`: label values escaped, in the order of the family. */
void metrics_text_labels(struct strbuf *out, const struct metric_family *family,
                         const char *const *values);

/* One sample: the family's name and suffix, labels (may be ""), value. */
void metrics_text_sample(struct strbuf *out, const char *name, const char *suffix,
                         const char *labels, double value);

/* The series of a histogram: cumulated buckets, sum, count. `counts` has one element
 * for each bucket and one for what is above. */
void metrics_text_histogram(struct strbuf *out, const struct metric_family *family,
                            const char *labels, const uint64_t *counts, double sum,
                            bool openmetrics);

#endif
