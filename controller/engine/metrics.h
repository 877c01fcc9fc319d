/* metrics.h - counters, gauges and histograms, and their text form.
 *
 * The families are one table in metrics.c, with the names that controller-runtime uses,
 * so that existing dashboards work. Pure: values are kept here, served by
 * controller/http_server.c. Label values are given in the order of the family's label
 * names; a new combination makes a new series.
 */
#ifndef BERTH_ENGINE_METRICS_H
#define BERTH_ENGINE_METRICS_H

#include "kubeclient/base/strbuf.h"

#include <stdbool.h>

enum metric {
    /* controller_runtime_*{controller} */
    METRIC_RECONCILE_TOTAL, /* controller, result: error requeue_after requeue success
                             */
    METRIC_RECONCILE_ERRORS,
    METRIC_TERMINAL_RECONCILE_ERRORS,
    METRIC_RECONCILE_TIMEOUTS,
    METRIC_RECONCILE_PANICS,
    METRIC_RECONCILE_SECONDS, /* histogram */
    METRIC_MAX_CONCURRENT_RECONCILES,
    METRIC_ACTIVE_WORKERS,
    /* workqueue_*{name,controller} */
    METRIC_WORKQUEUE_DEPTH, /* and priority */
    METRIC_WORKQUEUE_ADDS,
    METRIC_WORKQUEUE_QUEUE_SECONDS, /* histogram */
    METRIC_WORKQUEUE_WORK_SECONDS,  /* histogram */
    METRIC_WORKQUEUE_UNFINISHED_SECONDS,
    METRIC_WORKQUEUE_LONGEST_SECONDS,
    METRIC_WORKQUEUE_RETRIES,
    /* rest_client_* */
    METRIC_REQUESTS_TOTAL,  /* code, method, host */
    METRIC_REQUEST_SECONDS, /* verb, host; histogram */
    METRIC_REQUEST_RETRIES, /* code, verb, host */
    METRIC_LEADER,          /* leader_election_master_status{name} */
    /* berth_* */
    METRIC_WATCH_AGE_SECONDS,  /* resource: since the last event or bookmark */
    METRIC_WATCH_RESTARTS,     /* resource */
    METRIC_WATCH_RELISTS,      /* resource, reason */
    METRIC_CACHE_OBJECTS,      /* resource */
    METRIC_CACHE_BYTES,        /* resource */
    METRIC_APPLIES_SUPPRESSED, /* controller: applies not sent for they change nothing
                                */
    METRIC_STALE_RETRIES,      /* controller: looked again after a conflict */
    METRIC_LIVE_READS,         /* controller: GETs of what no cache holds */
    METRIC_EVENTS_SENT,        /* type */
    METRIC_EVENTS_DROPPED,     /* type */
    METRIC_OBJECTS_READY,      /* controller, status: True False Unknown */
    METRIC_CONFIG_RELOADS,     /* result: applied refused */
    METRIC_BUILD_INFO,         /* version */
    METRIC_COUNT,
};

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics **metrics);

/* Label values are copied; the call takes exactly as many as the family has. */
void metrics_add(struct metrics *metrics, enum metric metric, double delta,
                 const char *const *labels);
void metrics_set(struct metrics *metrics, enum metric metric, double value,
                 const char *const *labels);
void metrics_observe(struct metrics *metrics, enum metric metric, double value,
                     const char *const *labels);

/* Drops all series of the family. */
void metrics_forget(struct metrics *metrics, enum metric metric);

#define METRIC_LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Appends all families that have a series: Prometheus text format 0.0.4, or OpenMetrics
 * 1.0 with its # EOF. */
void metrics_render(const struct metrics *metrics, bool openmetrics,
                    struct strbuf *out);

#endif
