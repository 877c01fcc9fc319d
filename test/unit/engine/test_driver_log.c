#include "test/unit/engine/driver_play.h"

#include <stdio.h>

static char lines[2048]; /* without the reconcileID, which is in `id` */
static char id[32];

static void write_line(void *ctx, enum log_level level, const char *msg,
                       const struct log_field *fields, size_t count)
{
    size_t len = strlen(lines);
    ck_assert_ptr_eq(ctx, lines);
    len += (size_t)snprintf(lines + len, sizeof lines - len, "%s: %s",
                            log_level_name(level), msg);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].name, "reconcileID") == 0)
            snprintf(id, sizeof id, "%s", fields[i].text);
        else
            len += (size_t)snprintf(lines + len, sizeof lines - len, " %s=%s",
                                    fields[i].name, fields[i].text);
    }
    snprintf(lines + len, sizeof lines - len, "\n");
}

static void listen(enum log_level level)
{
    play_log = (struct log){.level = level, .write = write_line, .ctx = lines};
    lines[0] = id[0] = '\0';
}

static void expect_lines(const char *wanted)
{
    ck_assert_str_eq(lines, wanted);
    lines[0] = '\0';
}

#define WHO " controller=played namespace=a name=x"

static void plan_patch_once(const struct reconcile_input *in, struct plan *plan)
{
    const cJSON *live = observed_get(in->observed, &KUBE_DEPLOYMENTS, "a", "d");
    plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_DEPLOYMENTS, live, json_object(),
               "mount 2 skills");
    plan_set_status(plan, json_object());
}

static void plan_status(const struct reconcile_input *in, struct plan *plan)
{
    ck_assert_ptr_nonnull(in->primary);
    plan_set_status(plan, json_object());
}

static void begin_patch(void)
{
    play(plan_patch_once, plan_status);
    start();
    expect_request(KUBE_PATCH, DEPLOYMENT_PATH "?fieldManager=berth");
}

START_TEST(at_rest_it_says_nothing)
{
    listen(LOG_DEBUG);
    play(plan_nothing);
    start();
    expect_done(WORK_DONE, 1);
    expect_lines("");
}
END_TEST

START_TEST(each_change_is_one_line)
{
    listen(LOG_INFO);
    begin_patch();
    answer(200, object(&KUBE_DEPLOYMENTS, "d", 6, ""));
    expect_lines("info: written" WHO " object=Deployment d why=mount 2 skills\n");
    expect_request(KUBE_PATCH, STATUS_PATH "&force=true");
    answer(200, object(&KUBE_AGENT_RUNTIMES, "x", 8, ",\"status\":{}"));
    expect_lines("info: status written" WHO "\n");
    expect_done(WORK_DONE, 2);
}
END_TEST

START_TEST(a_refusal_is_one_line)
{
    listen(LOG_INFO);
    begin_patch();
    refuse(403, "Forbidden", "d");
    expect_lines("warn: the API server refuses a write" WHO
                 " object=Deployment d why=mount 2 skills"
                 " error=server says Forbidden\n");
}
END_TEST

START_TEST(the_lines_of_a_reconcile_have_one_id)
{
    char first[32];
    listen(LOG_INFO);
    begin_patch();
    answer(200, object(&KUBE_DEPLOYMENTS, "d", 6, ""));
    ck_assert_uint_eq(strlen(id), 16);
    memcpy(first, id, sizeof first);
    expect_request(KUBE_PATCH, STATUS_PATH "&force=true");
    answer(403, status_text(403, "Forbidden", "x"));
    ck_assert_str_eq(id, first);
    expect_done(WORK_FAILED, 2);
    begin_patch();
    refuse(403, "Forbidden", "d");
    ck_assert_str_ne(id, first);
}
END_TEST

START_TEST(what_is_not_listened_to_is_not_said)
{
    listen(LOG_WARN);
    begin_patch();
    answer(200, object(&KUBE_DEPLOYMENTS, "d", 6, ""));
    expect_lines("");
}
END_TEST

CHECK_MAIN("driver_log", setup, teardown, at_rest_it_says_nothing,
           each_change_is_one_line, a_refusal_is_one_line,
           the_lines_of_a_reconcile_have_one_id, what_is_not_listened_to_is_not_said)
