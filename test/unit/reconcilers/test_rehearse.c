#include "kubeclient/api/object.h"
#include "reconcilers/rehearse.h"
#include "test/support/check_main.h"

static struct arena *arena;
static int rounds;

/* Reads Pod "p" live, then tries a label on the primary, then says what it learned. */
static bool plan_in_steps(const struct reconcile_input *in, struct plan *plan,
                          struct err *err)
{
    const cJSON *tried = NULL;
    rounds++;
    if (!in->primary)
        return err_set(err, ERR_INVALID, "no primary");
    enum lookup read =
        observed_fetched(in->observed, &KUBE_PODS, in->key.ns, "p", NULL, NULL);
    if (read == LOOKUP_UNKNOWN) {
        plan_need(plan, &KUBE_PODS, in->key.ns, "p");
        return true;
    }
    if (observed_tried(in->observed, &KUBE_DEPLOYMENTS, in->key.ns, in->key.name,
                       &tried, NULL) == LOOKUP_UNKNOWN) {
        cJSON *intent =
            kube_object(plan->arena, &KUBE_DEPLOYMENTS, in->key.ns, in->key.name);
        json_set_str(intent, "new", "metadata", "labels", "added");
        plan_try(plan, &KUBE_DEPLOYMENTS, intent, in->primary);
        return true;
    }
    plan_event(plan, false, read == LOOKUP_FOUND ? "Found" : "Absent", "Try", "%s %s",
               kube_label(tried, "added"), kube_label(tried, "kept"));
    plan_requeue(plan, in->now_ms);
    return true;
}

/* Needs another object each time. */
static bool plan_without_end(const struct reconcile_input *in, struct plan *plan,
                             struct err *err)
{
    (void)in, (void)err;
    plan_need(plan, &KUBE_PODS, "ns", arena_printf(plan->arena, "p%d", rounds++));
    return true;
}

static const struct reconciler_watch WATCHES[] = {{.resource = &KUBE_DEPLOYMENTS}, {0}};
static const struct reconciler IN_STEPS = {.name = "steps",
                                           .primary = &KUBE_DEPLOYMENTS,
                                           .watches = WATCHES,
                                           .plan = plan_in_steps};
static const struct reconciler WITHOUT_END = {.name = "endless",
                                              .primary = &KUBE_DEPLOYMENTS,
                                              .watches = WATCHES,
                                              .plan = plan_without_end};
static const struct reconciler *const RECONCILERS[] = {&IN_STEPS, &WITHOUT_END, NULL};
static struct object_set *set;

static void add(const struct kube_resource *resource, const char *name)
{
    struct err err;
    cJSON *object = kube_object(arena, resource, "ns", name);
    json_set_str(object, "old", "metadata", "labels", "kept");
    ck_assert(object_set_add(set, object, &err));
}

static void setup(void)
{
    arena = arena_new();
    set = object_set_new(RECONCILERS);
    rounds = 0;
}

static void teardown(void)
{
    object_set_free(&set);
    arena_free(&arena);
}

static struct plan *rehearse_with(const struct reconciler *reconciler, struct err *err)
{
    static const struct reconcile_config config = {.server_version = ""};
    const struct kube_key key = {.ns = "ns", .name = "web"};
    const struct rehearsal rehearsal = {.set = set,
                                        .reconciler = reconciler,
                                        .config = &config,
                                        .arena = arena,
                                        .now_ms = 7};
    return rehearse(&rehearsal, &key, err);
}

START_TEST(needs_are_answered_from_the_set)
{
    struct err err = {0};
    add(&KUBE_DEPLOYMENTS, "web");
    add(&KUBE_PODS, "p");
    struct plan *plan = rehearse_with(&IN_STEPS, &err);
    ck_assert_msg(plan != NULL, "%s", err.msg);
    ck_assert_ptr_null(plan->needs);
    ck_assert_int_eq(rounds, 3);
    ck_assert_str_eq(plan->events->reason, "Found");
    ck_assert_str_eq(plan->events->note, "new old");
    ck_assert_int_eq(plan->requeue_after_ms, 7);
}
END_TEST

START_TEST(what_is_not_in_the_set_is_absent)
{
    struct err err = {0};
    add(&KUBE_DEPLOYMENTS, "web");
    struct plan *plan = rehearse_with(&IN_STEPS, &err);
    ck_assert_msg(plan != NULL, "%s", err.msg);
    ck_assert_str_eq(plan->events->reason, "Absent");
}
END_TEST

START_TEST(errors_are_the_reconcilers_own)
{
    struct err err = {0};
    ck_assert_ptr_null(rehearse_with(&IN_STEPS, &err));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_str_eq(err.msg, "no primary");
}
END_TEST

START_TEST(needs_without_end_are_an_error)
{
    struct err err = {0};
    ck_assert_ptr_null(rehearse_with(&WITHOUT_END, &err));
    ck_assert_int_eq(err.kind, ERR_INTERNAL);
    ck_assert_int_gt(rounds, 1);
}
END_TEST

CHECK_MAIN("rehearse", setup, teardown, needs_are_answered_from_the_set,
           what_is_not_in_the_set_is_absent, errors_are_the_reconcilers_own,
           needs_without_end_are_an_error)
