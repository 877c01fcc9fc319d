#include "kubeclient/base/arena.h"
#include "reconcilers/shared/pod_failures.h"
#include "test/support/check_main.h"

static const struct skill SKILLS[] = {
    {.name = "short", .image = "example.com/a", .mount_path = "/s/short"},
    {.name = "tagged", .image = "example.com/a:1", .mount_path = "/s/tagged"},
    {.name = "none", .image = "", .mount_path = "/s/none"},
};

static const struct skill *const BY_NAME[] = {&SKILLS[2], &SKILLS[0], &SKILLS[1]};

static const struct skills ALL = {SKILLS, BY_NAME, 3};

/* A pod one of whose containers waits with the message. Owned. */
static cJSON *waiting(const char *statuses, const char *message)
{
    cJSON *status = json_object();
    cJSON *list = json_array();
    cJSON *pod = json_object();
    json_set_str(status, message, "state", "waiting", "message");
    json_push(list, json_object());
    json_push(list, status);
    json_set(pod, list, "status", statuses);
    return pod;
}

START_TEST(the_whole_reference_counts)
{
    static const struct {
        const char *message, *skill;
    } cases[] = {
        {"failed to pull image \"example.com/a\": gone", "short"},
        {"failed to pull image \"example.com/a:1\": gone", "tagged"},
        {"example.com/a", "short"},
        {"example.com/a: not found", "short"},
        {"failed to pull image \"example.com/a:12\"", NULL},
        {"failed to pull image \"example.com/a/b\"", NULL},
        {"failed to pull image \"example.com/a@sha256:0\"", NULL},
        {"failed to pull image \"my.example.com/a\"", NULL},
        {"failed to pull image \"example.com/ab\"", NULL},
        {"failed to pull image \"example.com/ab\", then example.com/a.", "short"},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        auto_json cJSON *pod = waiting("containerStatuses", cases[i].message);
        struct pull_failure failure = {0};
        bool found = pod_skill_pull_failure(pod, &ALL, &failure);
        ck_assert_msg(found == (cases[i].skill != NULL), "%s", cases[i].message);
        if (found)
            ck_assert_str_eq(failure.skill->name, cases[i].skill);
    }
}
END_TEST

START_TEST(attempts_and_pauses_read_the_same)
{
    static const char *const messages[] = {
        "pull of \"example.com/a\": gone",
        "Back-off pulling image \"example.com/a\": ErrImagePull: "
        "pull of \"example.com/a\": gone",
    };
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        auto_json cJSON *pod = waiting("initContainerStatuses", messages[i]);
        struct pull_failure failure;
        ck_assert(pod_skill_pull_failure(pod, &ALL, &failure));
        ck_assert_str_eq(failure.message, "pull of \"example.com/a\": gone");
    }
}
END_TEST

START_TEST(pods_that_run_fail_nothing)
{
    auto_json cJSON *pod = json_object();
    struct pull_failure failure;
    ck_assert(!pod_skill_pull_failure(pod, &ALL, &failure));
    json_set_str(pod, "example.com/a", "status", "message");
    ck_assert(!pod_skill_pull_failure(pod, &ALL, &failure));
}
END_TEST

CHECK_MAIN("pod_failures", NULL, NULL, the_whole_reference_counts,
           attempts_and_pauses_read_the_same, pods_that_run_fail_nothing)
