#include "test/unit/engine/engine_play.h"

/* The caches are complete, and the first plans were made. */
static void settle(void)
{
    synchronize();
    expect_planned("alpha:a/x beta:a/s ");
}

/* ---- which primaries a change concerns */

START_TEST(a_primary_concerns_itself)
{
    settle();
    line(ALPHA_LIST, "MODIFIED", object("x", 110, "2"));
    expect_planned("alpha:a/x ");
    line(ALPHA_LIST, "ADDED", object("y", 111, "1"));
    expect_planned("alpha:a/y ");
    line(ALPHA_LIST, "DELETED", object("x", 112, "2"));
    expect_planned("alpha:a/x ");
}
END_TEST

START_TEST(what_no_plan_reads_is_no_change)
{
    settle();
    line(ALPHA_LIST, "MODIFIED", object("x", 110, "1"));
    line(DEPLOYMENT_LIST, "MODIFIED", owned("d", 111, "x"));
    expect_planned("");
}
END_TEST

START_TEST(a_secondary_concerns_whom_it_names_before_and_after)
{
    settle();
    line(ALPHA_LIST, "ADDED", object("y", 110, "1"));
    expect_planned("alpha:a/y ");
    line(DEPLOYMENT_LIST, "MODIFIED", owned("d", 111, "y"));
    expect_planned("alpha:a/x alpha:a/y beta:a/s ");
    line(DEPLOYMENT_LIST, "DELETED", owned("d", 112, "y"));
    expect_planned("alpha:a/y beta:a/s ");
}
END_TEST

START_TEST(a_secondary_may_name_who_does_not_exist)
{
    settle();
    line(DEPLOYMENT_LIST, "ADDED", owned("e", 110, "nobody"));
    expect_planned("alpha:a/nobody beta:a/s "); /* the plan says what to do about it */
    line(DEPLOYMENT_LIST, "ADDED", object("f", 111, "{}"));
    expect_planned("beta:a/s ");
}
END_TEST

START_TEST(an_optional_secondary_concerns_its_reconciler)
{
    settle();
    line(POD_LIST, "ADDED", object("p", 110, "1"));
    expect_planned("beta:a/s ");
}
END_TEST

START_TEST(a_change_during_a_reconcile_comes_after_it)
{
    script = plan_read;
    settle();
    line(ALPHA_LIST, "MODIFIED", object("x", 110, "2"));
    line(ALPHA_LIST, "MODIFIED", object("x", 111, "3"));
    expect_planned("");
    answer("/configmaps/x", 404, status_text(404, "NotFound"));
    expect_planned("alpha:a/x alpha:a/x ");
    ck_assert_uint_eq(count_open("/configmaps/x"), 1);
    answer("/configmaps/x", 404, status_text(404, "NotFound"));
    expect_planned("alpha:a/x ");
    ck_assert_uint_eq(count_open("/configmaps/x"), 0);
}
END_TEST

/* ---- Berth's own writes */

/* alpha wants its deployment to say so; a write that failed is enough for it. */
static void plan_write(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    if (strcmp(in->key.name, "x") != 0 || !live || json_int(live, 0, "spec", "n") == 1)
        return;
    cJSON *intent = kube_object(arena, &KUBE_DEPLOYMENTS, "a", "d");
    json_set_str(intent, "x", "spec", "owner");
    json_set(intent, json_number(1), "spec", "n");
    plan_apply(plan, &KUBE_DEPLOYMENTS, intent, PLAN_UPDATE, live, "want 1");
}

static const char *written(int version, int n)
{
    return object("d", version, arena_printf(arena, "{\"owner\":\"x\",\"n\":%d}", n));
}

/* alpha's write is under way. */
static void begin_write(void)
{
    script = plan_write;
    settle();
    ck_assert_uint_eq(count_open(APPLY_PATH), 1);
}

START_TEST(the_watch_may_be_slower_than_the_answer)
{
    begin_write();
    answer(APPLY_PATH, 200, written(110, 1));
    expect_planned("alpha:a/x beta:a/s "); /* for beta it is a change */
    line(DEPLOYMENT_LIST, "MODIFIED", written(110, 1));
    expect_planned("");
    ck_assert(!engine_busy(engine));
}
END_TEST

START_TEST(the_watch_may_be_faster_than_the_answer)
{
    begin_write();
    line(DEPLOYMENT_LIST, "MODIFIED", written(110, 1));
    expect_planned("beta:a/s ");
    answer(APPLY_PATH, 200, written(110, 1));
    expect_planned("alpha:a/x "); /* the plan that follows each write, and no other */
    ck_assert(!engine_busy(engine));
}
END_TEST

START_TEST(a_foreign_change_after_the_write_is_planned)
{
    begin_write();
    line(DEPLOYMENT_LIST, "MODIFIED", written(111, 1));
    expect_planned("beta:a/s ");
    answer(APPLY_PATH, 200, written(110, 1));
    expect_planned("alpha:a/x alpha:a/x ");
}
END_TEST

START_TEST(a_foreign_change_after_the_reconcile_is_planned)
{
    begin_write();
    answer(APPLY_PATH, 200, written(110, 1));
    expect_planned("alpha:a/x beta:a/s ");
    line(DEPLOYMENT_LIST, "MODIFIED", written(112, 2));
    expect_planned("alpha:a/x beta:a/s ");
    ck_assert_uint_eq(count_open(APPLY_PATH), 1); /* taken back */
}
END_TEST

static void plan_write_and_look(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    if (strcmp(in->key.name, "s") == 0 && json_int(live, 0, "spec", "beta") == 0)
        plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_DEPLOYMENTS, live, json_object(),
                   "want it");
}

START_TEST(an_answer_is_seen_as_the_reconciler_watches_it)
{
    script = plan_write_and_look;
    settle();
    answer("/deployments/d?", 200,
           object("d", 110, "{\"owner\":\"x\",\"beta\":1}")); /* alpha keeps no beta */
    expect_planned("beta:a/s ");
    ck_assert(!engine_busy(engine));
}
END_TEST

START_TEST(an_older_event_does_not_undo_the_answer)
{
    begin_write();
    answer(APPLY_PATH, 200, written(110, 1));
    expect_planned("alpha:a/x beta:a/s ");
    line(DEPLOYMENT_LIST, "MODIFIED", written(109, 0));
    expect_planned("");
    const cJSON *held = engine_get(engine, arena, &KUBE_DEPLOYMENTS, "a", "d");
    ck_assert_int_eq(json_int(held, 0, "spec", "n"), 1);
}
END_TEST

START_TEST(an_unanswered_write_is_read_live_before_the_next_plan)
{
    begin_write();
    break_off(APPLY_PATH);
    expect_planned("");
    wake();
    expect_planned("");
    answer("/namespaces/a/deployments/d", 200, written(110, 1));
    expect_planned("alpha:a/x beta:a/s ");
    ck_assert(!engine_busy(engine));
}
END_TEST

static void plan_release(const struct reconcile_input *in, struct plan *plan)
{
    if (in->primary && strcmp(in->key.name, "x") == 0)
        plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_AGENT_RUNTIMES, in->primary,
                   json_object(), "let go");
}

START_TEST(what_is_released_does_not_come_back)
{
    script = plan_release;
    settle();
    line(ALPHA_LIST, "DELETED", object("x", 111, "1"));
    ck_assert_ptr_null(engine_get(engine, arena, &KUBE_AGENT_RUNTIMES, "a", "x"));
    answer("/agentruntimes/x", 200,
           "{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\",\"uid\":\"u-x\","
           "\"resourceVersion\":\"110\",\"deletionGracePeriodSeconds\":0,"
           "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"}}");
    ck_assert_ptr_null(engine_get(engine, arena, &KUBE_AGENT_RUNTIMES, "a", "x"));
    ck_assert(!engine_busy(engine));
}
END_TEST

/* ---- watches that break */

START_TEST(a_broken_watch_keeps_its_objects)
{
    settle();
    break_off(ALPHA_LIST);
    ck_assert(engine_synced(engine));
    expect_planned("");
    const cJSON *held = engine_get(engine, arena, &KUBE_AGENT_RUNTIMES, "a", "x");
    ck_assert_int_eq(json_int(held, 0, "spec"), 1);
    wake();
    ck_assert_uint_eq(count_open(ALPHA_LIST), 1);
    line(ALPHA_LIST, "MODIFIED", object("x", 110, "2"));
    expect_planned("alpha:a/x ");
}
END_TEST

START_TEST(a_kind_that_goes_takes_nothing_with_it)
{
    settle();
    break_off(ALPHA_LIST);
    wake();
    answer(ALPHA_LIST, 404, "404 page not found\n");
    ck_assert_ptr_nonnull(engine_get(engine, arena, &KUBE_AGENT_RUNTIMES, "a", "x"));
    expect_planned("");
}
END_TEST

START_TEST(what_went_while_it_was_blind_is_planned)
{
    settle();
    answer(ALPHA_LIST, 410, status_text(410, "Expired"));
    if (count_open(ALPHA_LIST) == 0)
        wake();
    line(ALPHA_LIST, "ADDED", object("y", 150, "1"));
    expect_planned("alpha:a/y ");
    line(ALPHA_LIST, "BOOKMARK",
         "{\"metadata\":{\"resourceVersion\":\"200\",\"annotations\":{"
         "\"k8s.io/initial-events-end\":\"true\"}}}");
    expect_planned("alpha:a/x ");
    ck_assert_ptr_null(engine_get(engine, arena, &KUBE_AGENT_RUNTIMES, "a", "x"));
}
END_TEST

/* ---- namespaces that a watch chooses */

static void map_nothing(const cJSON *secondary, struct observed *observed,
                        const struct reconcile_config *config,
                        struct kube_keys *primaries)
{
    ck_assert(secondary && observed && config && primaries);
}

static bool is_managed(const cJSON *ns)
{
    return kube_label(ns, "managed") != NULL;
}

static const struct reconciler_watch CHOOSY_WATCHES[] = {
    {.resource = &KUBE_AGENT_RUNTIMES, .keep = KEEP},
    {.resource = &KUBE_NAMESPACES,
     .keep = (const char *const[]){"metadata labels", NULL},
     .map = map_nothing},
    {.resource = &KUBE_CONFIG_MAPS,
     .keep = KEEP,
     .chooses = is_managed,
     .map = map_nothing,
     .optional = true},
    {0},
};
static const struct reconciler CHOOSY = {
    .name = "choosy",
    .primary = &KUBE_AGENT_RUNTIMES,
    .watches = CHOOSY_WATCHES,
    .plan = plan_alpha,
};

static void open_choosy(const char *const *namespaces)
{
    static const struct reconciler *const ONE[] = {&CHOOSY, NULL};
    engine_free(&engine);
    engine = engine_new(&(struct engine_options){
        .reconcilers = ONE,
        .namespaces = namespaces,
        .config = &CONFIG,
        .identity = "me",
        .max_reconciles = 4,
        .metrics = metrics,
    });
    start();
    answer_version("v1");
}

static const char *namespace(const char *name, int version, const char *labels)
{
    return arena_printf(arena,
                        "{\"metadata\":{\"name\":\"%s\",\"resourceVersion\":\"%d\","
                        "\"labels\":{%s}}}",
                        name, version, labels);
}

START_TEST(chosen_namespaces_are_watched_before_anything_is_planned)
{
    open_choosy(NULL);
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    end_list(ALPHA_LIST);
    line("/namespaces?", "ADDED", namespace("a", 11, "\"managed\":\"true\""));
    line("/namespaces?", "ADDED", namespace("b", 12, ""));
    ck_assert_uint_eq(count_open("/configmaps?"), 1);
    end_list("/namespaces?");
    ck_assert(!engine_synced(engine));
    expect_planned("");
    end_list("/namespaces/a/configmaps?");
    ck_assert(engine_synced(engine));
    expect_planned("alpha:a/x ");
}
END_TEST

START_TEST(whoever_waits_for_a_chosen_namespace_is_planned_again)
{
    open_choosy(NULL);
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    end_list(ALPHA_LIST);
    end_list("/namespaces?");
    expect_planned("alpha:a/x ");
    line("/namespaces?", "ADDED", namespace("a", 200, ""));
    ck_assert_uint_eq(count_open("/configmaps?"), 0);
    line("/namespaces?", "MODIFIED", namespace("a", 201, "\"managed\":\"true\""));
    expect_planned("");
    end_list("/namespaces/a/configmaps?");
    expect_planned("alpha:a/x ");
    line("/namespaces?", "MODIFIED", namespace("a", 202, ""));
    ck_assert_uint_eq(count_open("/configmaps?"), 0);
    ck_assert_uint_eq(cancels, 1);
}
END_TEST

START_TEST(a_namespace_that_may_not_be_read_holds_up_nobody_else)
{
    open_choosy(NULL);
    line(ALPHA_LIST, "ADDED", object("x", 10, "1"));
    end_list(ALPHA_LIST);
    line("/namespaces?", "ADDED", namespace("c", 11, "\"managed\":\"true\""));
    end_list("/namespaces?");
    expect_planned("");
    answer("/namespaces/c/configmaps?", 403, status_text(403, "Forbidden"));
    expect_planned("alpha:a/x ");
}
END_TEST

START_TEST(namespaces_that_are_not_watched_are_not_chosen)
{
    open_choosy((const char *const[]){"a", NULL});
    line("/namespaces?", "ADDED", namespace("a", 11, "\"managed\":\"true\""));
    line("/namespaces?", "ADDED", namespace("b", 12, "\"managed\":\"true\""));
    ck_assert_uint_eq(count_open("/configmaps?"), 1);
    ck_assert_uint_eq(count_open("/namespaces/a/configmaps?"), 1);
}
END_TEST

CHECK_MAIN("engine_changes", setup, teardown, a_primary_concerns_itself,
           what_no_plan_reads_is_no_change,
           a_secondary_concerns_whom_it_names_before_and_after,
           a_secondary_may_name_who_does_not_exist,
           an_optional_secondary_concerns_its_reconciler,
           a_change_during_a_reconcile_comes_after_it,
           the_watch_may_be_slower_than_the_answer,
           the_watch_may_be_faster_than_the_answer,
           a_foreign_change_after_the_write_is_planned,
           a_foreign_change_after_the_reconcile_is_planned,
           an_answer_is_seen_as_the_reconciler_watches_it,
           an_older_event_does_not_undo_the_answer,
           an_unanswered_write_is_read_live_before_the_next_plan,
           what_is_released_does_not_come_back, a_broken_watch_keeps_its_objects,
           a_kind_that_goes_takes_nothing_with_it,
           what_went_while_it_was_blind_is_planned,
           chosen_namespaces_are_watched_before_anything_is_planned,
           whoever_waits_for_a_chosen_namespace_is_planned_again,
           a_namespace_that_may_not_be_read_holds_up_nobody_else,
           namespaces_that_are_not_watched_are_not_chosen)
