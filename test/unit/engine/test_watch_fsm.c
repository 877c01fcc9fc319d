#include "test/unit/engine/watch_fsm_play.h"

START_TEST(begins_with_a_watch_list)
{
    struct watch_step step = play(WATCH_ON_START);
    ck_assert(step.request && step.list_begin && !step.list_end);
    struct watch_request request = watch_fsm_next(&fsm);
    ck_assert(request.initial_events && !request.page);
    ck_assert_uint_eq(request.version, 0);
    ck_assert_int_eq(fsm.health, WATCH_UNKNOWN);

    step = object(90);
    ck_assert(!step.stale && !step.request);
    ck_assert_int_eq(fsm.health, WATCH_HEALTHY);
    ck_assert(!fsm.complete);
    step = bookmark(95, false);
    ck_assert(!step.list_end);
    step = bookmark(100, true);
    ck_assert(step.list_end && !step.request && !step.list_begin);
    ck_assert(fsm.complete);
    ck_assert_int_eq(fsm.deadline_ms, -1);
    ck_assert_int_eq(fsm.state, WATCH_WATCHING);
}
END_TEST

START_TEST(chooses_random_timeouts)
{
    int lowest = WATCH_MAX_SECONDS, highest = 0;
    sync_stream();
    for (int i = 0; i < 200; i++) {
        int seconds = watch_fsm_next(&fsm).timeout_seconds;
        lowest = seconds < lowest ? seconds : lowest;
        highest = seconds > highest ? seconds : highest;
    }
    ck_assert_int_ge(lowest, WATCH_MIN_SECONDS);
    ck_assert_int_le(highest, WATCH_MAX_SECONDS);
    ck_assert_int_gt(highest - lowest, 200);
}
END_TEST

static void pages_where_watch_lists_are_refused_of(int which)
{
    play(WATCH_ON_START);
    struct watch_step step = refuse(ERR_INVALID, which);
    ck_assert(step.request && step.list_begin);
    ck_assert_int_eq(fsm.state, WATCH_PAGING);
    struct watch_request request = watch_fsm_next(&fsm);
    ck_assert(request.page && !request.initial_events);
    ck_assert_ptr_null(request.token);

    step = page(100, "second");
    ck_assert(step.request && !step.list_begin && !step.list_end);
    ck_assert_str_eq(watch_fsm_next(&fsm).token, "second");
    step = page(100, "");
    ck_assert(step.list_end && step.request);
    request = watch_fsm_next(&fsm);
    ck_assert(!request.page && !request.initial_events);
    ck_assert_uint_eq(request.version, 100);

    /* Remembered: the next list is paged at once. */
    refuse(ERR_EXPIRED, 410);
    step = wake();
    ck_assert(step.list_begin);
    ck_assert_int_eq(fsm.state, WATCH_PAGING);
}
START_TEST(pages_where_watch_lists_are_refused)
{
    static const int CASES[] = {400, 422};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        teardown();
        setup();
        pages_where_watch_lists_are_refused_of(CASES[i]);
    }
}
END_TEST

START_TEST(pages_after_silence)
{
    play(WATCH_ON_START);
    object(10);
    now += 59 * 1000;
    play(WATCH_ON_TIMER);
    ck_assert_int_eq(fsm.state, WATCH_STREAMING);
    object(11);
    now += 59 * 1000;
    play(WATCH_ON_TIMER);
    ck_assert_int_eq(fsm.state, WATCH_STREAMING);
    now += 1000;
    struct watch_step step = play(WATCH_ON_TIMER);
    ck_assert(step.request && step.list_begin);
    ck_assert_int_eq(fsm.state, WATCH_PAGING);
}
END_TEST

static void pages_after_two_broken_watch_lists_of(int which)
{
    play(WATCH_ON_START);
    object(10);
    if (which)
        play(WATCH_ON_END);
    else
        refuse(ERR_UNAVAILABLE, 0);
    wake();
    ck_assert_int_eq(fsm.state, WATCH_STREAMING);
    object(10);
    play(WATCH_ON_END);
    wake();
    ck_assert_int_eq(fsm.state, WATCH_PAGING);
}
START_TEST(pages_after_two_broken_watch_lists)
{
    for (int i = 0; i < 2; i++) {
        teardown();
        setup();
        pages_after_two_broken_watch_lists_of(i);
    }
}
END_TEST

START_TEST(does_not_blame_watch_lists_for_a_server_that_is_down)
{
    play(WATCH_ON_START);
    for (int i = 0; i < 20; i++) {
        refuse(ERR_UNAVAILABLE, i % 2 ? 503 : 0);
        ck_assert_int_le(delay(), 30 * 1000);
        wake();
        ck_assert_int_eq(fsm.state, WATCH_STREAMING);
    }
    ck_assert_int_eq(fsm.health, WATCH_FAILING);
    bookmark(1, true);
    ck_assert_int_eq(fsm.health, WATCH_HEALTHY);
    ck_assert_int_eq(fsm.last_error.kind, ERR_NONE);
}
END_TEST

START_TEST(resumes_from_the_last_version)
{
    sync_stream();
    object(105);
    bookmark(110, false);
    now += 300 * 1000;
    struct watch_step step = play(WATCH_ON_END);
    ck_assert(step.request && !step.list_begin);
    ck_assert_uint_eq(watch_fsm_next(&fsm).version, 110);
    ck_assert_uint_eq(fsm.restarts, 1);
}
END_TEST

START_TEST(drops_what_is_older_than_seen)
{
    sync_stream();
    ck_assert(!object(105).stale);
    ck_assert(object(104).stale);
    ck_assert(!object(105).stale);
    bookmark(103, false);
    ck_assert_uint_eq(fsm.version, 105);
    ck_assert(!object(0).stale);
    ck_assert_uint_eq(fsm.version, 105);
}
END_TEST

START_TEST(restarts_a_list_whose_token_expired)
{
    play(WATCH_ON_START);
    refuse(ERR_INVALID, 422);
    page(100, "second");
    refuse(ERR_EXPIRED, 410);
    struct watch_step step = wake();
    ck_assert(step.list_begin);
    ck_assert_ptr_null(watch_fsm_next(&fsm).token);
}
END_TEST

START_TEST(asks_for_the_same_page_after_a_failure)
{
    play(WATCH_ON_START);
    refuse(ERR_INVALID, 400);
    page(100, "second");
    refuse(ERR_UNAVAILABLE, 503);
    struct watch_step step = wake();
    ck_assert(!step.list_begin);
    ck_assert_str_eq(watch_fsm_next(&fsm).token, "second");
    ck_assert(page(100, NULL).list_end);
}
END_TEST

START_TEST(refuses_a_list_without_version)
{
    play(WATCH_ON_START);
    refuse(ERR_INVALID, 400);
    ck_assert(!page(0, NULL).list_end);
    ck_assert_int_eq(fsm.state, WATCH_WAITING);
    ck_assert_int_eq(fsm.health, WATCH_FAILING);
}
END_TEST

START_TEST(ignores_timers_that_come_early)
{
    sync_stream();
    refuse(ERR_UNAVAILABLE, 0);
    now = fsm.deadline_ms - 1;
    ck_assert(!play(WATCH_ON_TIMER).request);
    ck_assert_int_eq(fsm.state, WATCH_WAITING);
    wake();
    ck_assert(!play(WATCH_ON_TIMER).request);
}
END_TEST

START_TEST(names_everything)
{
    for (int i = 0; i < WATCH_RELIST_REASONS; i++)
        ck_assert_ptr_nonnull(watch_relist_name((enum watch_relist)i));
    ck_assert_str_eq(watch_health_name(WATCH_NOT_SERVED), "not served");
}
END_TEST

/* Whatever comes, in whatever order it may come: the machine always either waits with a
 * deadline or has a request, never goes back in a watch, and ends each list once. */
static void survives_anything_of(int which)
{
    uint64_t versions = 1000;
    bool listing = true;
    watch_fsm_init(&fsm, (uint64_t)which);
    srand((unsigned)which);
    play(WATCH_ON_START);
    for (int i = 0; i < 5000; i++) {
        struct watch_step step;
        uint64_t before = fsm.version;
        int what = rand() % 12;
        static const struct {
            enum err_kind kind;
            int status;
        } ERRORS[] = {{ERR_EXPIRED, 410},   {ERR_NOT_FOUND, 404},
                      {ERR_FORBIDDEN, 403}, {ERR_UNAVAILABLE, 503},
                      {ERR_UNAVAILABLE, 0}, {ERR_INVALID, 422},
                      {ERR_THROTTLED, 429}, {ERR_INTERNAL, 0}};
        if (fsm.state == WATCH_WAITING) {
            step = wake();
        } else if (what == 0) {
            int k = rand() % (int)(sizeof(ERRORS) / sizeof(*ERRORS));
            step = refuse(ERRORS[k].kind, ERRORS[k].status);
        } else if (fsm.state == WATCH_PAGING) {
            step = page(++versions, rand() % 3 ? "more" : NULL);
        } else if (what == 1) {
            now += rand() % 700000;
            step = play(WATCH_ON_END);
        } else if (what < 4) {
            step = bookmark(versions -= (uint64_t)(rand() % 100 == 0 ? 50 : 0),
                            rand() % 2);
        } else {
            step = object(++versions);
        }
        ck_assert(!(step.list_end && step.reset));
        if (step.list_end) {
            ck_assert(listing);
            listing = false;
        }
        listing |= step.list_begin;
        bool running = fsm.state >= WATCH_STREAMING;
        ck_assert(running || fsm.deadline_ms >= now);
        if (before && fsm.version && !step.list_end)
            ck_assert_uint_ge(fsm.version, before);
        ck_assert(fsm.state != WATCH_WATCHING || (fsm.version && !listing));
    }
}
START_TEST(survives_anything)
{
    for (int i = 0; i < 20; i++) {
        teardown();
        setup();
        survives_anything_of(i);
    }
}
END_TEST

CHECK_MAIN("watch_fsm", setup, teardown, begins_with_a_watch_list,
           chooses_random_timeouts, pages_where_watch_lists_are_refused,
           pages_after_silence, pages_after_two_broken_watch_lists,
           does_not_blame_watch_lists_for_a_server_that_is_down,
           resumes_from_the_last_version, drops_what_is_older_than_seen,
           restarts_a_list_whose_token_expired, asks_for_the_same_page_after_a_failure,
           refuses_a_list_without_version, ignores_timers_that_come_early,
           names_everything, survives_anything)
