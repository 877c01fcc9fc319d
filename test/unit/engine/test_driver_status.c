#include "test/unit/engine/driver_play.h"

static const char *wanted = "";     /* the status that plans want */
static bool with_event, with_retry; /* and what else */

static void plan_status(const struct reconcile_input *in, struct plan *plan)
{
    if (!in->primary)
        return;
    plan_set_status(plan, parse(wanted));
    plan_requeue(plan, 60000);
    if (with_event)
        plan_event(plan, false, "Said", "Say", "it is said");
    plan->retry = with_retry;
}

static void play_status(const char *status)
{
    play(plan_status);
    wanted = status;
    with_event = with_retry = false;
}

#define HELD "{\"note\":\"a\",\"observedGeneration\":1}"
#define NOTED "{\"note\":\"b\",\"observedGeneration\":1}"
#define URGENT "{\"note\":\"b\",\"observedGeneration\":2}"

/* The primary with a status. */
static const char *runtime(int version, const char *status)
{
    return object(&KUBE_AGENT_RUNTIMES, "x", version,
                  arena_printf(arena, ",\"status\":%s", status));
}

static void cache_runtime(int version, const char *status)
{
    cached_put(&KUBE_AGENT_RUNTIMES, "x", runtime(version, status));
}

/* Somebody else owns a part of its status. */
static const char *foreign_runtime(int version)
{
    return arena_printf(arena,
                        "{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\","
                        "\"uid\":\"u-x\",\"resourceVersion\":\"%d\","
                        "\"managedFields\":[{\"manager\":\"manager\",\"operation\":"
                        "\"Update\",\"subresource\":\"status\"}]},\"status\":%s}",
                        version, HELD);
}

static struct kube_request expect_status(void)
{
    return expect_request(KUBE_PATCH, STATUS_PATH "&force=true");
}

static void expect_event(void)
{
    struct engine_effect effect;
    ck_assert(outbox_next(&outbox, &effect));
    ck_assert_int_eq(effect.request.method, KUBE_POST);
    ck_assert_ptr_nonnull(strstr(effect.request.path, "/events?"));
    ck_assert_uint_ne(effect.id, driver_request(driver));
}

/* A status is written, so that the next one comes within a second. */
static void write_first_status(void)
{
    play_status(HELD);
    start();
    expect_status();
    answer(200, runtime(8, HELD));
    expect_done(WORK_DONE, 1);
}

/* ---- what is written */

START_TEST(a_status_is_applied_at_the_end)
{
    play_status(HELD);
    start();
    struct kube_request request = expect_status();
    expect_body(&request,
                "{\"apiVersion\":\"agent.kagenti.dev/v1alpha1\",\"kind\":"
                "\"AgentRuntime\",\"metadata\":{\"name\":\"x\",\"namespace\":\"a\","
                "\"resourceVersion\":\"7\",\"uid\":\"u-x\"},\"status\":" HELD "}");
    answer(200, runtime(8, HELD));
    expect_no_effect();
    expect_done(WORK_DONE, 1);
    ck_assert_int_eq(result.work.requeue_after_ms, 60000);
    ck_assert_uint_eq(taken_in, 1);
}
END_TEST

START_TEST(a_status_that_is_held_is_not_written)
{
    play_status(HELD);
    cache_runtime(7, HELD);
    start();
    expect_no_effect();
    expect_done(WORK_DONE, 1);
    ck_assert_int_eq(result.work.requeue_after_ms, 60000);
}
END_TEST

START_TEST(a_foreign_status_is_cleared_first)
{
    play_status(URGENT);
    cached_put(&KUBE_AGENT_RUNTIMES, "x", foreign_runtime(7));
    start();
    struct kube_request request = expect_request(KUBE_PUT, STATUS_PATH);
    ck_assert_ptr_nonnull(strstr(request.body, "\"status\":{}"));
    answer(200, runtime(8, "{}"));
    request = expect_status();
    ck_assert_ptr_nonnull(strstr(request.body, "\"resourceVersion\":\"8\""));
    answer(200, runtime(9, URGENT));
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(it_is_cleared_once)
{
    play_status(URGENT);
    cached_put(&KUBE_AGENT_RUNTIMES, "x", foreign_runtime(7));
    start();
    expect_request(KUBE_PUT, STATUS_PATH);
    answer(200, foreign_runtime(8)); /* as a server may have it */
    expect_status();
    answer(200, runtime(9, URGENT));
    expect_done(WORK_DONE, 1);
}
END_TEST

/* ---- not too often */

START_TEST(a_second_status_within_a_second_waits)
{
    write_first_status();
    play_status(NOTED);
    with_event = true;
    pass(300);
    start();
    expect_no_effect(); /* the event waits too */
    expect_done(WORK_DONE, 1);
    ck_assert_int_eq(result.work.requeue_after_ms, STATUS_QUIET_MS - 300);
    pass(result.work.requeue_after_ms);
    start();
    expect_status();
    answer(200, runtime(9, NOTED));
    expect_event();
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(an_urgent_status_does_not_wait)
{
    write_first_status();
    play_status(URGENT);
    start();
    expect_status();
    answer(200, runtime(9, URGENT));
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(a_failure_is_not_forgotten_while_the_status_waits)
{
    write_first_status();
    play_status(NOTED);
    with_retry = true;
    start();
    expect_no_effect();
    expect_done(WORK_FAILED, 1);
    ck_assert_int_le(workqueue_deadline(queue), now.mono_ms + STATUS_QUIET_MS);
}
END_TEST

/* ---- refusals */

START_TEST(after_a_conflict_it_is_planned_again)
{
    play_status(HELD);
    start();
    expect_status();
    refuse(409, "Conflict", "x");
    expect_request(KUBE_GET, RUNTIME_PATH);
    answer(200, runtime(9, "{}"));
    struct kube_request request = expect_status();
    ck_assert_ptr_nonnull(strstr(request.body, "\"resourceVersion\":\"9\""));
    answer(200, runtime(10, HELD));
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(after_five_conflicts_it_waits)
{
    play_status(HELD);
    start();
    for (int i = 0; i < 5; i++) {
        expect_status();
        refuse(409, "Conflict", "x");
        expect_request(KUBE_GET, RUNTIME_PATH);
        answer(200, runtime(9 + i, "{}"));
    }
    expect_status();
    refuse(409, "Conflict", "x");
    expect_no_effect();
    expect_done(WORK_CONFLICT, 6);
}
END_TEST

START_TEST(without_the_object_there_is_nothing_to_tell)
{
    play_status(HELD);
    with_event = true;
    start();
    expect_status();
    refuse(404, "NotFound", "x");
    expect_no_effect();
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(it_may_be_gone_when_it_is_cleared)
{
    play_status(URGENT);
    cached_put(&KUBE_AGENT_RUNTIMES, "x", foreign_runtime(7));
    start();
    expect_request(KUBE_PUT, STATUS_PATH);
    refuse(404, "NotFound", "x");
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(a_refused_status_is_tried_again_later)
{
    play_status(HELD);
    with_event = true;
    start();
    expect_status();
    refuse(403, "Forbidden", "x");
    expect_no_effect(); /* nor the event of what was not said */
    expect_done(WORK_FAILED, 1);
    ck_assert_ptr_null(key_memory_doubts(memory, &KEY));
}
END_TEST

START_TEST(a_server_says_when_to_write_again)
{
    play_status(HELD);
    start();
    expect_status();
    respond(&(struct kube_response){
        .status = 429, .body = "", .len = 0, .retry_after_ms = 3000});
    expect_done(WORK_FAILED, 1);
    ck_assert_int_eq(result.work.not_before_ms, 3000);
}
END_TEST

START_TEST(an_unanswered_status_is_looked_at_next_time)
{
    play_status(HELD);
    for (int i = 0; i < 2; i++) {
        start();
        expect_status();
        if (i == 0)
            no_answer();
        else
            refuse(500, "InternalError", "x");
        expect_done(WORK_FAILED, 1);
        start();
        expect_request(KUBE_GET, RUNTIME_PATH);
        answer(200, runtime(9 + i, HELD));
        expect_no_effect();
        expect_done(WORK_DONE, 1);
        cache_runtime(20 + i, "{}");
    }
}
END_TEST

/* ---- events */

START_TEST(events_come_after_the_status)
{
    play_status(HELD);
    with_event = true;
    start();
    expect_status();
    expect_no_effect();
    answer(200, runtime(8, HELD));
    expect_event();
    expect_no_effect();
    expect_done(WORK_DONE, 1);
}
END_TEST

START_TEST(events_come_without_a_status_too)
{
    play_status(HELD);
    with_event = true;
    cache_runtime(7, HELD);
    start();
    expect_event();
    expect_done(WORK_DONE, 1);
}
END_TEST

/* ---- the end of the primary */

static void plan_release(const struct reconcile_input *in, struct plan *plan)
{
    if (in->primary)
        plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_AGENT_RUNTIMES, in->primary,
                   json_object(), "let go");
    else
        plan_event(plan, false, "Released", "Release", "it is over");
}

static const char *leaving(const char *more)
{
    return arena_printf(
        arena,
        "{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\","
        "\"uid\":\"u-x\",\"resourceVersion\":\"9\",\"deletionTimestamp\""
        ":\"2026-01-01T00:00:00Z\"%s}}",
        more);
}

START_TEST(who_lets_go_last_sees_it_gone)
{
    play(plan_release);
    cached_put(&KUBE_AGENT_RUNTIMES, "x", leaving(",\"finalizers\":[\"f\"]"));
    start();
    expect_request(KUBE_PATCH, RUNTIME_PATH "?fieldManager=berth");
    answer(200, leaving(",\"deletionGracePeriodSeconds\":0"));
    ck_assert_uint_eq(taken_in, 0); /* or it would stay in the cache for ever */
    expect_event();                 /* about the object as it was last seen */
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(while_another_finalizer_holds_it_it_is_there)
{
    play(plan_release, plan_nothing);
    start();
    expect_request(KUBE_PATCH, RUNTIME_PATH "?fieldManager=berth");
    answer(200, leaving(",\"finalizers\":[\"other\"]"));
    ck_assert_uint_eq(taken_in, 1);
    expect_no_effect();
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(a_pod_in_its_grace_period_is_there)
{
    play(plan_release, plan_nothing);
    start();
    expect_request(KUBE_PATCH, RUNTIME_PATH "?fieldManager=berth");
    answer(200, leaving(",\"deletionGracePeriodSeconds\":30"));
    ck_assert_uint_eq(taken_in, 1);
    expect_done(WORK_DONE, 2);
}
END_TEST

/* ---- changes that come meanwhile */

static bool absorbs(const struct kube_resource *resource, const char *name, int version)
{
    auto_json cJSON *changed = parse(object(resource, name, version, ""));
    return driver_absorbs(driver, resource, changed);
}

static void expect_again(bool again)
{
    expect_done(WORK_DONE, 1);
    ck_assert(result.again == again);
}

START_TEST(its_own_write_brings_no_second_reconcile)
{
    play_status(HELD);
    start();
    expect_status();
    ck_assert(absorbs(&KUBE_AGENT_RUNTIMES, "x", 8)); /* the watch is faster */
    answer(200, runtime(8, HELD));
    ck_assert(!absorbs(&KUBE_AGENT_RUNTIMES, "x", 9)); /* nothing is under way */
    expect_again(false);
}
END_TEST

START_TEST(what_changed_before_its_write_is_in_the_answer)
{
    play_status(HELD);
    start();
    expect_status();
    ck_assert(absorbs(&KUBE_AGENT_RUNTIMES, "x", 8));
    ck_assert(absorbs(&KUBE_AGENT_RUNTIMES, "x", 9));
    answer(200, runtime(10, HELD));
    expect_again(false);
}
END_TEST

START_TEST(a_change_after_its_write_is_looked_at)
{
    play_status(HELD);
    start();
    expect_status();
    ck_assert(absorbs(&KUBE_AGENT_RUNTIMES, "x", 9));
    ck_assert(absorbs(&KUBE_AGENT_RUNTIMES, "x", 8)); /* of an older stream */
    answer(200, runtime(8, HELD));
    expect_again(true);
}
END_TEST

START_TEST(a_change_is_looked_at_when_the_write_failed)
{
    play_status(HELD);
    start();
    expect_status();
    ck_assert(absorbs(&KUBE_AGENT_RUNTIMES, "x", 9));
    refuse(404, "NotFound", "x");
    expect_again(true);
}
END_TEST

START_TEST(other_objects_are_not_its_write)
{
    play_status(HELD);
    start();
    expect_status();
    ck_assert(!absorbs(&KUBE_DEPLOYMENTS, "x", 9));
    ck_assert(!absorbs(&KUBE_AGENT_RUNTIMES, "y", 9));
    refuse(409, "Conflict", "x");
    expect_request(KUBE_GET, RUNTIME_PATH);
    ck_assert(!absorbs(&KUBE_AGENT_RUNTIMES, "x", 9)); /* a read changes nothing */
}
END_TEST

CHECK_MAIN("driver_status", setup, teardown, a_status_is_applied_at_the_end,
           a_status_that_is_held_is_not_written, a_foreign_status_is_cleared_first,
           it_is_cleared_once, a_second_status_within_a_second_waits,
           an_urgent_status_does_not_wait,
           a_failure_is_not_forgotten_while_the_status_waits,
           after_a_conflict_it_is_planned_again, after_five_conflicts_it_waits,
           without_the_object_there_is_nothing_to_tell,
           it_may_be_gone_when_it_is_cleared, a_refused_status_is_tried_again_later,
           a_server_says_when_to_write_again,
           an_unanswered_status_is_looked_at_next_time, events_come_after_the_status,
           events_come_without_a_status_too, who_lets_go_last_sees_it_gone,
           while_another_finalizer_holds_it_it_is_there,
           a_pod_in_its_grace_period_is_there, its_own_write_brings_no_second_reconcile,
           what_changed_before_its_write_is_in_the_answer,
           a_change_after_its_write_is_looked_at,
           a_change_is_looked_at_when_the_write_failed, other_objects_are_not_its_write)
