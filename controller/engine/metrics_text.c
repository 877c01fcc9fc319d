#include "controller/engine/metrics_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE = 40 };

/* Integers as such, else the shortest decimal that reads back as the same number. */
static void number_text(char out[NUMBER_SIZE], double value)
{
    if (isinf(value)) {
        snprintf(out, NUMBER_SIZE, "%sInf", value > 0 ? "+" : "-");
        return;
    }
    if (value > -1e15 && value < 1e15) {
        int64_t whole = (int64_t)value;
        if (value >= (double)whole && value <= (double)whole) {
            snprintf(out, NUMBER_SIZE, "%lld", (long long)whole);
            return;
        }
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(out, NULL) >= value && strtod(out, NULL) <= value)
            return;
    }
}

/* A bucket's bound; OpenMetrics wants to see that it is a float. */
static void bound_text(char out[NUMBER_SIZE], double value, bool openmetrics)
{
    number_text(out, value);
    if (openmetrics && strspn(out, "0123456789") == strlen(out))
        snprintf(out + strlen(out), NUMBER_SIZE - strlen(out), ".0");
}

/* Backslash and line feed, and quotes where the text stands between them. */
static void add_escaped(struct strbuf *out, const char *text, bool quotes)
{
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            strbuf_adds(out, "\\n");
        else if (*at == '\\' || (quotes && *at == '"'))
            strbuf_addf(out, "\\%c", *at);
        else
            strbuf_addc(out, *at);
    }
}

void metrics_text_head(struct strbuf *out, const struct metric_family *family,
                       bool openmetrics)
{
    static const char *const TYPES[] = {"counter", "gauge", "histogram"};
    size_t len = strlen(family->name);
    if (openmetrics && family->type == METRIC_COUNTER)
        len -= strlen("_total");
    strbuf_addf(out, "# HELP %.*s ", (int)len, family->name);
    add_escaped(out, family->help, openmetrics);
    strbuf_addf(out, "\n# TYPE %.*s %s\n", (int)len, family->name, TYPES[family->type]);
}

void metrics_text_labels(struct strbuf *out, const struct metric_family *family,
                         const char *const *values)
{
    for (size_t i = 0; family->labels[i]; i++) {
        strbuf_addf(out, "%s%s=\"", i ? "," : "", family->labels[i]);
        add_escaped(out, values[i], true);
        strbuf_addc(out, '"');
    }
}

void metrics_text_sample(struct strbuf *out, const char *name, const char *suffix,
                         const char *labels, double value)
{
    char number[NUMBER_SIZE];
    number_text(number, value);
    strbuf_addf(out, "%s%s", name, suffix);
    if (labels[0])
        strbuf_addf(out, "{%s}", labels);
    strbuf_addf(out, " %s\n", number);
}

void metrics_text_histogram(struct strbuf *out, const struct metric_family *family,
                            const char *labels, const uint64_t *counts, double sum,
                            bool openmetrics)
{
    uint64_t total = 0;
    for (size_t i = 0; i <= family->bucket_count; i++) {
        char bound[NUMBER_SIZE];
        total += counts[i];
        bound_text(bound, i < family->bucket_count ? family->buckets[i] : INFINITY,
                   openmetrics);
        strbuf_addf(out, "%s_bucket{%s%sle=\"%s\"} %llu\n", family->name, labels,
                    labels[0] ? "," : "", bound, (unsigned long long)total);
    }
    metrics_text_sample(out, family->name, "_sum", labels, sum);
    metrics_text_sample(out, family->name, "_count", labels, (double)total);
}
