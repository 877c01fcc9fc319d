/* watch_fsm_play.h - plays events to one watch machine, with a clock of its own. */
#ifndef BERTH_TEST_WATCH_FSM_PLAY_H
#define BERTH_TEST_WATCH_FSM_PLAY_H

#include "controller/engine/watch_fsm.h"
#include "test/support/check_main.h"

static struct watch_fsm fsm;
static int64_t now;

static inline void setup(void)
{
    now = 1000;
    watch_fsm_init(&fsm, 7);
}

static inline void teardown(void)
{
    watch_fsm_fini(&fsm);
}

static inline struct watch_step play(enum watch_event_kind kind)
{
    struct watch_event event = {.kind = kind};
    return watch_fsm_step(&fsm, &event, now);
}

static inline struct watch_step object(uint64_t version)
{
    struct watch_event event = {.kind = WATCH_ON_OBJECT, .version = version};
    return watch_fsm_step(&fsm, &event, now);
}

static inline struct watch_step bookmark(uint64_t version, bool initial_end)
{
    struct watch_event event = {
        .kind = WATCH_ON_BOOKMARK, .version = version, .initial_end = initial_end};
    return watch_fsm_step(&fsm, &event, now);
}

static inline struct watch_step page(uint64_t version, const char *token)
{
    struct watch_event event = {
        .kind = WATCH_ON_PAGE, .version = version, .token = token};
    return watch_fsm_step(&fsm, &event, now);
}

static inline struct watch_step error_of(enum watch_event_kind kind,
                                         const struct err *err)
{
    struct watch_event event = {.kind = kind, .err = err};
    return watch_fsm_step(&fsm, &event, now);
}

static inline struct watch_step refuse(enum err_kind kind, int status)
{
    struct err err = {.kind = kind, .http_status = status, .msg = "as the test says"};
    return error_of(WATCH_ON_ERROR, &err);
}

/* Waits as long as the machine wants; it then begins a request. */
static inline struct watch_step wake(void)
{
    ck_assert_int_eq(fsm.state, WATCH_WAITING);
    ck_assert_int_ge(fsm.deadline_ms, now);
    now = fsm.deadline_ms;
    struct watch_step step = play(WATCH_ON_TIMER);
    ck_assert(step.request);
    return step;
}

static inline int64_t delay(void)
{
    ck_assert_int_eq(fsm.state, WATCH_WAITING);
    return fsm.deadline_ms - now;
}

/* Up to a watch that goes on from version 100. */
static inline void sync_stream(void)
{
    play(WATCH_ON_START);
    struct watch_step step = bookmark(100, true);
    ck_assert(step.list_end);
    ck_assert_int_eq(fsm.state, WATCH_WATCHING);
}

#endif
