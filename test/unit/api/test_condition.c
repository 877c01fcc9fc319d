#include "kubeclient/api/condition.h"
#include "test/support/check_main.h"

static cJSON *list_with(const cJSON *former, const struct condition *condition,
                        int64_t now_ms)
{
    cJSON *list = json_array();
    struct condition_context context = {
        .former = former, .observed_generation = 3, .now_ms = now_ms};
    condition_set(list, &context, condition);
    return list;
}

static const struct condition READY = {"Ready", CONDITION_TRUE, "Configured", "ok"};
static const struct condition BROKEN = {"Ready", CONDITION_FALSE, "APIError", NULL};

START_TEST(a_new_condition_holds_everything)
{
    auto_json cJSON *list = list_with(NULL, &READY, 0);
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_print(&text, list);
    ck_assert_str_eq(
        text.text, "[{\"type\":\"Ready\",\"status\":\"True\",\"observedGeneration\":3,"
                   "\"lastTransitionTime\":\"1970-01-01T00:00:00Z\","
                   "\"reason\":\"Configured\",\"message\":\"ok\"}]");
    strbuf_fini(&text);
}
END_TEST

START_TEST(the_transition_time_stays_while_the_status_does)
{
    auto_json cJSON *former = list_with(NULL, &READY, 0);
    struct condition other = READY;
    other.reason = "Other";
    auto_json cJSON *list = list_with(former, &other, 60000);
    ck_assert_str_eq(json_str(condition_find(list, "Ready"), "lastTransitionTime"),
                     "1970-01-01T00:00:00Z");
    ck_assert_str_eq(condition_reason(list, "Ready"), "Other");
}
END_TEST

START_TEST(the_transition_time_moves_with_the_status)
{
    auto_json cJSON *former = list_with(NULL, &READY, 0);
    auto_json cJSON *list = list_with(former, &BROKEN, 60000);
    ck_assert_str_eq(json_str(condition_find(list, "Ready"), "lastTransitionTime"),
                     "1970-01-01T00:01:00Z");
    ck_assert(condition_is(list, "Ready", CONDITION_FALSE));
    ck_assert(!condition_is(list, "Ready", CONDITION_TRUE));
    ck_assert_str_eq(json_str(condition_find(list, "Ready"), "message"), "");
}
END_TEST

START_TEST(absent_conditions_are_neither_true_nor_false)
{
    ck_assert_ptr_null(condition_find(NULL, "Ready"));
    ck_assert(!condition_is(NULL, "Ready", CONDITION_UNKNOWN));
    ck_assert_str_eq(condition_reason(NULL, "Ready"), "");
}
END_TEST

START_TEST(a_long_message_is_cut_between_characters)
{
    char *text = malloc(40001);
    for (size_t i = 0; i + 1 < 40001; i += 2)
        memcpy(text + i, "\xC3\xA4", 2);
    text[40000] = '\0';
    memmove(text + 1, text, 40000); /* an odd start: the cut would hit a character */
    text[0] = 'x';
    text[40000] = '\0';
    struct condition condition = {"Ready", CONDITION_FALSE, "APIError", text};
    auto_json cJSON *list = list_with(NULL, &condition, 0);
    ck_assert_uint_eq(strlen(json_str(condition_find(list, "Ready"), "message")),
                      32767);
    free(text);
}
END_TEST

CHECK_MAIN("condition", NULL, NULL, a_new_condition_holds_everything,
           the_transition_time_stays_while_the_status_does,
           the_transition_time_moves_with_the_status,
           absent_conditions_are_neither_true_nor_false,
           a_long_message_is_cut_between_characters)
