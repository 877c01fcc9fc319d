#include "test/unit/engine/driver_play.h"

static enum lookup found;
static const cJSON *found_object;
static char found_error[64];

static void plan_need_config_map(const struct reconcile_input *in, struct plan *plan)
{
    ck_assert_int_eq(
        observed_fetched(in->observed, &KUBE_CONFIG_MAPS, "a", "c", NULL, NULL),
        LOOKUP_UNKNOWN);
    plan_need(plan, &KUBE_CONFIG_MAPS, "a", "c");
}

static void plan_look(const struct reconcile_input *in, struct plan *plan)
{
    const struct err *err;
    found = observed_fetched(in->observed, &KUBE_CONFIG_MAPS, "a", "c", &found_object,
                             &err);
    found_error[0] = '\0';
    if (err)
        strncpy(found_error, err->msg, sizeof found_error - 1);
    if (found == LOOKUP_FOUND)
        plan_requeue(plan, json_int(found_object, 0, "data"));
}

#define NEEDED object(&KUBE_CONFIG_MAPS, "c", 3, ",\"data\":1234")

/* ---- needs */

START_TEST(nothing_to_do_is_one_plan)
{
    play(plan_nothing);
    start();
    expect_no_effect();
    expect_done(WORK_DONE, 1);
    ck_assert_int_eq(result.work.requeue_after_ms, 0);
    ck_assert(!result.again);
    expect_metric("controller_runtime_reconcile_total{controller=\"played\","
                  "result=\"success\"} 1\n");
}
END_TEST

static void plan_of_what_is_given(const struct reconcile_input *in, struct plan *plan)
{
    ck_assert_str_eq(in->key.ns, "a");
    ck_assert_str_eq(in->key.name, "x");
    ck_assert_str_eq(kube_resource_version(in->primary), "7");
    ck_assert_ptr_eq(in->config, &CONFIG);
    ck_assert_int_eq(in->now_ms, 1700000000000);
    plan_requeue(plan, 5);
}

START_TEST(a_plan_is_given_the_primary_and_the_time)
{
    play(plan_of_what_is_given);
    start();
    expect_done(WORK_DONE, 1);
    ck_assert_int_eq(result.work.requeue_after_ms, 5);
}
END_TEST

static void plan_without_primary(const struct reconcile_input *in, struct plan *plan)
{
    ck_assert_ptr_null(in->primary);
    plan_set_status(plan, json_object()); /* of nothing: dropped */
    plan_event(plan, false, "Gone", "Look", "n");
}

START_TEST(a_primary_that_is_gone_is_planned_without)
{
    play(plan_without_primary);
    cached_put(&KUBE_AGENT_RUNTIMES, "x", NULL);
    start();
    expect_no_effect();
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(what_is_needed_is_read_live)
{
    play(plan_need_config_map, plan_look);
    start();
    struct kube_request request = expect_request(KUBE_GET, CONFIG_MAP_PATH);
    ck_assert_int_eq(request.lane, KUBE_LANE_WRITE);
    answer(200, NEEDED);
    expect_no_effect();
    expect_done(WORK_DONE, 2);
    ck_assert_int_eq(found, LOOKUP_FOUND);
    ck_assert_int_eq(result.work.requeue_after_ms, 1234);
    expect_metric("berth_live_reads_total{controller=\"played\"} 1\n");
}
END_TEST

static void plan_need_two(const struct reconcile_input *in, struct plan *plan)
{
    plan_need_config_map(in, plan);
    plan_need(plan, &KUBE_NAMESPACES, NULL, "n");
}

START_TEST(all_needs_are_read_before_the_next_plan)
{
    play(plan_need_two, plan_look);
    start();
    expect_request(KUBE_GET, CONFIG_MAP_PATH);
    expect_no_effect();
    answer(200, NEEDED);
    expect_request(KUBE_GET, "/api/v1/namespaces/n");
    ck_assert_uint_eq(rounds, 1);
    answer(200, "{\"metadata\":{\"name\":\"n\",\"resourceVersion\":\"1\"}}");
    expect_done(WORK_DONE, 2);
}
END_TEST

static void plan_need_and_write(const struct reconcile_input *in, struct plan *plan)
{
    plan_need_config_map(in, plan);
    plan_delete(plan, &KUBE_AGENT_RUNTIMES, in->primary, "never");
    plan_set_status(plan, json_object());
    plan_event(plan, true, "Never", "Never", "n");
}

START_TEST(a_plan_with_needs_writes_nothing)
{
    play(plan_need_and_write, plan_look);
    start();
    expect_request(KUBE_GET, CONFIG_MAP_PATH);
    answer(200, NEEDED);
    expect_no_effect();
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(absent_is_a_404_for_the_object)
{
    play(plan_need_config_map, plan_look);
    start();
    expect_request(KUBE_GET, CONFIG_MAP_PATH);
    refuse(404, "NotFound", "c");
    expect_done(WORK_DONE, 2);
    ck_assert_int_eq(found, LOOKUP_ABSENT);
}
END_TEST

START_TEST(a_kind_that_is_not_served_is_not_absent)
{
    static const char *const BODIES[] = {
        "404 page not found\n",
        "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"code\":404,\"details\":{},"
        "\"message\":\"the server could not find the requested resource\"}",
    };
    play(plan_need_config_map, plan_look);
    for (size_t i = 0; i < 2; i++) {
        start();
        expect_request(KUBE_GET, CONFIG_MAP_PATH);
        answer(404, BODIES[i]);
        expect_done(WORK_FAILED, 2);
        ck_assert_int_eq(found, LOOKUP_FAILED);
    }
}
END_TEST

START_TEST(a_read_that_is_refused_is_told)
{
    play(plan_need_config_map, plan_look);
    start();
    expect_request(KUBE_GET, CONFIG_MAP_PATH);
    refuse(403, "Forbidden", "c");
    expect_done(WORK_FAILED, 2);
    ck_assert_int_eq(found, LOOKUP_FAILED);
    ck_assert_str_eq(found_error, "server says Forbidden");
}
END_TEST

START_TEST(an_answer_that_is_no_object_is_a_failed_read)
{
    static const char *const BODIES[] = {"<html>", "{}", "[1]", ""};
    play(plan_need_config_map, plan_look);
    for (size_t i = 0; i < 4; i++) {
        start();
        expect_request(KUBE_GET, CONFIG_MAP_PATH);
        answer(200, BODIES[i]);
        expect_done(WORK_FAILED, 2);
        ck_assert_int_eq(found, LOOKUP_FAILED);
    }
}
END_TEST

START_TEST(a_read_that_may_work_later_is_tried_later)
{
    play(plan_need_config_map, plan_look);
    for (size_t failures = 0; failures < 3; failures++) {
        start();
        expect_request(KUBE_GET, CONFIG_MAP_PATH);
        if (failures == 1)
            no_answer();
        else
            refuse(503, "ServiceUnavailable", "");
        expect_done(WORK_FAILED, 1); /* quietly: the plan does not hear of it */
    }
    start();
    expect_request(KUBE_GET, CONFIG_MAP_PATH);
    refuse(503, "ServiceUnavailable", "");
    expect_done(WORK_FAILED, 2);
    ck_assert_int_eq(found, LOOKUP_FAILED);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY)); /* of a read nothing */
}
END_TEST

START_TEST(a_server_says_when_to_come_back)
{
    play(plan_need_config_map, plan_look);
    start();
    expect_request(KUBE_GET, CONFIG_MAP_PATH);
    respond(&(struct kube_response){
        .status = 429, .body = "", .len = 0, .retry_after_ms = 7000});
    expect_done(WORK_FAILED, 1);
    ck_assert_int_eq(result.work.not_before_ms, 7000);
    ck_assert_int_eq(workqueue_deadline(queue), now.mono_ms + 7000);
}
END_TEST

/* ---- dry runs */

static void plan_trial(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    cJSON *intent = kube_object(arena, &KUBE_DEPLOYMENTS, "a", "d");
    json_set(intent, json_number(1), "spec");
    plan_try(plan, &KUBE_DEPLOYMENTS, intent, live);
}

static void plan_look_tried(const struct reconcile_input *in, struct plan *plan)
{
    const struct err *err;
    found =
        observed_tried(in->observed, &KUBE_DEPLOYMENTS, "a", "d", &found_object, &err);
    ck_assert((found == LOOKUP_FAILED) == (err != NULL));
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    ck_assert_str_eq(kube_resource_version(live), "5"); /* as it was */
    if (found == LOOKUP_FOUND)
        plan_requeue(plan, json_int(found_object, 0, "spec"));
}

START_TEST(a_trial_is_a_dry_run)
{
    play(plan_trial, plan_look_tried);
    start();
    struct kube_request request = expect_request(KUBE_PATCH, APPLY_PATH "&dryRun=All");
    expect_body(&request, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                          "\"metadata\":{\"name\":\"d\",\"namespace\":\"a\","
                          "\"resourceVersion\":\"5\",\"uid\":\"u-d\"},\"spec\":1}");
    answer(200, object(&KUBE_DEPLOYMENTS, "d", 6, ",\"spec\":99"));
    expect_done(WORK_DONE, 2);
    ck_assert_int_eq(found, LOOKUP_FOUND);
    ck_assert_int_eq(result.work.requeue_after_ms, 99);
    ck_assert_uint_eq(taken_in, 0);
}
END_TEST

START_TEST(a_trial_that_is_refused_is_an_answer_too)
{
    play(plan_trial, plan_look_tried);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH "&dryRun=All");
    refuse(422, "Invalid", "d");
    expect_done(WORK_DONE, 2);
    ck_assert_int_eq(found, LOOKUP_FAILED);
    start();
    expect_request(KUBE_PATCH, APPLY_PATH "&dryRun=All");
    refuse(500, "InternalError", "d");
    expect_done(WORK_FAILED, 1);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
}
END_TEST

/* ---- objects in doubt */

static void plan_of_version_9(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    ck_assert_str_eq(kube_resource_version(live), "9");
    plan_requeue(plan, 1);
}

static void plan_of_none(const struct reconcile_input *in, struct plan *plan)
{
    ck_assert_ptr_null(observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d"));
    plan_requeue(plan, 1);
}

static void doubt(void)
{
    struct kube_key object_key = {"a", "d"};
    key_memory_doubt(memory, &KEY, &KUBE_DEPLOYMENTS, &object_key);
    start();
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    ck_assert_uint_eq(rounds, 0);
}

START_TEST(what_is_in_doubt_is_read_first)
{
    play(plan_of_version_9);
    doubt();
    answer(200, object(&KUBE_DEPLOYMENTS, "d", 9, ""));
    expect_no_effect();
    expect_done(WORK_DONE, 1);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
    ck_assert_uint_eq(taken_in, 1);
}
END_TEST

START_TEST(what_is_in_doubt_may_be_gone)
{
    play(plan_of_none);
    doubt();
    refuse(404, "NotFound", "d");
    expect_done(WORK_DONE, 1);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
}
END_TEST

START_TEST(a_doubt_stays_until_it_is_answered)
{
    play(plan_of_version_9);
    doubt();
    no_answer();
    expect_done(WORK_FAILED, 0);
    start();
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    refuse(503, "ServiceUnavailable", "");
    expect_done(WORK_FAILED, 0);
    start();
    expect_request(KUBE_GET, DEPLOYMENT_PATH);
    answer(200, object(&KUBE_DEPLOYMENTS, "d", 9, ""));
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(a_server_says_when_to_read_a_doubt_again)
{
    play(plan_nothing);
    doubt();
    respond(&(struct kube_response){
        .status = 429, .body = "", .len = 0, .retry_after_ms = 7000});
    expect_done(WORK_FAILED, 0);
    ck_assert_int_eq(result.work.not_before_ms, 7000);
}
END_TEST

START_TEST(what_nobody_lets_us_read_is_planned_from_the_cache)
{
    play(plan_nothing);
    doubt();
    refuse(403, "Forbidden", "d");
    expect_done(WORK_DONE, 1);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
}
END_TEST

CHECK_MAIN("driver_read", setup, teardown, nothing_to_do_is_one_plan,
           a_plan_is_given_the_primary_and_the_time,
           a_primary_that_is_gone_is_planned_without, what_is_needed_is_read_live,
           all_needs_are_read_before_the_next_plan, a_plan_with_needs_writes_nothing,
           absent_is_a_404_for_the_object, a_kind_that_is_not_served_is_not_absent,
           a_read_that_is_refused_is_told, an_answer_that_is_no_object_is_a_failed_read,
           a_read_that_may_work_later_is_tried_later, a_server_says_when_to_come_back,
           a_trial_is_a_dry_run, a_trial_that_is_refused_is_an_answer_too,
           what_is_in_doubt_is_read_first, what_is_in_doubt_may_be_gone,
           a_doubt_stays_until_it_is_answered, a_server_says_when_to_read_a_doubt_again,
           what_nobody_lets_us_read_is_planned_from_the_cache)
