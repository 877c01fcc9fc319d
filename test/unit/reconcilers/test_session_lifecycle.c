/* Every phase with every pod, without a wish: what a controller that comes back makes
 * of it; then what wishes and time-outs change. */
#include "reconcilers/session/lifecycle.h"
#include "test/support/check_main.h"

#include <check.h>
#include <stddef.h>

static struct life_input seen(enum session_phase phase, enum pod_state pod)
{
    return (struct life_input){
        .phase = phase,
        .pod = pod,
        .made = phase != PHASE_PENDING,
        .may_create = true,
        .stop_reason = "user",
    };
}

/* One letter a phase: Pending, cReating, rUnning, Stopping, sTopped, completeD, Failed.
 */
static const char LETTERS[] = "PRUSTDF";

/* Rows: the phase before; columns: absent, former, starting, running, succeeded,
 * broken, leaving. */
static const char *const NEXT[SESSION_PHASES] = {
    [PHASE_PENDING] = "PPRUDFP", [PHASE_CREATING] = "FRRUDFF",
    [PHASE_RUNNING] = "FURUDFF", [PHASE_STOPPING] = "TSSSSSS",
    [PHASE_STOPPED] = "TTTTTTT", [PHASE_COMPLETED] = "DDDDDDD",
    [PHASE_FAILED] = "FFFFFFF",
};

START_TEST(every_phase_with_every_pod)
{
    for (int phase = 0; phase < SESSION_PHASES; phase++) {
        for (int pod = 0; pod < POD_STATES; pod++) {
            struct life_input in = seen((enum session_phase)phase, (enum pod_state)pod);
            struct life_output out = life_next(&in);
            ck_assert_msg(LETTERS[out.phase] == NEXT[phase][pod], "%s, pod %d: %s",
                          phase_name(in.phase), pod, phase_name(out.phase));
            ck_assert_ptr_nonnull(out.reason);
        }
    }
}
END_TEST

START_TEST(only_what_is_missing_is_created)
{
    for (int phase = 0; phase < SESSION_PHASES; phase++) {
        for (int pod = 0; pod < POD_STATES; pod++) {
            struct life_input in = seen((enum session_phase)phase, (enum pod_state)pod);
            bool creates = life_next(&in).action == LIFE_CREATE;
            ck_assert(creates == (phase == PHASE_PENDING && pod == POD_ABSENT));
        }
    }
}
END_TEST

START_TEST(a_stop_ends_every_living_phase)
{
    for (int phase = PHASE_PENDING; phase <= PHASE_RUNNING; phase++) {
        struct life_input in = seen((enum session_phase)phase, POD_RUNNING);
        in.wish = WISH_STOP;
        struct life_output out = life_next(&in);
        ck_assert_int_eq(out.phase, PHASE_STOPPING);
        ck_assert_int_eq(out.action, LIFE_DELETE);
        in.pod = POD_ABSENT;
        ck_assert_int_eq(life_next(&in).phase, PHASE_STOPPED);
    }
}
END_TEST

START_TEST(a_start_leaves_every_end)
{
    for (int phase = PHASE_STOPPED; phase <= PHASE_FAILED; phase++) {
        struct life_input in = seen((enum session_phase)phase, POD_SUCCEEDED);
        in.wish = WISH_START;
        struct life_output out = life_next(&in);
        ck_assert_int_eq(out.phase, PHASE_PENDING);
        ck_assert(out.next_attempt && !out.retried);
    }
}
END_TEST

/* First the failure is told, so that the answer to the delete is not taken for one. */
START_TEST(what_may_still_run_after_the_end_is_ended)
{
    struct life_input in = seen(PHASE_CREATING, POD_BROKEN);
    in.lingers = true;
    struct life_output out = life_next(&in);
    ck_assert_int_eq(out.action, LIFE_WAIT);
    ck_assert(out.phase == PHASE_FAILED && out.unfinished);
    in.phase = PHASE_FAILED;
    ck_assert_int_eq(life_next(&in).action, LIFE_DELETE);
    ck_assert(!life_next(&in).unfinished);
    in.lingers = false;
    ck_assert_int_eq(life_next(&in).action, LIFE_WAIT);
    in.pod = POD_RUNNING;
    ck_assert_int_eq(life_next(&in).action, LIFE_DELETE);
}
END_TEST

START_TEST(a_failure_is_retried_while_that_is_allowed)
{
    struct life_input in = seen(PHASE_RUNNING, POD_BROKEN);
    in.may_retry = true;
    struct life_output out = life_next(&in);
    ck_assert_int_eq(out.phase, PHASE_CREATING);
    ck_assert(out.next_attempt && out.retried);
}
END_TEST

START_TEST(time_runs_out)
{
    struct life_input in = seen(PHASE_RUNNING, POD_RUNNING);
    in.idle = true;
    struct life_output out = life_next(&in);
    ck_assert_int_eq(out.phase, PHASE_STOPPING);
    ck_assert_str_eq(out.stopped_reason, "inactivity");
    in.expired = true;
    out = life_next(&in);
    ck_assert_int_eq(out.phase, PHASE_FAILED);
    ck_assert_str_eq(out.stopped_reason, "timeout");
}
END_TEST

START_TEST(the_answer_to_a_delete_is_no_failure)
{
    struct life_input in = seen(PHASE_RUNNING, POD_LEAVING);
    in.idle = true;
    ck_assert_int_eq(life_next(&in).phase, PHASE_STOPPING);
    in.expired = true;
    ck_assert_str_eq(life_next(&in).reason, "DeadlineExceeded");
    ck_assert_int_eq(life_next(&in).action, LIFE_WAIT);
}
END_TEST

START_TEST(phases_have_names)
{
    for (int phase = 0; phase < SESSION_PHASES; phase++)
        ck_assert_int_eq(phase_parse(phase_name((enum session_phase)phase)), phase);
    ck_assert_int_eq(phase_parse("Dreaming"), PHASE_PENDING);
    ck_assert_int_eq(phase_parse(NULL), PHASE_PENDING);
}
END_TEST

CHECK_MAIN("session_lifecycle", NULL, NULL, every_phase_with_every_pod,
           only_what_is_missing_is_created, a_stop_ends_every_living_phase,
           a_start_leaves_every_end, what_may_still_run_after_the_end_is_ended,
           a_failure_is_retried_while_that_is_allowed, time_runs_out,
           the_answer_to_a_delete_is_no_failure, phases_have_names)
