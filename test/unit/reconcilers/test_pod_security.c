#include "kubeclient/base/yaml.h"
#include "reconcilers/shared/pod_security.h"
#include "test/support/check_main.h"

#include <stdio.h>

#define TABLE TEST_SOURCE_DIR "/test/scenarios/pod_security/pods.yaml"

static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(&arena);
}

static cJSON *parse(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("pod", text, strlen(text), &err);
    ck_assert_msg(doc && yaml_count(doc) == 1, "%s", err.msg);
    cJSON *root = json_adopt(arena, yaml_detach(doc, 0));
    yaml_close(&doc);
    return root;
}

static cJSON *read_table(void)
{
    static char text[64 * 1024];
    FILE *file = fopen(TABLE, "r");
    ck_assert_msg(file != NULL, "%s", TABLE);
    size_t len = fread(text, 1, sizeof text - 1, file);
    ck_assert(feof(file));
    fclose(file);
    text[len] = '\0';
    return parse(text);
}

static cJSON *pod_of(const cJSON *table, const cJSON *row)
{
    cJSON *pod = json_adopt(arena, json_copy(json_at(table, "base")));
    cJSON *spec = json_member(pod, "spec");
    cJSON *container = json_member(spec, "containers")->child;
    if (json_at(row, "annotations"))
        json_set(pod, json_copy(json_at(row, "annotations")), "metadata",
                 "annotations");
    if (json_at(row, "spec"))
        json_merge(spec, json_at(row, "spec"));
    if (json_at(row, "container"))
        json_merge(container, json_at(row, "container"));
    return pod;
}

START_TEST(the_table_that_real_admission_agrees_with)
{
    static const struct {
        const char *name;
        int minor;
    } VERSIONS[] = {{"1.28", 28}, {"1.33", 33}, {"latest", POD_SECURITY_LATEST}};
    const cJSON *table = read_table(), *rows = json_at(table, "pods");
    ck_assert_uint_ge(json_count(rows), 60);
    json_each (row, rows) {
        const cJSON *pod = pod_of(table, row), *level = json_at(row, "level");
        for (size_t i = 0; i < sizeof VERSIONS / sizeof *VERSIONS; i++) {
            const char *wanted = cJSON_IsString(level)
                                     ? level->valuestring
                                     : json_str(level, VERSIONS[i].name);
            struct pod_verdict verdict =
                pod_security_check(arena, pod, VERSIONS[i].minor);
            ck_assert_msg(strcmp(pod_level_name(verdict.level), wanted) == 0,
                          "%s, %s: %s instead of %s: %s", json_str(row, "about"),
                          VERSIONS[i].name, pod_level_name(verdict.level), wanted,
                          pod_security_text(arena, &verdict, POD_RESTRICTED));
        }
    }
}
END_TEST

START_TEST(a_finding_names_container_field_and_remedy)
{
    const cJSON *pod =
        parse("{spec: {hostNetwork: true, securityContext: {seccompProfile: {type: "
              "RuntimeDefault}}, containers: [{name: a, securityContext: "
              "{runAsNonRoot: true, "
              "capabilities: {drop: [ALL]}}}]}}");
    struct pod_verdict verdict = pod_security_check(arena, pod, POD_SECURITY_LATEST);
    ck_assert_int_eq(verdict.level, POD_PRIVILEGED);
    ck_assert_str_eq(pod_security_text(arena, &verdict, POD_BASELINE),
                     "hostNetwork must not be true");
    ck_assert_str_eq(pod_security_text(arena, &verdict, POD_RESTRICTED),
                     "hostNetwork must not be true; container \"a\": "
                     "securityContext.allowPrivilegeEscalation must be false");
    ck_assert_str_eq(pod_security_text(arena, &verdict, POD_PRIVILEGED), "");
}
END_TEST

START_TEST(ephemeral_containers_are_judged_too)
{
    const cJSON *pod = parse("{spec: {ephemeralContainers: [{name: debug, "
                             "securityContext: {privileged: true}}]}}");
    struct pod_verdict verdict = pod_security_check(arena, pod, POD_SECURITY_LATEST);
    ck_assert_int_eq(verdict.level, POD_PRIVILEGED);
    ck_assert_str_eq(verdict.findings->container, "debug");
}
END_TEST

START_TEST(releases_judge_by_their_own_standards)
{
    const cJSON *user = parse("{spec: {securityContext: {runAsUser: 0, runAsNonRoot: "
                              "true, seccompProfile: {type: RuntimeDefault}}}}");
    ck_assert_int_eq(pod_security_check(arena, user, 22).level, POD_RESTRICTED);
    ck_assert_int_eq(pod_security_check(arena, user, 23).level, POD_BASELINE);
    const cJSON *windows = parse("{spec: {os: {name: windows}, securityContext: "
                                 "{runAsNonRoot: true}, containers: [{name: a}]}}");
    ck_assert_int_eq(pod_security_check(arena, windows, 24).level, POD_BASELINE);
    ck_assert_int_eq(pod_security_check(arena, windows, 25).level, POD_RESTRICTED);
}
END_TEST

START_TEST(nothing_at_all_is_no_danger)
{
    struct pod_verdict verdict = pod_security_check(arena, NULL, 0);
    ck_assert_int_eq(verdict.level, POD_RESTRICTED);
    ck_assert_ptr_null(verdict.findings);
}
END_TEST

START_TEST(what_a_namespace_enforces)
{
    static const struct {
        const char *labels;
        enum pod_level level;
        int minor;
    } ROWS[] = {
        {"{}", POD_PRIVILEGED, POD_SECURITY_LATEST},
        {"{pod-security.kubernetes.io/enforce: baseline}", POD_BASELINE,
         POD_SECURITY_LATEST},
        {"{pod-security.kubernetes.io/enforce: restricted, "
         "pod-security.kubernetes.io/enforce-version: v1.28}",
         POD_RESTRICTED, 28},
        {"{pod-security.kubernetes.io/enforce: restricted, "
         "pod-security.kubernetes.io/enforce-version: latest}",
         POD_RESTRICTED, POD_SECURITY_LATEST},
        {"{pod-security.kubernetes.io/enforce: privileged, "
         "pod-security.kubernetes.io/enforce-version: v1.99}",
         POD_PRIVILEGED, POD_SECURITY_LATEST},
        {"{pod-security.kubernetes.io/enforce: strict}", POD_RESTRICTED,
         POD_SECURITY_LATEST},
        {"{pod-security.kubernetes.io/warn: restricted}", POD_PRIVILEGED,
         POD_SECURITY_LATEST},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const cJSON *ns =
            parse(arena_printf(arena, "{metadata: {labels: %s}}", ROWS[i].labels));
        struct pod_enforcement enforced = pod_enforcement_of(ns);
        ck_assert_msg(enforced.level == ROWS[i].level, "%s", ROWS[i].labels);
        ck_assert_msg(enforced.minor == ROWS[i].minor, "%s", ROWS[i].labels);
    }
}
END_TEST

CHECK_MAIN("pod_security", setup, teardown, the_table_that_real_admission_agrees_with,
           a_finding_names_container_field_and_remedy,
           ephemeral_containers_are_judged_too, releases_judge_by_their_own_standards,
           nothing_at_all_is_no_danger, what_a_namespace_enforces)
