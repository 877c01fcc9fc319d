#include "kubeclient/base/yaml.h"
#include "reconcilers/session/up_to_date.h"
#include "test/support/check_main.h"

static const char MADE[] =
    "{spec: {restartPolicy: Never, volumes: [{name: workspace}],"
    " initContainers: [{name: github, image: 'g:1'}],"
    " containers: [{name: runner, image: 'r:1', env: [{name: A, value: a}]}]}}";

struct change {
    const char *now; /* the pod as it would be made */
    enum freshness freshness;
    const char *fields;
};

static cJSON *parse(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("pod", text, strlen(text), &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s", err.msg);
    cJSON *tree = yaml_detach(doc, 0);
    yaml_close(&doc);
    return tree;
}

/* As the API server and others would have it by now: nothing of that counts. */
static cJSON *running_pod(void)
{
    cJSON *pod = parse(MADE);
    json_set(pod, pod_fingerprint(pod), "metadata", "annotations",
             SESSION_ANNOTATION_RENDERED);
    json_set_str(pod, "ClusterFirst", "spec", "dnsPolicy");
    json_remove(pod, "spec", "volumes");
    return pod;
}

static void check(const cJSON *running, const struct change *change)
{
    struct arena *arena = arena_new();
    const char *fields = "";
    auto_json cJSON *now = parse(change->now);
    ck_assert_int_eq(pod_freshness(arena, running, now, &fields), change->freshness);
    ck_assert_str_eq(fields, change->fields);
    arena_free(&arena);
}

START_TEST(names_what_differs)
{
    static const struct change CHANGES[] = {
        {MADE, POD_UP_TO_DATE, ""},
        /* the attempt says whether the runner resumes */
        {"{spec: {restartPolicy: Never, volumes: [{name: workspace}],"
         " initContainers: [{name: github, image: 'g:1'}],"
         " containers: [{name: runner, image: 'r:1', env: [{name: A, value: a},"
         " {name: IS_RESUME, value: 'true'}]}]}}",
         POD_UP_TO_DATE, ""},
        {"{spec: {restartPolicy: Never, volumes: [{name: other}],"
         " initContainers: [{name: github, image: 'g:1'}],"
         " containers: [{name: runner, image: 'r:2', env: [{name: A, value: b}]}]}}",
         POD_OUTDATED, "runner.image, runner.env, volumes"},
        /* fields and containers that come and go */
        {"{spec: {restartPolicy: Never, hostUsers: false,"
         " initContainers: [{name: jira, image: 'j:1'}],"
         " containers: [{name: runner, image: 'r:1', args: [a]}]}}",
         POD_OUTDATED, "runner.args, runner.env, jira, hostUsers, volumes, github"},
    };
    auto_json cJSON *running = running_pod();
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++)
        check(running, &CHANGES[i]);
}
END_TEST

START_TEST(cannot_tell_without_the_annotation)
{
    static const struct change SAME = {MADE, FRESHNESS_UNKNOWN, ""};
    auto_json cJSON *plain = parse(MADE);
    check(plain, &SAME);
    json_set_str(plain, "no JSON", "metadata", "annotations",
                 SESSION_ANNOTATION_RENDERED);
    check(plain, &SAME);
    json_set_str(plain, "[1]", "metadata", "annotations", SESSION_ANNOTATION_RENDERED);
    check(plain, &SAME);
}
END_TEST

CHECK_MAIN("session up to date", NULL, NULL, names_what_differs,
           cannot_tell_without_the_annotation)
