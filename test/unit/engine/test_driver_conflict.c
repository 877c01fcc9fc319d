#include "test/unit/engine/driver_play.h"

static void plan_json_patch(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    note_failure(in);
    if (!failure && live && json_int(live, 0, "spec") != 1)
        plan_patch(plan, PLAN_JSON_PATCH, &KUBE_DEPLOYMENTS, live, json_array(), "p");
}

START_TEST(a_conflict_is_read_and_planned_again)
{
    play(plan_converge);
    cached_put(&KUBE_DEPLOYMENTS, "d", NULL);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(409, "AlreadyExists", "d");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    answer(200, NOT_YET_AT(8));
    struct kube_request request = expect_request(KUBE_PATCH, APPLY_PATH);
    ck_assert_ptr_nonnull(strstr(request.body, "\"resourceVersion\":\"8\""));
    answer(200, DONE_AT(9));
    expect_done(WORK_DONE, 3);
    ck_assert_int_eq(failure, ERR_NONE);
    expect_metric("berth_stale_retries_total{controller=\"played\"} 1\n");
}
END_TEST

START_TEST(it_may_be_gone_when_it_is_read_again)
{
    play(plan_converge, plan_nothing);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(409, "Conflict", "d");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    refuse(404, "NotFound", "d");
    expect_done(WORK_DONE, 2);
}
END_TEST

/* Only a delete is answered by a Status; anywhere else it says nothing of the object.
 */
START_TEST(a_status_in_place_of_the_object_is_not_absent)
{
    play(plan_converge, plan_nothing);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(409, "Conflict", "d");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    answer(200, "{\"kind\":\"Status\",\"status\":\"Success\"}");
    expect_no_effect();
    expect_done(WORK_FAILED, 1);
}
END_TEST

START_TEST(after_five_conflicts_the_plan_is_told)
{
    play(plan_converge);
    start();
    for (int i = 0; i < 5; i++) {
        expect_request(KUBE_PATCH, APPLY_PATH);
        refuse(409, "Conflict", "d");
        expect_request(KUBE_GET, DEPLOYMENT_PATH);
        answer(200, NOT_YET_AT(6 + i));
        ck_assert_int_eq(failure, ERR_NONE);
    }
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(409, "Conflict", "d");
    expect_no_effect();
    ck_assert_int_eq(failure, ERR_CONFLICT);
    expect_done(WORK_FAILED, 7);
}
END_TEST

START_TEST(a_json_patch_whose_test_fails_is_a_conflict)
{
    play(plan_json_patch);
    start();
    expect_request(KUBE_PATCH, WRITE_PATH);
    refuse(422, "Invalid", "d");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    answer(200, DONE_AT(8));
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(another_uid_is_a_conflict)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    answer(422, "{\"kind\":\"Status\",\"reason\":\"Invalid\",\"code\":422,\"message\":"
                "\"metadata.uid: Invalid value: field is immutable\"}");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    answer(200, DONE_AT(8));
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(what_cannot_be_read_again_is_told)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    refuse(409, "Conflict", "d");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    refuse(403, "Forbidden", "d");
    expect_done(WORK_FAILED, 2);
    ck_assert_int_eq(failure, ERR_FORBIDDEN);
}
END_TEST

START_TEST(conflicts_count_in_a_row)
{
    play(plan_converge);
    start();
    for (int i = 0; i < 8; i++) {
        expect_request(KUBE_PATCH, APPLY_PATH);
        refuse(409, "Conflict", "d");
        expect_request(KUBE_GET, DEPLOYMENT_PATH);
        answer(200, NOT_YET_AT(10 + 2 * i));
        expect_request(KUBE_PATCH, APPLY_PATH);
        answer(200, NOT_YET_AT(11 + 2 * i)); /* written, and taken back */
    }
    expect_request(KUBE_PATCH, APPLY_PATH);
    answer(200, DONE_AT(30));
    expect_done(WORK_DONE, 18);
}
END_TEST

START_TEST(a_change_is_looked_at_when_the_write_was_refused)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    auto_json cJSON *changed = parse(NOT_YET_AT(6));
    ck_assert(driver_absorbs(driver, &KUBE_DEPLOYMENTS, changed));
    refuse(403, "Forbidden", "d");
    expect_done(WORK_FAILED, 2);
    ck_assert(result.again);
}
END_TEST

START_TEST(a_change_that_made_the_conflict_is_in_what_is_read)
{
    play(plan_converge);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH);
    auto_json cJSON *changed = parse(DONE_AT(6));
    ck_assert(driver_absorbs(driver, &KUBE_DEPLOYMENTS, changed));
    refuse(409, "Conflict", "d");
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    answer(200, DONE_AT(6));
    expect_done(WORK_DONE, 2);
    ck_assert(!result.again);
}
END_TEST

CHECK_MAIN("driver_conflict", setup, teardown, a_conflict_is_read_and_planned_again,
           it_may_be_gone_when_it_is_read_again,
           a_status_in_place_of_the_object_is_not_absent,
           after_five_conflicts_the_plan_is_told,
           a_json_patch_whose_test_fails_is_a_conflict, another_uid_is_a_conflict,
           what_cannot_be_read_again_is_told, conflicts_count_in_a_row,
           a_change_is_looked_at_when_the_write_was_refused,
           a_change_that_made_the_conflict_is_in_what_is_read)
