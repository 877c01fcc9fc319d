#include "test/unit/engine/watch_fsm_play.h"

START_TEST(backs_off_from_short_watches_and_forgets_after_long_ones)
{
    sync_stream();
    int64_t longest = 0;
    for (int i = 0; i < 10; i++) {
        refuse(ERR_UNAVAILABLE, 0);
        ck_assert_int_ge(delay(), 400);
        longest = delay() > longest ? delay() : longest;
        wake();
    }
    ck_assert_int_ge(longest, 15 * 1000);
    ck_assert_int_le(longest, 30 * 1000);
    object(200);
    now += 31 * 1000;
    refuse(ERR_UNAVAILABLE, 0);
    ck_assert_int_le(delay(), 800);
    wake();
    play(WATCH_ON_END); /* closed at once, though without an error */
    ck_assert_int_ge(delay(), 400);
}
END_TEST

START_TEST(obeys_retry_after)
{
    struct err err = {
        .kind = ERR_THROTTLED, .http_status = 429, .retry_after_ms = 17000};
    sync_stream();
    error_of(WATCH_ON_ERROR, &err);
    ck_assert_int_eq(delay(), 17000);
    wake();
    err.retry_after_ms = 3600 * 1000;
    error_of(WATCH_ON_ERROR, &err);
    ck_assert_int_eq(delay(), 60 * 1000);
}
END_TEST

START_TEST(relists_when_the_version_expired)
{
    sync_stream();
    refuse(ERR_EXPIRED, 410);
    ck_assert_int_le(delay(), 2000);
    struct watch_step step = wake();
    ck_assert(step.list_begin);
    ck_assert_int_eq(fsm.state, WATCH_STREAMING);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_EXPIRED], 0);
    bookmark(300, true);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_EXPIRED], 1);

    /* In a row: slower and slower. */
    int64_t longest = 0;
    for (int i = 0; i < 10; i++) {
        refuse(ERR_EXPIRED, 410);
        longest = delay() > longest ? delay() : longest;
        wake();
        bookmark(300, true);
    }
    ck_assert_int_ge(longest, 15 * 1000);
}
END_TEST

START_TEST(spreads_relists_over_collections)
{
    int64_t lowest = INT64_MAX, highest = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        watch_fsm_init(&fsm, seed);
        sync_stream();
        refuse(ERR_EXPIRED, 410);
        lowest = delay() < lowest ? delay() : lowest;
        highest = delay() > highest ? delay() : highest;
    }
    ck_assert_int_lt(lowest, 300);
    ck_assert_int_gt(highest, 1700);
}
END_TEST

START_TEST(keeps_looking_for_what_is_not_served)
{
    play(WATCH_ON_START);
    for (int i = 0; i < 12; i++) {
        refuse(ERR_NOT_FOUND, 404);
        ck_assert_int_eq(fsm.health, WATCH_NOT_SERVED);
        ck_assert_int_le(delay(), 30 * 1000);
        wake();
        ck_assert_int_eq(fsm.health, WATCH_NOT_SERVED);
    }
    refuse(ERR_UNAVAILABLE, 0); /* says nothing about it */
    ck_assert_int_eq(fsm.health, WATCH_NOT_SERVED);
    ck_assert_int_ge(delay(), 15 * 1000);
    wake();
    bookmark(5, true);
    ck_assert_int_eq(fsm.health, WATCH_HEALTHY);
    ck_assert(fsm.complete);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_REFUSED], 0);
}
END_TEST

static void lists_again_after_a_refusal_of(int which)
{
    static const struct {
        enum err_kind kind;
        int status;
        enum watch_health health;
    } CASES[] = {
        {ERR_NOT_FOUND, 404, WATCH_NOT_SERVED},
        {ERR_FORBIDDEN, 403, WATCH_FORBIDDEN},
        {ERR_UNAUTHORIZED, 401, WATCH_FORBIDDEN},
    };
    sync_stream();
    refuse(CASES[which].kind, CASES[which].status);
    ck_assert_int_eq(fsm.health, CASES[which].health);
    ck_assert_str_eq(fsm.last_error.msg, "as the test says");
    ck_assert(fsm.complete);
    ck_assert(wake().list_begin);
    bookmark(400, true);
    ck_assert_int_eq(fsm.health, WATCH_HEALTHY);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_REFUSED], 1);
}
START_TEST(lists_again_after_a_refusal)
{
    for (int i = 0; i < 3; i++) {
        teardown();
        setup();
        lists_again_after_a_refusal_of(i);
    }
}
END_TEST

START_TEST(relists_after_nonsense)
{
    struct err err = {.kind = ERR_INVALID, .msg = "no JSON"};
    sync_stream();
    error_of(WATCH_ON_NONSENSE, &err);
    ck_assert_int_eq(fsm.health, WATCH_FAILING);
    ck_assert(wake().list_begin);
    bookmark(101, true);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_MALFORMED], 1);

    bookmark(0, false);
    ck_assert_int_eq(fsm.state, WATCH_WAITING);
    wake();
    bookmark(0, true);
    ck_assert_int_eq(fsm.state, WATCH_WAITING);
    wake();
}
END_TEST

START_TEST(relists_when_the_watch_is_not_taken)
{
    sync_stream();
    refuse(ERR_INVALID, 400);
    ck_assert(wake().list_begin);
    ck_assert_int_eq(fsm.state, WATCH_STREAMING);
    bookmark(101, true);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_INVALID], 1);
}
END_TEST

START_TEST(recognises_a_restored_server)
{
    sync_stream();
    object(500);
    refuse(ERR_EXPIRED, 410);
    wake();
    struct watch_step step = bookmark(50, true);
    ck_assert(step.reset && step.list_begin && step.request && !step.list_end);
    ck_assert_int_eq(fsm.state, WATCH_STREAMING);
    step = bookmark(50, true);
    ck_assert(step.list_end && !step.reset);
    ck_assert_uint_eq(fsm.version, 50);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_RESTORED], 1);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_EXPIRED], 0);
}
END_TEST

START_TEST(recognises_a_restored_server_by_pages)
{
    play(WATCH_ON_START);
    refuse(ERR_INVALID, 422);
    page(100, NULL);
    refuse(ERR_EXPIRED, 410);
    wake();
    struct watch_step step = page(50, NULL);
    ck_assert(step.reset && step.list_begin && step.request && !step.list_end);
    ck_assert_int_eq(fsm.state, WATCH_PAGING);
    ck_assert(page(50, NULL).list_end);
}
END_TEST

START_TEST(lists_when_its_version_is_too_large)
{
    struct err err = {.kind = ERR_UNAVAILABLE,
                      .http_status = 504,
                      .msg = "Timeout: Too large resource version: 100, current: 7"};
    sync_stream();
    error_of(WATCH_ON_ERROR, &err);
    ck_assert(!wake().list_begin); /* perhaps only one replica lags */
    error_of(WATCH_ON_ERROR, &err);
    ck_assert(wake().list_begin);
    ck_assert(bookmark(7, true).reset);
}
END_TEST

START_TEST(suspects_a_silent_watch)
{
    sync_stream();
    object(101);
    now += 300 * 1000;
    play(WATCH_ON_END);
    ck_assert_int_eq(fsm.state, WATCH_WATCHING);
    now += 300 * 1000;
    struct watch_step step = play(WATCH_ON_END);
    ck_assert(!step.request);
    ck_assert(wake().list_begin);
    bookmark(102, true);
    ck_assert_uint_eq(fsm.relists[WATCH_RELIST_AHEAD], 1);
    refuse(ERR_UNAVAILABLE, 0);
    wake();
    now += 300 * 1000;
    refuse(ERR_UNAVAILABLE, 0);
    ck_assert(wake().list_begin);
}
END_TEST

CHECK_MAIN("watch_fsm_recovery", setup, teardown,
           backs_off_from_short_watches_and_forgets_after_long_ones, obeys_retry_after,
           relists_when_the_version_expired, spreads_relists_over_collections,
           keeps_looking_for_what_is_not_served, lists_again_after_a_refusal,
           relists_after_nonsense, relists_when_the_watch_is_not_taken,
           recognises_a_restored_server, recognises_a_restored_server_by_pages,
           lists_when_its_version_is_too_large, suspects_a_silent_watch)
