#include "controller/engine/workqueue.h"
#include "test/support/check_main.h"

static struct workqueue *queue;
static struct metrics *metrics;
static int64_t now;

static const struct work_result DONE = {.outcome = WORK_DONE};
static const struct work_result FAILED = {.outcome = WORK_FAILED};
static const struct work_result CONFLICT = {.outcome = WORK_CONFLICT};

static void open_queue(uint64_t seed)
{
    workqueue_free(&queue);
    queue = workqueue_new(
        &(struct workqueue_options){.name = "c", .metrics = metrics, .seed = seed});
}

static void setup(void)
{
    metrics = metrics_new();
    now = 1000;
    open_queue(7);
}

static void teardown(void)
{
    workqueue_free(&queue);
    ck_assert_ptr_null(queue);
    metrics_free(&metrics);
}

static struct kube_key key(const char *name)
{
    return (struct kube_key){.ns = "a", .name = name};
}

static void add(const char *name, enum work_priority priority)
{
    struct kube_key added = key(name);
    workqueue_add(queue, &added, priority, now);
}

static struct work *take(const char *name)
{
    struct work *work = workqueue_take(queue, now);
    ck_assert_msg(work != NULL, "%s is not ready", name);
    ck_assert_str_eq(work_key(work)->ns, "a");
    ck_assert_str_eq(work_key(work)->name, name);
    return work;
}

static void expect_none(void)
{
    ck_assert_ptr_null(workqueue_take(queue, now));
}

static void done(struct work *work, const struct work_result *result)
{
    workqueue_done(queue, work, result, now);
}

static void expect_counts(size_t ready, size_t delayed, size_t running)
{
    ck_assert_uint_eq(workqueue_ready(queue), ready);
    ck_assert_uint_eq(workqueue_delayed(queue), delayed);
    ck_assert_uint_eq(workqueue_running(queue), running);
}

/* Takes the key when it is due, and not a moment before. */
static struct work *take_when_due(const char *name)
{
    int64_t due = workqueue_deadline(queue);
    ck_assert_int_gt(due, now);
    now = due - 1;
    expect_none();
    now = due;
    return take(name);
}

/* ---- a set */

START_TEST(a_key_is_in_it_once)
{
    add("x", WORK_CHANGE);
    add("y", WORK_CHANGE);
    add("x", WORK_CHANGE);
    expect_counts(2, 0, 0);
    done(take("x"), &DONE);
    done(take("y"), &DONE);
    expect_none();
    expect_counts(0, 0, 0);
    ck_assert_int_eq(workqueue_deadline(queue), -1);
}
END_TEST

START_TEST(keys_differ_by_namespace_too)
{
    struct kube_key keys[] = {{"a", "x"}, {"b", "x"}, {"", "x"}};
    for (size_t i = 0; i < 3; i++)
        workqueue_add(queue, &keys[i], WORK_CHANGE, now);
    expect_counts(3, 0, 0);
    for (size_t i = 0; i < 3; i++)
        ck_assert(kube_key_equal(work_key(workqueue_take(queue, now)), &keys[i]));
}
END_TEST

START_TEST(the_key_is_copied)
{
    char ns[] = "a", name[] = "x";
    workqueue_add(queue, &(struct kube_key){ns, name}, WORK_CHANGE, now);
    ns[0] = name[0] = '?';
    done(take("x"), &DONE);
}
END_TEST

static const char *const NAMES[] = {"n0", "n1", "n2", "n3", "n4",
                                    "n5", "n6", "n7", "n8", "n9"};
enum { MANY = sizeof NAMES / sizeof *NAMES };

START_TEST(the_oldest_goes_first)
{
    for (size_t i = 0; i < MANY; i++)
        add(NAMES[i], WORK_CHANGE);
    add(NAMES[0], WORK_CHANGE); /* keeps its place */
    for (size_t i = 0; i < MANY; i++)
        take(NAMES[i]);
}
END_TEST

START_TEST(changes_go_before_resyncs)
{
    add("r1", WORK_RESYNC);
    add("r2", WORK_RESYNC);
    add("c1", WORK_CHANGE);
    take("c1");
    take("r1");
    take("r2");
}
END_TEST

START_TEST(a_change_overtakes_with_a_key_that_waits_for_a_resync)
{
    add("r1", WORK_RESYNC);
    add("r2", WORK_RESYNC);
    add("r2", WORK_CHANGE);
    add("r2", WORK_RESYNC); /* lowers nothing */
    expect_counts(2, 0, 0);
    take("r2");
    take("r1");
}
END_TEST

/* ---- one reconcile a key at a time */

START_TEST(what_comes_while_it_runs_comes_after)
{
    add("x", WORK_CHANGE);
    struct work *work = take("x");
    add("x", WORK_CHANGE);
    add("x", WORK_CHANGE);
    expect_none();
    expect_counts(0, 0, 1);
    done(work, &DONE);
    expect_counts(1, 0, 0);
    done(take("x"), &DONE);
    expect_none();
}
END_TEST

START_TEST(again_has_the_priority_of_what_came)
{
    add("x", WORK_CHANGE);
    struct work *work = take("x");
    add("x", WORK_RESYNC);
    done(work, &DONE);
    add("y", WORK_CHANGE);
    done(take("y"), &DONE);
    work = take("x");
    add("x", WORK_RESYNC);
    add("x", WORK_CHANGE);
    done(work, &DONE);
    add("y", WORK_CHANGE);
    take("x");
}
END_TEST

START_TEST(the_owner_is_known_while_it_runs)
{
    struct kube_key x = key("x");
    int owner;
    ck_assert_ptr_null(workqueue_owner(queue, &x));
    add("x", WORK_CHANGE);
    struct work *work = take("x");
    ck_assert_ptr_null(workqueue_owner(queue, &x));
    work_set_owner(work, &owner);
    ck_assert_ptr_eq(workqueue_owner(queue, &x), &owner);
    add("x", WORK_CHANGE);
    done(work, &DONE);
    ck_assert_ptr_null(workqueue_owner(queue, &x));
}
END_TEST

/* ---- timers */

START_TEST(a_wish_is_a_timer)
{
    add("x", WORK_CHANGE);
    done(take("x"), &(struct work_result){.requeue_after_ms = 5000});
    expect_counts(0, 1, 0);
    ck_assert_int_eq(workqueue_deadline(queue), now + 5000);
    done(take_when_due("x"), &DONE);
    expect_counts(0, 0, 0);
}
END_TEST

START_TEST(the_next_timer_is_the_deadline)
{
    static const int64_t WISHES[] = {3000, 1000, 2000};
    static const char *const KEYS[] = {"c", "a", "b"};
    for (size_t i = 0; i < 3; i++) {
        add(KEYS[i], WORK_CHANGE);
        done(take(KEYS[i]), &(struct work_result){.requeue_after_ms = WISHES[i]});
    }
    take_when_due("a");
    take_when_due("b");
    take_when_due("c");
    ck_assert_int_eq(workqueue_deadline(queue), -1);
}
END_TEST

START_TEST(a_change_takes_the_place_of_the_timer)
{
    add("x", WORK_CHANGE);
    done(take("x"), &(struct work_result){.requeue_after_ms = 5000});
    add("x", WORK_CHANGE);
    expect_counts(1, 0, 0);
    ck_assert_int_eq(workqueue_deadline(queue), -1);
    done(take("x"), &DONE);
    now += 10000;
    expect_none();
}
END_TEST

START_TEST(of_two_wishes_the_earlier_counts)
{
    add("x", WORK_CHANGE);
    done(take("x"),
         &(struct work_result){.outcome = WORK_FAILED, .requeue_after_ms = 100});
    ck_assert_int_eq(workqueue_deadline(queue), now + 100);
    done(take_when_due("x"),
         &(struct work_result){.outcome = WORK_FAILED, .requeue_after_ms = 3600000});
    ck_assert_int_le(workqueue_deadline(queue), now + 2000);
}
END_TEST

START_TEST(what_is_due_waits_in_its_priority)
{
    add("r", WORK_RESYNC);
    done(take("r"), &(struct work_result){.requeue_after_ms = 10});
    add("c", WORK_CHANGE);
    done(take("c"), &(struct work_result){.requeue_after_ms = 20});
    now += 50;
    take("c");
    take("r");
}
END_TEST

/* ---- failures */

static void expect_growth(const struct work_result *result, int64_t base_ms,
                          int64_t max_ms)
{
    int64_t ceiling = base_ms;
    add("x", WORK_CHANGE);
    struct work *work = take("x");
    for (uint32_t i = 0; i < 12; i++) {
        ck_assert_uint_eq(work_failures(work), i);
        done(work, result);
        int64_t delay = workqueue_deadline(queue) - now;
        ck_assert_int_ge(delay, ceiling / 2);
        ck_assert_int_le(delay, ceiling);
        ceiling = ceiling * 2 > max_ms ? max_ms : ceiling * 2;
        work = take_when_due("x");
    }
    ck_assert_int_eq(ceiling, max_ms);
}

START_TEST(failures_wait_longer_and_longer)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        open_queue(seed);
        expect_growth(&FAILED, 1000, 5 * 60 * 1000);
    }
}
END_TEST

START_TEST(conflicts_wait_less)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        open_queue(seed);
        expect_growth(&CONFLICT, 200, 10 * 1000);
    }
}
END_TEST

START_TEST(delays_are_spread)
{
    for (size_t i = 0; i < MANY; i++) {
        add(NAMES[i], WORK_CHANGE);
        done(take(NAMES[i]), &FAILED);
    }
    int64_t first = workqueue_deadline(queue);
    for (size_t i = 0; i < MANY; i++) {
        int64_t due = workqueue_deadline(queue);
        now = due > now ? due : now;
        ck_assert_ptr_nonnull(workqueue_take(queue, now));
    }
    ck_assert_int_gt(now - first, 100);
}
END_TEST

START_TEST(success_forgets_failures)
{
    add("x", WORK_CHANGE);
    done(take("x"), &FAILED);
    done(take_when_due("x"), &FAILED);
    done(take_when_due("x"), &(struct work_result){.requeue_after_ms = 10});
    struct work *work = take_when_due("x");
    ck_assert_uint_eq(work_failures(work), 0);
    done(work, &FAILED);
    ck_assert_int_le(workqueue_deadline(queue), now + 1000);
}
END_TEST

START_TEST(a_change_keeps_the_count_of_failures)
{
    add("x", WORK_CHANGE);
    done(take("x"), &FAILED);
    add("x", WORK_CHANGE);
    struct work *work = take("x");
    ck_assert_uint_eq(work_failures(work), 1);
    add("x", WORK_CHANGE);
    done(work, &FAILED);
    ck_assert_uint_eq(work_failures(take("x")), 2);
}
END_TEST

START_TEST(a_server_may_ask_for_more_time)
{
    struct work_result later = {.outcome = WORK_FAILED, .not_before_ms = 30000};
    struct work_result soon = {.outcome = WORK_FAILED, .not_before_ms = 1};
    add("x", WORK_CHANGE);
    done(take("x"), &later);
    ck_assert_int_eq(workqueue_deadline(queue), now + 30000);
    struct work *work = take_when_due("x");
    done(work, &soon);
    ck_assert_int_ge(workqueue_deadline(queue), now + 1000);
}
END_TEST

/* ---- what it tells */

static void expect_metrics(const char *const *lines)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 20);
    workqueue_update_metrics(queue, now);
    metrics_render(metrics, false, &text);
    for (; *lines; lines++)
        ck_assert_msg(strstr(text.text, *lines) != NULL, "no %s in\n%s", *lines,
                      text.text);
    strbuf_fini(&text);
}

START_TEST(metrics_are_those_of_controller_runtime)
{
    add("x", WORK_CHANGE);
    add("x", WORK_CHANGE); /* there already: not counted */
    add("y", WORK_CHANGE);
    add("z", WORK_RESYNC);
    now += 500;
    struct work *x = take("x");
    now += 2000;
    take("y");
    now += 1000;
    expect_metrics((const char *const[]){
        "workqueue_adds_total{name=\"c\",controller=\"c\"} 3\n",
        "workqueue_depth{name=\"c\",controller=\"c\",priority=\"0\"} 0\n",
        "workqueue_depth{name=\"c\",controller=\"c\",priority=\"-100\"} 1\n",
        "workqueue_unfinished_work_seconds{name=\"c\",controller=\"c\"} 4\n",
        "workqueue_longest_running_processor_seconds{name=\"c\",controller=\"c\"} 3\n",
        "workqueue_queue_duration_seconds_sum{name=\"c\",controller=\"c\"} 3\n",
        "workqueue_queue_duration_seconds_count{name=\"c\",controller=\"c\"} 2\n",
        NULL});
    done(x, &FAILED);
    expect_metrics((const char *const[]){
        "workqueue_retries_total{name=\"c\",controller=\"c\"} 1\n",
        "workqueue_unfinished_work_seconds{name=\"c\",controller=\"c\"} 1\n",
        "workqueue_work_duration_seconds_sum{name=\"c\",controller=\"c\"} 3\n",
        "workqueue_work_duration_seconds_count{name=\"c\",controller=\"c\"} 1\n",
        NULL});
}
END_TEST

START_TEST(its_state_can_be_read)
{
    add("bad", WORK_CHANGE);
    done(take("bad"),
         &(struct work_result){.outcome = WORK_FAILED, .not_before_ms = 9000});
    add("later", WORK_CHANGE);
    done(take("later"), &(struct work_result){.requeue_after_ms = 100000});
    add("busy", WORK_CHANGE);
    take("busy");
    add("ready", WORK_CHANGE);
    now += 250;
    auto_json cJSON *debug = workqueue_debug(queue, now);
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_canonical(&text, debug);
    ck_assert_str_eq(text.text,
                     "{\"delayed\":2,"
                     "\"failing\":[{\"failures\":1,\"inMs\":8750,\"key\":\"a/bad\"}],"
                     "\"ready\":1,"
                     "\"running\":[{\"forMs\":250,\"key\":\"a/busy\"}]}");
    strbuf_fini(&text);
}
END_TEST

START_TEST(lists_of_its_state_are_cut)
{
    struct kube_key many = {.ns = "a", .name = NULL};
    struct arena *arena = arena_new();
    for (int i = 0; i < 300; i++) {
        many.name = arena_printf(arena, "n%d", i);
        workqueue_add(queue, &many, WORK_CHANGE, now);
        struct work *work = workqueue_take(queue, now);
        if (i % 2)
            done(work, &FAILED);
    }
    expect_counts(0, 150, 150);
    auto_json cJSON *debug = workqueue_debug(queue, now);
    ck_assert_uint_eq(json_count(json_at(debug, "running")), 100);
    ck_assert_uint_eq(json_count(json_at(debug, "failing")), 100);
    arena_free(&arena);
}
END_TEST

CHECK_MAIN("workqueue", setup, teardown, a_key_is_in_it_once,
           keys_differ_by_namespace_too, the_key_is_copied, the_oldest_goes_first,
           changes_go_before_resyncs,
           a_change_overtakes_with_a_key_that_waits_for_a_resync,
           what_comes_while_it_runs_comes_after, again_has_the_priority_of_what_came,
           the_owner_is_known_while_it_runs, a_wish_is_a_timer,
           the_next_timer_is_the_deadline, a_change_takes_the_place_of_the_timer,
           of_two_wishes_the_earlier_counts, what_is_due_waits_in_its_priority,
           failures_wait_longer_and_longer, conflicts_wait_less, delays_are_spread,
           success_forgets_failures, a_change_keeps_the_count_of_failures,
           a_server_may_ask_for_more_time, metrics_are_those_of_controller_runtime,
           its_state_can_be_read, lists_of_its_state_are_cut)
