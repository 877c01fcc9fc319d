#include "test/unit/engine/driver_play.h"

/* ---- the requests */

START_TEST(an_update_carries_what_was_read)
{
    play(plan_converge);
    start();
    struct kube_request request = expect_request(KUBE_PATCH, APPLY_PATH);
    ck_assert_str_eq(request.content_type, "application/apply-patch+yaml");
    expect_body(&request, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                          "\"metadata\":{\"name\":\"d\",\"namespace\":\"a\","
                          "\"resourceVersion\":\"5\",\"uid\":\"u-d\"},\"spec\":1}");
    answer(200, DONE_AT(6));
    expect_no_effect();
    expect_done(WORK_DONE, 2);
    ck_assert_uint_eq(taken_in, 1);
}
END_TEST

START_TEST(a_creation_carries_version_one)
{
    play(plan_converge);
    cached_put(&KUBE_DEPLOYMENTS, "d", NULL);
    start();
    struct kube_request request = expect_request(KUBE_PATCH, APPLY_PATH);
    expect_body(&request, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                          "\"metadata\":{\"name\":\"d\",\"namespace\":\"a\","
                          "\"resourceVersion\":\"1\"},\"spec\":1}");
    answer(201, DONE_AT(6));
    expect_done(WORK_DONE, 2);
}
END_TEST

static void plan_patch_and_delete(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    if (!live)
        return;
    cJSON *merge = json_object(), *patch = json_array();
    json_set(merge, json_number(2), "spec");
    json_set_str(json_push(patch, json_object()), "test", "op");
    plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_DEPLOYMENTS, live, merge, "merge");
    plan_patch(plan, PLAN_JSON_PATCH, &KUBE_DEPLOYMENTS, live, patch, "patch");
    plan_delete(plan, &KUBE_DEPLOYMENTS, live, "away");
}

START_TEST(writes_go_one_by_one_in_order)
{
    play(plan_patch_and_delete, plan_nothing);
    start();
    struct kube_request request = expect_request(KUBE_PATCH, WRITE_PATH);
    ck_assert_str_eq(request.content_type, "application/merge-patch+json");
    ck_assert_str_eq(request.body, "{\"spec\":2}");
    expect_no_effect();
    answer(200, NOT_YET_AT(6));
    request = expect_request(KUBE_PATCH, WRITE_PATH);
    ck_assert_str_eq(request.content_type, "application/json-patch+json");
    ck_assert_str_eq(request.body, "[{\"op\":\"test\"}]");
    answer(200, NOT_YET_AT(7));
    request = expect_request(KUBE_DELETE, DEPLOYMENT_PATH);
    expect_body(&request, "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\","
                          "\"preconditions\":{\"uid\":\"u-d\"},"
                          "\"propagationPolicy\":\"Background\"}");
    answer(200, "{\"kind\":\"Status\",\"status\":\"Success\"}");
    expect_done(WORK_DONE, 2);
}
END_TEST

static void plan_delete_while_there(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    if (live && !kube_deleting(live))
        plan_delete(plan, &KUBE_DEPLOYMENTS, live, "away");
}

START_TEST(a_delete_answered_by_the_object_is_not_asked_for_again)
{
    static const char *const ANSWERS[] = {
        "{\"metadata\":{\"name\":\"d\",\"namespace\":\"a\",\"uid\":\"u-d\","
        "\"resourceVersion\":\"5\"}}",
        "{\"metadata\":{\"name\":\"d\",\"namespace\":\"a\",\"uid\":\"u-d\","
        "\"resourceVersion\":\"6\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"}}"};
    for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++) {
        play(plan_delete_while_there);
        start();
        expect_request(KUBE_DELETE, DEPLOYMENT_PATH);
        answer(200, ANSWERS[i]);
        expect_no_effect();
        expect_done(WORK_DONE, 2);
    }
}
END_TEST

START_TEST(what_is_left_of_a_plan_after_a_failure_is_dropped)
{
    play(plan_patch_and_delete, plan_nothing);
    start();
    expect_request(KUBE_PATCH, WRITE_PATH);
    refuse(403, "Forbidden", "d");
    expect_no_effect();
    expect_done(WORK_FAILED, 2);
}
END_TEST

#define MANAGED                                                                        \
    "{\"metadata\":{\"name\":\"d\",\"namespace\":\"a\",\"resourceVersion\":\"5\","     \
    "\"uid\":\"u-d\",\"managedFields\":[{\"manager\":\"berth\",\"operation\":"         \
    "\"Apply\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{}}}]},\"spec\":"  \
    "1}"

static void plan_insist(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    cJSON *intent = kube_object(arena, &KUBE_DEPLOYMENTS, "a", "d");
    json_set(intent, json_number(1), "spec");
    plan_apply(plan, &KUBE_DEPLOYMENTS, intent, PLAN_UPDATE, live, "always");
}

START_TEST(an_apply_that_changes_nothing_is_not_sent)
{
    play(plan_insist);
    cached_put(&KUBE_DEPLOYMENTS, "d", MANAGED);
    start();
    expect_no_effect();
    expect_done(WORK_DONE, 1);
    expect_metric("berth_applies_suppressed_total{controller=\"played\"} 1\n");
}
END_TEST

START_TEST(the_answer_is_what_the_next_plan_sees)
{
    play(plan_insist);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    answer(200, MANAGED);
    expect_no_effect(); /* the second plan's apply changes nothing */
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(a_plan_that_never_settles_ends)
{
    play(plan_insist);
    start();
    for (int i = 0; i < 24; i++) {
        expect_request(KUBE_PATCH, APPLY_PATH);
        answer(200, NOT_YET_AT(6 + i));
    }
    expect_no_effect();
    expect_done(WORK_FAILED, 24);
}
END_TEST

START_TEST(no_plan_is_a_failure)
{
    play(plan_converge);
    plan_fails = true;
    start();
    expect_no_effect();
    expect_done(WORK_FAILED, 1);
    expect_metric("controller_runtime_reconcile_errors_total{controller=\"played\"} 1");
}
END_TEST

static void plan_retry(const struct reconcile_input *in, struct plan *plan)
{
    plan_nothing(in, plan);
    plan->retry = true;
}

START_TEST(a_plan_may_ask_for_a_retry)
{
    play(plan_retry);
    start();
    expect_done(WORK_FAILED, 1);
}
END_TEST

START_TEST(an_answer_that_is_no_object_ends_it)
{
    play(plan_converge);
    cached_put(&KUBE_DEPLOYMENTS, "d", NULL);
    cache[1] = (struct cached){0}; /* not watched: nobody else looks at the answer */
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    answer(200, "{\"kind\":\"Deployment\"}");
    expect_done(WORK_FAILED, 1);
}
END_TEST

/* ---- failures */

START_TEST(an_object_that_is_gone_before_the_write_is_planned_without)
{
    play(plan_patch_and_delete);
    start();
    expect_request(KUBE_PATCH, WRITE_PATH);
    refuse(404, "NotFound", "d");
    expect_no_effect();
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(a_kind_that_is_gone_is_a_failure)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    answer(404, "404 page not found\n");
    expect_done(WORK_FAILED, 2);
    ck_assert_int_eq(failure, ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_refusal_is_told_and_tried_again_later)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(422, "Invalid", "d");
    expect_done(WORK_FAILED, 2);
    ck_assert_int_eq(failure, ERR_INVALID);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(403, "Forbidden", "d");
    expect_done(WORK_FAILED, 2);
    ck_assert_int_eq(failure, ERR_FORBIDDEN);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
}
END_TEST

static void plan_and_tell(const struct reconcile_input *in, struct plan *plan)
{
    plan_converge(in, plan);
    plan_set_status(plan, parse(failure ? "{\"n\":\"refused\"}" : "{\"n\":\"well\"}"));
}

START_TEST(a_refusal_is_in_the_status)
{
    play(plan_and_tell);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(403, "Forbidden", "d");
    struct kube_request request = expect_request(KUBE_PATCH, STATUS_PATH "&force=true");
    ck_assert_ptr_nonnull(strstr(request.body, "\"n\":\"refused\""));
    answer(200, object(&KUBE_AGENT_RUNTIMES, "x", 8, ""));
    expect_done(WORK_FAILED, 2);
}
END_TEST

static void fail_with(int code)
{
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    if (code)
        refuse(code, code == 500 ? "InternalError" : "ServiceUnavailable", "");
    else
        no_answer();
    ck_assert_msg(key_memory_doubts(memory, &KEY) != NULL, "no doubt after %d", code);
}

START_TEST(a_write_of_unknown_end_is_looked_at_next_time)
{
    static const int CODES[] = {0, 500, 503};
    play(plan_converge);
    for (size_t i = 0; i < 3; i++) {
        fail_with(CODES[i]);
        expect_done(WORK_FAILED, 1); /* quietly */
        start();
        expect_request(KUBE_GET, DEPLOYMENT_PATH);
        ck_assert_uint_eq(rounds, 0);
        answer(200, DONE_AT(10 + (int)i)); /* it went through */
        expect_done(WORK_DONE, 1);
        cached_put(&KUBE_DEPLOYMENTS, "d", NOT_YET_AT(20));
    }
}
END_TEST

START_TEST(a_write_that_was_throttled_did_not_happen)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    answer(429, "{\"kind\":\"Status\",\"reason\":\"TooManyRequests\",\"code\":429,"
                "\"message\":\"slow\",\"details\":{\"retryAfterSeconds\":12}}");
    expect_done(WORK_FAILED, 1);
    ck_assert_int_eq(result.work.not_before_ms, 12000);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
}
END_TEST

START_TEST(the_plan_is_told_once_it_failed_three_times)
{
    play(plan_converge);
    for (int i = 0; i < 3; i++) {
        fail_with(503);
        expect_done(WORK_FAILED, 1);
        key_memory_trust(memory, &KEY, &KUBE_DEPLOYMENTS, &(struct kube_key){"a", "d"});
    }
    fail_with(503);
    expect_request(KUBE_GET, DEPLOYMENT_PATH); /* first, what became of it */
    answer(200, NOT_YET_AT(6));
    expect_done(WORK_FAILED, 2);
    ck_assert_int_eq(failure, ERR_UNAVAILABLE);
}
END_TEST

/* ---- time is up */

START_TEST(a_reconcile_that_takes_too_long_is_given_up)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    ck_assert_int_eq(driver_deadline(driver), now.mono_ms + DRIVER_DEADLINE_MS);
    pass(DRIVER_DEADLINE_MS);
    driver_on_deadline(driver, now);
    struct engine_effect effect;
    ck_assert(outbox_next(&outbox, &effect));
    ck_assert_int_eq(effect.kind, ENGINE_CANCEL);
    ck_assert_uint_eq(effect.id, request_id);
    expect_done(WORK_FAILED, 1);
    expect_metric("controller_runtime_reconcile_timeouts_total{controller=\"played\"}"
                  " 1\n");
    start();
    expect_request(KUBE_GET, DEPLOYMENT_PATH); /* the write may have happened */
}
END_TEST

START_TEST(a_write_that_nobody_took_is_not_sent_any_more)
{
    play(plan_converge);
    start();
    pass(DRIVER_DEADLINE_MS);
    driver_on_deadline(driver, now);
    expect_no_effect();
    expect_done(WORK_FAILED, 1);
}
END_TEST

START_TEST(a_read_that_takes_too_long_leaves_no_doubt)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(409, "Conflict", "d");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    pass(DRIVER_DEADLINE_MS);
    driver_on_deadline(driver, now);
    expect_done(WORK_FAILED, 1);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
}
END_TEST

CHECK_MAIN("driver_write", setup, teardown, an_update_carries_what_was_read,
           a_creation_carries_version_one, writes_go_one_by_one_in_order,
           a_delete_answered_by_the_object_is_not_asked_for_again,
           what_is_left_of_a_plan_after_a_failure_is_dropped,
           an_apply_that_changes_nothing_is_not_sent,
           the_answer_is_what_the_next_plan_sees, a_plan_that_never_settles_ends,
           no_plan_is_a_failure, a_plan_may_ask_for_a_retry,
           an_answer_that_is_no_object_ends_it,
           an_object_that_is_gone_before_the_write_is_planned_without,
           a_kind_that_is_gone_is_a_failure, a_refusal_is_told_and_tried_again_later,
           a_refusal_is_in_the_status, a_write_of_unknown_end_is_looked_at_next_time,
           a_write_that_was_throttled_did_not_happen,
           the_plan_is_told_once_it_failed_three_times,
           a_reconcile_that_takes_too_long_is_given_up,
           a_write_that_nobody_took_is_not_sent_any_more,
           a_read_that_takes_too_long_leaves_no_doubt)
