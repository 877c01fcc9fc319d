#include "controller/engine/metrics_family.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct metrics *metrics;
static struct strbuf out;

static void setup(void)
{
    metrics = metrics_new();
    strbuf_init(&out, 65536);
}

static void teardown(void)
{
    metrics_free(&metrics);
    strbuf_fini(&out);
}

START_TEST(every_family_is_described_and_named_by_its_type)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const struct metric_family *family = &metric_families[i];
        ck_assert_ptr_nonnull(family->name);
        ck_assert_ptr_nonnull(family->help);
        ck_assert_ptr_nonnull(family->labels[0]);
        size_t len = strlen(family->name);
        bool total = len > 6 && strcmp(family->name + len - 6, "_total") == 0;
        ck_assert_msg(total == (family->type == METRIC_COUNTER), "%s", family->name);
        ck_assert((family->type == METRIC_HISTOGRAM) == (family->bucket_count > 0));
        for (size_t b = 1; b < family->bucket_count; b++)
            ck_assert(family->buckets[b - 1] < family->buckets[b]);
    }
}
END_TEST

START_TEST(a_family_without_series_is_not_printed)
{
    metrics_render(metrics, false, &out);
    ck_assert_str_eq(out.text, "");
    metrics_render(metrics, true, &out);
    ck_assert_str_eq(out.text, "# EOF\n");
}
END_TEST

START_TEST(counters_add_and_gauges_hold_the_last_value)
{
    metrics_add(metrics, METRIC_RECONCILE_TOTAL, 1, METRIC_LABELS("b", "success"));
    metrics_add(metrics, METRIC_RECONCILE_TOTAL, 2, METRIC_LABELS("b", "success"));
    metrics_add(metrics, METRIC_RECONCILE_TOTAL, 1, METRIC_LABELS("a", "error"));
    metrics_set(metrics, METRIC_CACHE_BYTES, 5, METRIC_LABELS("pods"));
    metrics_set(metrics, METRIC_CACHE_BYTES, 1.5e9, METRIC_LABELS("pods"));
    metrics_render(metrics, false, &out);
    ck_assert_str_eq(
        out.text,
        "# HELP controller_runtime_reconcile_total Total number of reconciliations "
        "per controller.\n"
        "# TYPE controller_runtime_reconcile_total counter\n"
        "controller_runtime_reconcile_total{controller=\"a\",result=\"error\"} 1\n"
        "controller_runtime_reconcile_total{controller=\"b\",result=\"success\"} 3\n"
        "# HELP berth_cache_bytes Bytes that the cache takes.\n"
        "# TYPE berth_cache_bytes gauge\n"
        "berth_cache_bytes{resource=\"pods\"} 1500000000\n");
}
END_TEST

START_TEST(label_values_are_escaped)
{
    metrics_set(metrics, METRIC_LEADER, 1, METRIC_LABELS("a\"b\\c\nd"));
    metrics_render(metrics, false, &out);
    ck_assert_ptr_nonnull(strstr(
        out.text, "leader_election_master_status{name=\"a\\\"b\\\\c\\nd\"} 1\n"));
}
END_TEST

START_TEST(a_histogram_cumulates_and_a_bound_belongs_to_its_bucket)
{
    const char *const *labels = METRIC_LABELS("get", "h");
    metrics_observe(metrics, METRIC_REQUEST_SECONDS, 0.025, labels);
    metrics_observe(metrics, METRIC_REQUEST_SECONDS, 0.5, labels);
    metrics_observe(metrics, METRIC_REQUEST_SECONDS, 99, labels);
    metrics_render(metrics, false, &out);
    const char *name = "rest_client_request_duration_seconds";
    struct strbuf want;
    strbuf_init(&want, 65536);
    strbuf_addf(&want, "# HELP %s Request latency in seconds by verb and host.\n",
                name);
    strbuf_addf(&want, "# TYPE %s histogram\n", name);
    static const struct {
        const char *le;
        int count;
    } LINES[] = {{"0.005", 0}, {"0.025", 1}, {"0.1", 1}, {"0.25", 1}, {"0.5", 2},
                 {"1", 2},     {"2", 2},     {"4", 2},   {"8", 2},    {"15", 2},
                 {"30", 2},    {"60", 2},    {"+Inf", 3}};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
        strbuf_addf(&want, "%s_bucket{verb=\"get\",host=\"h\",le=\"%s\"} %d\n", name,
                    LINES[i].le, LINES[i].count);
    strbuf_addf(&want, "%s_sum{verb=\"get\",host=\"h\"} 99.525\n", name);
    strbuf_addf(&want, "%s_count{verb=\"get\",host=\"h\"} 3\n", name);
    ck_assert_str_eq(out.text, want.text);
    strbuf_fini(&want);
}
END_TEST

START_TEST(openmetrics_names_counters_without_total_and_bounds_as_floats)
{
    metrics_add(metrics, METRIC_EVENTS_SENT, 7, METRIC_LABELS("Normal"));
    metrics_observe(metrics, METRIC_WORKQUEUE_WORK_SECONDS, 2, METRIC_LABELS("q", "q"));
    metrics_render(metrics, true, &out);
    ck_assert_ptr_nonnull(strstr(out.text, "# TYPE berth_events_sent counter\n"));
    ck_assert_ptr_nonnull(
        strstr(out.text, "berth_events_sent_total{type=\"Normal\"} 7\n"));
    ck_assert_ptr_nonnull(strstr(out.text, "le=\"1.0\"} 0\n"));
    ck_assert_ptr_nonnull(strstr(out.text, "le=\"1e-08\"} 0\n"));
    ck_assert_ptr_nonnull(strstr(out.text, "le=\"10.0\"} 1\n"));
    ck_assert_str_eq(out.text + out.len - 6, "# EOF\n");
}
END_TEST

START_TEST(an_unbounded_label_does_not_grow_for_ever)
{
    char name[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof(name), "%d", i);
        metrics_set(metrics, METRIC_LEADER, 1, METRIC_LABELS(name));
    }
    strbuf_fini(&out);
    strbuf_init(&out, 1024 * 1024);
    metrics_render(metrics, false, &out);
    size_t lines = 0;
    for (const char *at = out.text; (at = strchr(at, '\n')); at++)
        lines++;
    ck_assert_uint_eq(lines, 1002);
}
END_TEST

START_TEST(a_forgotten_family_is_not_printed_and_can_begin_anew)
{
    metrics_set(metrics, METRIC_OBJECTS_READY, 3, METRIC_LABELS("c", "True"));
    metrics_forget(metrics, METRIC_OBJECTS_READY);
    metrics_render(metrics, false, &out);
    ck_assert_str_eq(out.text, "");
    metrics_set(metrics, METRIC_OBJECTS_READY, 4, METRIC_LABELS("c", "False"));
    metrics_render(metrics, false, &out);
    ck_assert_ptr_nonnull(strstr(out.text, "status=\"False\"} 4\n"));
    ck_assert_ptr_null(strstr(out.text, "True"));
}
END_TEST

CHECK_MAIN("metrics", setup, teardown, every_family_is_described_and_named_by_its_type,
           a_family_without_series_is_not_printed,
           counters_add_and_gauges_hold_the_last_value, label_values_are_escaped,
           a_histogram_cumulates_and_a_bound_belongs_to_its_bucket,
           openmetrics_names_counters_without_total_and_bounds_as_floats,
           an_unbounded_label_does_not_grow_for_ever,
           a_forgotten_family_is_not_printed_and_can_begin_anew)
