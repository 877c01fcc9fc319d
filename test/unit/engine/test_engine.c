#include "test/unit/engine/engine_play.h"

/* ---- the beginning */

START_TEST(it_asks_for_the_version_and_for_all_lists)
{
    start();
    ck_assert_uint_eq(sent_count, 6);
    ck_assert_uint_eq(count_open(VERSION_PATH), 1);
    ck_assert_uint_eq(count_open(ALPHA_LIST), 1);
    ck_assert_uint_eq(count_open(BETA_LIST), 1);
    ck_assert_uint_eq(count_open(DEPLOYMENT_LIST), 2);
    ck_assert_uint_eq(count_open(POD_LIST), 1);
    ck_assert(!engine_synced(engine));
    ck_assert(!engine_busy(engine));
}
END_TEST

START_TEST(it_plans_primaries_once_all_lists_are_complete)
{
    synchronize();
    expect_planned("alpha:a/x beta:a/s ");
    ck_assert_str_eq(seen_version, "v1.37.2");
    ck_assert_str_eq(seen_namespace, "berth");
}
END_TEST

START_TEST(a_kind_begins_once_its_own_lists_are_complete)
{
    start();
    answer_version("v1");
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    line(BETA_LIST, "ADDED", object("s", 11, "1"));
    end_list(ALPHA_LIST);
    expect_planned("");
    end_list(DEPLOYMENT_LIST);
    expect_planned("alpha:a/x ");
    answer(POD_LIST, 500, status_text(500, "InternalError"));
    end_list(BETA_LIST);
    ck_assert(!engine_synced(engine));
    expect_planned("");
    wake();
    end_list(POD_LIST);
    ck_assert(engine_synced(engine));
    expect_planned("beta:a/s ");
}
END_TEST

START_TEST(it_waits_for_the_version)
{
    start();
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    end_list(ALPHA_LIST);
    end_list(BETA_LIST);
    end_list(DEPLOYMENT_LIST);
    end_list(POD_LIST);
    ck_assert(!engine_synced(engine));
    expect_planned("");
    answer_version("v1.37.2");
    ck_assert(engine_synced(engine));
    expect_planned("alpha:a/x ");
}
END_TEST

START_TEST(it_works_without_the_version)
{
    start();
    answer(VERSION_PATH, 403, status_text(403, "Forbidden"));
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    end_list(ALPHA_LIST);
    end_list(BETA_LIST);
    end_list(DEPLOYMENT_LIST);
    end_list(POD_LIST);
    expect_planned("alpha:a/x ");
    ck_assert_str_eq(seen_version, "");
    ck_assert_int_eq(engine_deadline(engine), now.mono_ms + 10000);
    wake();
    break_off(VERSION_PATH);
    ck_assert_int_eq(engine_deadline(engine), now.mono_ms + 10000);
    wake();
    answer_version("v1.37.2");
    expect_planned("alpha:a/x ");
    ck_assert_str_eq(seen_version, "v1.37.2");
}
END_TEST

START_TEST(another_version_is_a_reason_to_look_again)
{
    synchronize();
    expect_planned("alpha:a/x beta:a/s ");
    pass(60 * 60 * 1000);
    engine_on_timer(engine, now);
    drain();
    answer_version("v1.37.2");
    expect_planned("");
    pass(60 * 60 * 1000);
    engine_on_timer(engine, now);
    drain();
    answer_version("v1.38.0");
    expect_planned("alpha:a/x beta:a/s ");
    ck_assert_str_eq(seen_version, "v1.38.0");
}
END_TEST

START_TEST(an_optional_watch_is_not_waited_for)
{
    start();
    answer_version("v1");
    end_list(ALPHA_LIST);
    end_list(BETA_LIST);
    end_list(DEPLOYMENT_LIST);
    ck_assert(!engine_synced(engine));
    answer(POD_LIST, 403, status_text(403, "Forbidden"));
    ck_assert(engine_synced(engine));
}
END_TEST

static void plan_if_served(const struct reconcile_input *in, struct plan *plan)
{
    bool served = observed_served(in->observed, &KUBE_DEPLOYMENTS);
    plan_requeue(plan, served ? 10 : 20);
}

START_TEST(what_is_not_served_is_not_waited_for)
{
    start();
    script = plan_if_served;
    answer_version("v1");
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    end_list(ALPHA_LIST);
    end_list(BETA_LIST);
    end_list(POD_LIST);
    answer(DEPLOYMENT_LIST, 404, status_text(404, "NotFound"));
    ck_assert(!engine_synced(engine));
    answer(DEPLOYMENT_LIST, 404, status_text(404, "NotFound"));
    ck_assert(engine_synced(engine));
    expect_planned("alpha:a/x ");
    ck_assert_int_eq(engine_deadline(engine), now.mono_ms + 20);
}
END_TEST

START_TEST(chosen_namespaces_are_watched_one_by_one)
{
    static const struct reconciler_watch WATCHES[] = {
        {.resource = &KUBE_AGENT_RUNTIMES, .keep = KEEP},
        {.resource = &KUBE_CONFIG_MAPS, .scope = WATCH_OWN_NAMESPACE, .map = map_all},
        {0},
    };
    static const struct reconciler NARROW = {
        .name = "narrow",
        .primary = &KUBE_AGENT_RUNTIMES,
        .watches = WATCHES,
        .plan = plan_alpha,
    };
    static const struct reconciler *const ONE[] = {&NARROW, NULL};
    static const char *const NAMESPACES[] = {"a", "b", NULL};
    engine_free(&engine);
    engine = engine_new(&(struct engine_options){
        .reconcilers = ONE,
        .namespaces = NAMESPACES,
        .config = &CONFIG,
        .identity = "me",
        .max_reconciles = 1,
        .metrics = metrics,
    });
    start();
    ck_assert_uint_eq(sent_count, 4);
    ck_assert_uint_eq(count_open("/namespaces/a" ALPHA_LIST), 1);
    ck_assert_uint_eq(count_open("/namespaces/b" ALPHA_LIST), 1);
    ck_assert_uint_eq(count_open("/namespaces/berth/configmaps?"), 1);
}
END_TEST

/* ---- bounds */

static void synchronize_many(int count)
{
    start();
    answer_version("v1");
    for (int i = 0; i < count; i++)
        line(ALPHA_LIST, "ADDED", object(arena_printf(arena, "n%03d", i), 10 + i, "1"));
    end_list(BETA_LIST);
    end_list(DEPLOYMENT_LIST);
    end_list(POD_LIST);
    end_list(ALPHA_LIST); /* with this call alpha begins */
    ck_assert(engine_synced(engine));
}

START_TEST(a_backlog_of_one_kind_does_not_hold_up_another)
{
    open_engine(1);
    script = plan_read;
    synchronize_many(5);
    line(BETA_LIST, "ADDED", object("s", 110, "1"));
    line(BETA_LIST, "ADDED", object("t", 111, "1"));
    for (int left = 7; left > 0; left--)
        answer("/configmaps/", 404, status_text(404, "NotFound"));
    /* Each is planned before and after it is read. */
    expect_planned("alpha:a/n000 alpha:a/n000 beta:a/s beta:a/s "
                   "alpha:a/n001 alpha:a/n001 beta:a/t beta:a/t "
                   "alpha:a/n002 alpha:a/n002 alpha:a/n003 alpha:a/n003 "
                   "alpha:a/n004 alpha:a/n004 ");
}
END_TEST

START_TEST(so_many_reconciles_are_in_flight_at_once)
{
    open_engine(3);
    script = plan_read;
    synchronize_many(5);
    line(BETA_LIST, "ADDED", object("s", 110, "1")); /* they share the room */
    ck_assert_uint_eq(count_open("/configmaps/"), 3);
    ck_assert_uint_eq(plan_count, 3);
    ck_assert(engine_busy(engine));
    expect_metric("controller_runtime_active_workers{controller=\"alpha\"} 3\n");
    for (int left = 6; left > 3; left--) {
        answer("/configmaps/", 404, status_text(404, "NotFound"));
        ck_assert_uint_eq(count_open("/configmaps/"), 3);
    }
    for (int left = 3; left > 0; left--) {
        ck_assert_uint_eq(count_open("/configmaps/"), (size_t)left);
        answer("/configmaps/", 404, status_text(404, "NotFound"));
    }
    ck_assert(!engine_busy(engine));
    ck_assert_uint_eq(plan_count, 12);
}
END_TEST

START_TEST(a_turn_does_so_much_and_asks_for_another)
{
    synchronize_many(150);
    ck_assert_uint_eq(plan_count, 64);
    ck_assert_int_eq(engine_deadline(engine), now.mono_ms);
    wake();
    ck_assert_uint_eq(plan_count, 128);
    wake();
    ck_assert_uint_eq(plan_count, 150);
    ck_assert_int_gt(engine_deadline(engine), now.mono_ms);
}
END_TEST

START_TEST(changes_go_before_a_resync)
{
    synchronize_many(100);
    ck_assert_ptr_null(strstr(planned, "n099"));
    planned[0] = '\0';
    line(ALPHA_LIST, "MODIFIED", object("n099", 300, "2"));
    ck_assert_int_eq(strncmp(planned, "alpha:a/n099 ", 13), 0);
}
END_TEST

/* ---- time */

static void plan_broken(const struct reconcile_input *in, struct plan *plan)
{
    plan->retry = in != NULL;
}

START_TEST(what_failed_is_tried_again_at_its_time)
{
    script = plan_broken;
    synchronize();
    expect_planned("alpha:a/x beta:a/s ");
    int64_t first = engine_deadline(engine);
    ck_assert_int_ge(first, now.mono_ms + 500);
    ck_assert_int_le(first, now.mono_ms + 1000);
    engine_on_timer(engine, now); /* too early is harmless */
    expect_planned("");
    wake();
    ck_assert_uint_eq(plan_count, 1);
    wake();
    ck_assert_uint_eq(plan_count, 2);
    wake();
    ck_assert_uint_eq(plan_count, 3);
}
END_TEST

START_TEST(a_reconcile_that_takes_too_long_is_cancelled)
{
    script = plan_read;
    synchronize();
    ck_assert_uint_eq(count_open("/configmaps/"), 2);
    ck_assert_int_eq(engine_deadline(engine), now.mono_ms + 2 * 60 * 1000);
    wake();
    ck_assert_uint_eq(cancels, 2);
    ck_assert_uint_eq(count_open("/configmaps/"), 0);
    ck_assert(!engine_busy(engine));
    expect_metric("controller_runtime_reconcile_timeouts_total{controller=\"beta\"} 1");
    wake();
    ck_assert_uint_ge(count_open("/configmaps/"), 1);
}
END_TEST

START_TEST(answers_to_nobody_are_ignored)
{
    struct err err;
    synchronize();
    expect_planned("alpha:a/x beta:a/s ");
    err_set(&err, ERR_UNAVAILABLE, "gone");
    engine_on_response(engine, 99999, &(struct kube_response){200, "{}", 2, 0}, now);
    engine_on_failure(engine, 99998, &err, now);
    engine_on_line(engine, 99997, "{", 1, now);
    drain();
    expect_planned("");
}
END_TEST

/* ---- the shell's wishes */

START_TEST(another_configuration_is_a_reason_to_look_again)
{
    static const struct reconcile_config OTHER = {.controller_namespace = "other"};
    start();
    engine_set_config(engine, &OTHER, now); /* early: nothing to look at */
    expect_planned("");
    engine_set_config(engine, &CONFIG, now);
    engine_free(&engine);
    open_engine(8);
    synchronize();
    expect_planned("alpha:a/x beta:a/s ");
    engine_set_config(engine, &OTHER, now);
    drain();
    expect_planned("alpha:a/x beta:a/s ");
    ck_assert_str_eq(seen_namespace, "other");
    ck_assert_str_eq(seen_version, "v1.37.2");
}
END_TEST

START_TEST(paused_it_begins_nothing)
{
    script = plan_read;
    synchronize();
    expect_planned("alpha:a/x beta:a/s ");
    engine_pause(engine);
    line(ALPHA_LIST, "ADDED", object("y", 110, "1"));
    expect_planned("");
    ck_assert(engine_busy(engine));
    answer("/configmaps/x", 404, status_text(404, "NotFound"));
    answer("/configmaps/s", 404, status_text(404, "NotFound"));
    expect_planned("alpha:a/x beta:a/s "); /* what was begun goes on to its end */
    ck_assert(!engine_busy(engine));
    engine_resume(engine, now);
    drain();
    expect_planned("alpha:a/y ");
}
END_TEST

START_TEST(paused_it_asks_for_no_time_to_work)
{
    script = plan_broken;
    synchronize();
    engine_pause(engine);
    ck_assert_int_gt(engine_deadline(engine), now.mono_ms + 60 * 1000);
    engine_resume(engine, now);
    ck_assert_int_le(engine_deadline(engine), now.mono_ms + 1000);
}
END_TEST

START_TEST(it_can_begin_paused)
{
    engine_pause(engine);
    synchronize();
    expect_planned("");
    engine_resume(engine, now);
    expect_planned("alpha:a/x beta:a/s ");
}
END_TEST

/* ---- the end */

static void plan_event_and_read(const struct reconcile_input *in, struct plan *plan)
{
    plan_event(plan, false, "R", "A", "n");
    if (in->key.name[0] == 'x')
        plan_read(in, plan);
}

START_TEST(it_can_be_freed_with_everything_under_way)
{
    open_engine(8);
    open_engine(8); /* never started */
    start();
    open_engine(8); /* lists */
    script = plan_event_and_read;
    synchronize(); /* a read and an event */
    ck_assert(engine_busy(engine));
    ck_assert_uint_eq(count_open("/events?"), 1);
    struct sent *watch = open_request(ALPHA_LIST, 0);
    const char *added = "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x2\","
                        "\"namespace\":\"a\",\"resourceVersion\":\"200\"}}}";
    engine_on_line(engine, watch->id, added, strlen(added), now);
    ck_assert_ptr_nonnull(strstr(planned, "alpha:a/x2")); /* its read is not taken */
}
END_TEST

CHECK_MAIN("engine", setup, teardown, it_asks_for_the_version_and_for_all_lists,
           it_plans_primaries_once_all_lists_are_complete,
           a_kind_begins_once_its_own_lists_are_complete, it_waits_for_the_version,
           it_works_without_the_version, another_version_is_a_reason_to_look_again,
           an_optional_watch_is_not_waited_for, what_is_not_served_is_not_waited_for,
           chosen_namespaces_are_watched_one_by_one,
           a_backlog_of_one_kind_does_not_hold_up_another,
           so_many_reconciles_are_in_flight_at_once,
           a_turn_does_so_much_and_asks_for_another, changes_go_before_a_resync,
           what_failed_is_tried_again_at_its_time,
           a_reconcile_that_takes_too_long_is_cancelled, answers_to_nobody_are_ignored,
           another_configuration_is_a_reason_to_look_again, paused_it_begins_nothing,
           paused_it_asks_for_no_time_to_work, it_can_begin_paused,
           it_can_be_freed_with_everything_under_way)
