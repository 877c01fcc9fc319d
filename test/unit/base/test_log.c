#include "kubeclient/base/json.h"
#include "kubeclient/base/log.h"
#include "test/support/check_main.h"

static struct strbuf line;

static void setup(void)
{
    strbuf_init(&line, 16 * 1024);
}

static void teardown(void)
{
    strbuf_fini(&line);
}

static const struct log_field FIELDS[] = {{"name", "a \"b\"", 0},
                                          {"took_ms", NULL, -7}};

START_TEST(json_lines_hold_time_level_message_and_fields)
{
    log_format_line(&line, LOG_JSON,
                    &(struct log_entry){1709251200042, LOG_WARN, "slow", FIELDS, 2});
    ck_assert_str_eq(line.text,
                     "{\"ts\":1709251200.042,\"level\":\"warn\",\"msg\":\"slow\","
                     "\"name\":\"a \\\"b\\\"\",\"took_ms\":-7}\n");
    struct err err = {0};
    auto_json cJSON *parsed = json_parse(line.text, line.len, &err);
    ck_assert_ptr_nonnull(parsed);
}
END_TEST

START_TEST(text_lines_are_for_people)
{
    log_format_line(&line, LOG_TEXT,
                    &(struct log_entry){1000, LOG_INFO, "done", FIELDS, 2});
    ck_assert_str_eq(line.text, "1.000 info  done name=\"a \\\"b\\\"\" took_ms=-7\n");
}
END_TEST

START_TEST(a_line_break_never_gets_into_a_line)
{
    struct log_field field = {"x", "a\nb", 0};
    log_format_line(&line, LOG_TEXT, &(struct log_entry){0, LOG_INFO, "m", &field, 1});
    ck_assert_ptr_eq(strchr(line.text, '\n'), line.text + line.len - 1);
}
END_TEST

START_TEST(long_values_are_cut)
{
    char text[5000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    struct log_field field = {"x", text, 0};
    log_format_line(&line, LOG_JSON, &(struct log_entry){0, LOG_INFO, "m", &field, 1});
    ck_assert(!line.overflow);
    ck_assert_uint_lt(line.len, 2200);
}
END_TEST

static void count_line(void *ctx, enum log_level level, const char *msg,
                       const struct log_field *fields, size_t count)
{
    (void)level;
    (void)msg;
    (void)fields;
    *(size_t *)ctx += count;
}

START_TEST(lines_below_the_level_are_not_written)
{
    size_t fields = 0;
    struct log log = {.level = LOG_INFO, .write = count_line, .ctx = &fields};
    log_debug(&log, "no", LOG_INT("a", 1));
    ck_assert_uint_eq(fields, 0);
    log_info(&log, "yes", LOG_INT("a", 1), LOG_STR("b", NULL));
    ck_assert_uint_eq(fields, 2);
    struct log silent = {0};
    log_error(&silent, "nobody hears", LOG_INT("a", 1));
}
END_TEST

START_TEST(levels_are_read_by_name)
{
    enum log_level level;
    ck_assert(log_parse_level("debug", &level) && level == LOG_DEBUG);
    ck_assert(log_parse_level("error", &level) && level == LOG_ERROR);
    ck_assert(!log_parse_level("Info", &level));
    ck_assert_str_eq(log_level_name(LOG_WARN), "warn");
}
END_TEST

CHECK_MAIN("log", setup, teardown, json_lines_hold_time_level_message_and_fields,
           text_lines_are_for_people, a_line_break_never_gets_into_a_line,
           long_values_are_cut, lines_below_the_level_are_not_written,
           levels_are_read_by_name)
