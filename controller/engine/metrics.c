#include "controller/engine/metrics.h"

#include "controller/engine/metrics_text.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/map.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* Past this many combinations of labels a family takes no new ones: a label that turns
 * out to be unbounded costs its own detail and not the process. */
enum { MAX_SERIES = 1000, MAX_LABEL_TEXT = 4096 };

struct series {
    char *labels; /* as printed, and the key */
    double value; /* of a histogram the sum */
    uint64_t counts[];
};

struct metrics {
    struct map families[METRIC_COUNT]; /* of series, by label text */
    struct strbuf key;                 /* scratch */
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = xcalloc(1, sizeof(*metrics));
    for (size_t i = 0; i < METRIC_COUNT; i++)
        map_init_borrowed(&metrics->families[i], i);
    strbuf_init(&metrics->key, MAX_LABEL_TEXT);
    return metrics;
}

static void free_family(struct map *family)
{
    size_t at = 0;
    const char *key;
    void *value;
    while (map_next(family, &at, &key, &value)) {
        struct series *series = value;
        free(series->labels);
        free(series);
    }
    map_fini(family);
}

void metrics_forget(struct metrics *metrics, enum metric metric)
{
    free_family(&metrics->families[metric]);
    map_init_borrowed(&metrics->families[metric], metric);
}

void metrics_free(struct metrics **metrics)
{
    if (!*metrics)
        return;
    for (size_t i = 0; i < METRIC_COUNT; i++)
        free_family(&(*metrics)->families[i]);
    strbuf_fini(&(*metrics)->key);
    free(*metrics);
    *metrics = NULL;
}

static void check_labels(const struct metric_family *family, const char *const *labels)
{
    size_t count = 0;
    while (family->labels[count]) {
        assert(labels[count]);
        count++;
    }
    assert(!labels[count]);
}

/* The series of these labels, made if it is new; NULL: there are too many. */
static struct series *find_series(struct metrics *metrics, enum metric metric,
                                  const char *const *labels)
{
    const struct metric_family *family = &metric_families[metric];
    struct map *map = &metrics->families[metric];
    check_labels(family, labels);
    strbuf_reset(&metrics->key);
    metrics_text_labels(&metrics->key, family, labels);
    struct series *series = map_get(map, metrics->key.text);
    if (series || map->len >= MAX_SERIES || metrics->key.overflow)
        return series;

    size_t counts = family->type == METRIC_HISTOGRAM ? family->bucket_count + 1 : 0;
    series = xcalloc(1, sizeof(*series) + counts * sizeof(series->counts[0]));
    series->labels = xstrdup(metrics->key.text);
    map_put(map, series->labels, series);
    return series;
}

void metrics_add(struct metrics *metrics, enum metric metric, double delta,
                 const char *const *labels)
{
    assert(metric_families[metric].type != METRIC_HISTOGRAM);
    struct series *series = find_series(metrics, metric, labels);
    if (series)
        series->value += delta;
}

void metrics_set(struct metrics *metrics, enum metric metric, double value,
                 const char *const *labels)
{
    assert(metric_families[metric].type != METRIC_HISTOGRAM);
    struct series *series = find_series(metrics, metric, labels);
    if (series)
        series->value = value;
}

void metrics_observe(struct metrics *metrics, enum metric metric, double value,
                     const char *const *labels)
{
    const struct metric_family *family = &metric_families[metric];
    assert(family->type == METRIC_HISTOGRAM);
    struct series *series = find_series(metrics, metric, labels);
    if (!series)
        return;
    size_t bucket = 0;
    while (bucket < family->bucket_count && value > family->buckets[bucket])
        bucket++;
    series->counts[bucket]++;
    series->value += value;
}

static int compare_series(const void *a, const void *b)
{
    const struct series *const *x = a, *const *y = b;
    return strcmp((*x)->labels, (*y)->labels);
}

static void render_family(const struct map *map, const struct metric_family *family,
                          bool openmetrics, struct strbuf *out)
{
    auto_free const struct series **sorted = xcalloc(map->len, sizeof(struct series *));
    size_t at = 0, len = 0;
    const char *key;
    void *value;
    while (map_next(map, &at, &key, &value))
        sorted[len++] = value;
    qsort(sorted, len, sizeof(*sorted), compare_series);

    metrics_text_head(out, family, openmetrics);
    for (size_t i = 0; i < len; i++) {
        if (family->type == METRIC_HISTOGRAM)
            metrics_text_histogram(out, family, sorted[i]->labels, sorted[i]->counts,
                                   sorted[i]->value, openmetrics);
        else
            metrics_text_sample(out, family->name, "", sorted[i]->labels,
                                sorted[i]->value);
    }
}

void metrics_render(const struct metrics *metrics, bool openmetrics, struct strbuf *out)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (metrics->families[i].len)
            render_family(&metrics->families[i], &metric_families[i], openmetrics, out);
    }
    if (openmetrics)
        strbuf_adds(out, "# EOF\n");
}
