#include "kubeclient/base/err.h"
#include "test/support/check_main.h"

START_TEST(setting_gives_a_fresh_value_and_false)
{
    struct err err = {.kind = ERR_CONFLICT, .http_status = 409, .retry_after_ms = 5};
    ck_assert(!err_set(&err, ERR_INVALID, "%s: %d", "bad", 7));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_int_eq(err.http_status, 0);
    ck_assert_int_eq(err.retry_after_ms, 0);
    ck_assert_str_eq(err.msg, "bad: 7");
}
END_TEST

START_TEST(wrapping_prepends_and_keeps_the_rest)
{
    struct err err;
    err_set(&err, ERR_FORBIDDEN, "no");
    err.http_status = 403;
    ck_assert(!err_wrap(&err, "applying %s", "web"));
    ck_assert_str_eq(err.msg, "applying web: no");
    ck_assert_int_eq(err.kind, ERR_FORBIDDEN);
    ck_assert_int_eq(err.http_status, 403);
}
END_TEST

START_TEST(a_long_message_is_cut_and_says_so)
{
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    struct err err;
    err_set(&err, ERR_INTERNAL, "%s", text);
    ck_assert_uint_eq(strlen(err.msg), sizeof err.msg - 1);
    ck_assert_str_eq(err.msg + sizeof err.msg - 5, "x...");
    err_wrap(&err, "%s", text);
    ck_assert_uint_eq(strlen(err.msg), sizeof err.msg - 1);
    ck_assert_str_eq(err.msg + sizeof err.msg - 4, "...");
}
END_TEST

START_TEST(wrapping_with_itself_is_harmless)
{
    struct err err;
    err_set(&err, ERR_INTERNAL, "inner");
    err_wrap(&err, "%s", err.msg);
    ck_assert_str_eq(err.msg, "inner: inner");
}
END_TEST

START_TEST(only_what_time_may_heal_is_retried)
{
    static const enum err_kind FINAL[] = {ERR_NOT_FOUND, ERR_FORBIDDEN, ERR_INVALID,
                                          ERR_CANCELED};
    static const enum err_kind RETRIED[] = {ERR_CONFLICT,    ERR_EXPIRED,
                                            ERR_THROTTLED,   ERR_INTERNAL,
                                            ERR_UNAVAILABLE, ERR_UNAUTHORIZED};
    struct err err = {0};
    for (size_t i = 0; i < sizeof FINAL / sizeof *FINAL; i++) {
        err.kind = FINAL[i];
        ck_assert_msg(!err_retryable(&err), "%s", err_kind_name(err.kind));
    }
    for (size_t i = 0; i < sizeof RETRIED / sizeof *RETRIED; i++) {
        err.kind = RETRIED[i];
        ck_assert_msg(err_retryable(&err), "%s", err_kind_name(err.kind));
    }
}
END_TEST

CHECK_MAIN("err", NULL, NULL, setting_gives_a_fresh_value_and_false,
           wrapping_prepends_and_keeps_the_rest, a_long_message_is_cut_and_says_so,
           wrapping_with_itself_is_harmless, only_what_time_may_heal_is_retried)
