#include "kubeclient/api/status.h"
#include "test/support/check_main.h"

static struct err err_of(int status, const char *body)
{
    struct err err = {0};
    struct kube_response response = {
        .status = status, .body = body, .len = strlen(body)};
    ck_assert(!kube_status_ok(&response, &err));
    return err;
}

START_TEST(success_leaves_err_untouched)
{
    struct err err = {.kind = ERR_CANCELED};
    struct kube_response response = {.status = 201, .body = "{}", .len = 2};
    ck_assert(kube_status_ok(&response, &err));
    ck_assert_int_eq(err.kind, ERR_CANCELED);
}
END_TEST

START_TEST(a_status_gives_kind_and_message)
{
    struct err err =
        err_of(422, "{\"kind\":\"Status\",\"code\":422,\"reason\":\"Invalid\","
                    "\"message\":\"spec.type: Required value\"}");
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_int_eq(err.http_status, 422);
    ck_assert_str_eq(err.msg, "spec.type: Required value");
    ck_assert(!err_retryable(&err));
}
END_TEST

START_TEST(codes_map_to_kinds)
{
    static const struct {
        int code;
        enum err_kind kind;
    } ROWS[] = {{400, ERR_INVALID},     {401, ERR_UNAUTHORIZED}, {403, ERR_FORBIDDEN},
                {404, ERR_NOT_FOUND},   {409, ERR_CONFLICT},     {410, ERR_EXPIRED},
                {429, ERR_THROTTLED},   {500, ERR_UNAVAILABLE},  {503, ERR_UNAVAILABLE},
                {504, ERR_UNAVAILABLE}, {302, ERR_INTERNAL}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        ck_assert_int_eq(err_of(ROWS[i].code, "").kind, ROWS[i].kind);
}
END_TEST

START_TEST(plain_text_is_quoted_up_to_its_first_line)
{
    struct err err = err_of(502, "Bad Gateway\n<html>secret</html>");
    ck_assert_str_eq(err.msg, "HTTP 502: Bad Gateway");
}
END_TEST

START_TEST(an_expired_watch_event_says_so)
{
    const char *text =
        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"too old "
        "resource version: 1 (9)\",\"reason\":\"Expired\",\"code\":410}";
    struct err err = {0};
    ck_assert(!kube_status_err(text, strlen(text), 200, &err));
    ck_assert_int_eq(err.kind, ERR_EXPIRED);
}
END_TEST

START_TEST(the_header_wins_over_the_details)
{
    const char *body = "{\"message\":\"later\",\"code\":429,\"details\":"
                       "{\"retryAfterSeconds\":7}}";
    struct err err = err_of(429, body);
    ck_assert_int_eq(err.retry_after_ms, 7000);
    struct kube_response response = {
        .status = 429, .body = body, .len = strlen(body), .retry_after_ms = 2000};
    ck_assert(!kube_status_ok(&response, &err));
    ck_assert_int_eq(err.retry_after_ms, 2000);
}
END_TEST

CHECK_MAIN("status", NULL, NULL, success_leaves_err_untouched,
           a_status_gives_kind_and_message, codes_map_to_kinds,
           plain_text_is_quoted_up_to_its_first_line, an_expired_watch_event_says_so,
           the_header_wins_over_the_details)
