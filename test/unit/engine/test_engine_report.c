#include "test/unit/engine/engine_play.h"

static void expect_report(const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 4096);
    engine_sync_report(engine, &text);
    ck_assert_str_eq(text.text, wanted);
    strbuf_fini(&text);
}

static void expect_json(const cJSON *json, const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 16);
    json_canonical(&text, json);
    ck_assert_str_eq(text.text, wanted);
    strbuf_fini(&text);
}

/* ---- /readyz */

START_TEST(a_report_names_what_is_not_complete)
{
    start();
    answer_version("v1");
    end_list(ALPHA_LIST);
    end_list(POD_LIST);
    answer(BETA_LIST, 403, status_text(403, "Forbidden"));
    expect_report("deployments: not complete\n"
                  "statefulsets: not complete: server says Forbidden\n"
                  "deployments: not complete\n");
    ck_assert(!engine_synced(engine));
}
END_TEST

START_TEST(there_is_nothing_to_report_when_all_is_well)
{
    synchronize();
    expect_report("");
}
END_TEST

START_TEST(a_report_names_what_is_stale)
{
    synchronize();
    break_off(ALPHA_LIST);
    expect_report("agentruntimes: stale: the connection broke\n");
    wake();
    line(ALPHA_LIST, "BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"120\"}}");
    expect_report("");
}
END_TEST

/* ---- the log */

struct lines {
    char text[1024];
};

static void write_line(void *ctx, enum log_level level, const char *msg,
                       const struct log_field *fields, size_t count)
{
    struct lines *lines = ctx;
    size_t len = strlen(lines->text);
    len += (size_t)snprintf(lines->text + len, sizeof lines->text - len, "%s: %s",
                            log_level_name(level), msg);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(lines->text + len, sizeof lines->text - len, " %s=%s",
                                fields[i].name, fields[i].text);
    snprintf(lines->text + len, sizeof lines->text - len, "\n");
}

static void expect_lines(struct lines *lines, const char *wanted)
{
    ck_assert_str_eq(lines->text, wanted);
    lines->text[0] = '\0';
}

START_TEST(a_watch_that_breaks_and_comes_back_is_logged_once)
{
    static const struct reconciler *const ONE[] = {&ALPHA, NULL};
    static struct lines lines;
    engine_free(&engine);
    engine = engine_new(&(struct engine_options){
        .reconcilers = ONE,
        .config = &CONFIG,
        .identity = "me",
        .max_reconciles = 1,
        .metrics = metrics,
        .log = {.level = LOG_INFO, .write = write_line, .ctx = &lines},
    });
    start();
    answer_version("v1");
    end_list(ALPHA_LIST);
    end_list(DEPLOYMENT_LIST);
    lines.text[0] = '\0';
    for (int i = 0; i < 3; i++) {
        break_off(ALPHA_LIST);
        wake();
    }
    expect_lines(&lines, "warn: a watch is broken: what is known stays, and it is tried"
                         " again resource=agentruntimes error=the connection broke\n");
    line(ALPHA_LIST, "BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"120\"}}");
    engine_on_timer(engine, now);
    expect_lines(&lines, "info: a watch is healthy again resource=agentruntimes\n");
}
END_TEST

/* ---- /debug/state */

START_TEST(its_state_can_be_read)
{
    synchronize();
    pass(700);
    auto_json cJSON *debug = engine_debug(engine, now);
    const cJSON *alpha = json_at(debug, "controllers", "alpha");
    cJSON *watch = json_adopt(arena, json_copy(json_at(alpha, "watches")->child));
    ck_assert_int_gt(json_int(watch, 0, "bytes"), 0);
    json_remove(watch, "bytes");
    expect_json(watch,
                "{\"health\":\"healthy\",\"lastEventAgoMs\":700,\"objects\":1,"
                "\"resource\":\"agentruntimes\",\"restarts\":0,\"synced\":true}");
    ck_assert_uint_eq(json_count(json_at(alpha, "watches")), 2);
    ck_assert_uint_eq(json_count(json_at(debug, "controllers", "beta", "watches")), 3);
    expect_json(json_at(alpha, "queue"),
                "{\"delayed\":0,\"failing\":[],\"ready\":0,\"running\":[]}");
    cJSON *rest = json_adopt(arena, json_copy(debug));
    json_remove(rest, "controllers");
    expect_json(rest, "{\"eventsInFlight\":0,\"paused\":false,\"running\":0,"
                      "\"serverVersion\":\"v1.37.2\",\"synced\":true}");
}
END_TEST

START_TEST(its_state_shows_work_and_trouble)
{
    script = plan_read;
    synchronize();
    pass(200);
    answer(POD_LIST, 403, status_text(403, "Forbidden"));
    engine_pause(engine);
    auto_json cJSON *debug = engine_debug(engine, now);
    ck_assert_int_eq(json_int(debug, 0, "running"), 2);
    ck_assert(json_bool(debug, false, "paused"));
    expect_json(json_at(debug, "controllers", "alpha", "queue", "running"),
                "[{\"forMs\":200,\"key\":\"a/x\"}]");
    const cJSON *pods =
        json_find(json_at(debug, "controllers", "beta", "watches"), "resource", "pods");
    ck_assert_str_eq(json_str(pods, "health"), "forbidden");
    ck_assert_str_eq(json_str(pods, "error"), "server says Forbidden");
}
END_TEST

START_TEST(its_state_before_the_start_is_empty)
{
    auto_json cJSON *debug = engine_debug(engine, now);
    const cJSON *watch = json_at(debug, "controllers", "alpha", "watches")->child;
    ck_assert(!json_bool(debug, true, "synced"));
    ck_assert_str_eq(json_str(debug, "serverVersion"), "");
    ck_assert_str_eq(json_str(watch, "health"), "unknown");
    ck_assert_ptr_null(json_at(watch, "lastEventAgoMs"));
}
END_TEST

/* ---- /metrics */

static const char *ready(const char *name, int version, const char *status)
{
    return arena_printf(arena,
                        "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"a\","
                        "\"resourceVersion\":\"%d\"},\"status\":{\"conditions\":"
                        "[{\"type\":\"Ready\",\"status\":\"%s\"}]}}",
                        name, version, status);
}

START_TEST(objects_are_counted_by_ready)
{
    synchronize(); /* a/x has no condition */
    line(ALPHA_LIST, "ADDED", ready("y", 110, "True"));
    line(ALPHA_LIST, "ADDED", ready("z", 111, "False"));
    expect_metric("berth_objects_ready{controller=\"alpha\",status=\"True\"} 1\n");
    expect_metric("berth_objects_ready{controller=\"alpha\",status=\"False\"} 1\n");
    expect_metric("berth_objects_ready{controller=\"alpha\",status=\"Unknown\"} 1\n");
    line(ALPHA_LIST, "MODIFIED", ready("z", 112, "True"));
    line(ALPHA_LIST, "DELETED", ready("y", 113, "True"));
    line(ALPHA_LIST, "MODIFIED", ready("x", 114, "True"));
    expect_metric("berth_objects_ready{controller=\"alpha\",status=\"True\"} 2\n");
    expect_metric("berth_objects_ready{controller=\"alpha\",status=\"False\"} 0\n");
    expect_metric("berth_objects_ready{controller=\"alpha\",status=\"Unknown\"} 0\n");
}
END_TEST

START_TEST(watches_and_caches_are_measured)
{
    synchronize();
    pass(1500);
    expect_metric("berth_cache_objects{resource=\"agentruntimes\"} 1\n");
    expect_metric("berth_cache_objects{resource=\"deployments\"} 2\n"); /* of both */
    expect_metric("berth_watch_age_seconds{resource=\"pods\"} 1.5\n");
    expect_metric("berth_watch_restarts_total{resource=\"agentruntimes\"} 0\n");
    break_off(ALPHA_LIST);
    wake();
    expect_metric("berth_watch_restarts_total{resource=\"agentruntimes\"} 1\n");
    answer(ALPHA_LIST, 410, status_text(410, "Expired"));
    if (count_open(ALPHA_LIST) == 0)
        wake();
    end_list(ALPHA_LIST);
    expect_metric("berth_watch_relists_total{resource=\"agentruntimes\",reason="
                  "\"expired\"} 1\n");
    expect_metric("workqueue_depth{name=\"beta\",controller=\"beta\",priority=\"0\"} "
                  "0\n");
    expect_metric("controller_runtime_max_concurrent_reconciles{controller=\"alpha\"} "
                  "8\n");
}
END_TEST

CHECK_MAIN("engine_report", setup, teardown, a_report_names_what_is_not_complete,
           there_is_nothing_to_report_when_all_is_well, a_report_names_what_is_stale,
           a_watch_that_breaks_and_comes_back_is_logged_once, its_state_can_be_read,
           its_state_shows_work_and_trouble, its_state_before_the_start_is_empty,
           objects_are_counted_by_ready, watches_and_caches_are_measured)
