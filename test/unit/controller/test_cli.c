#include "controller/cli/command.h"
#include "kubeclient/base/json.h"
#include "test/support/check_main.h"

#include <stdio.h>
#include <unistd.h>

/* A stream that is turned into a file for a while. */
struct turned {
    FILE *stream, *file;
    int former;
};

static char out_text[256 * 1024], err_text[4096];

static struct turned turn(FILE *stream)
{
    fflush(stream);
    struct turned turned = {stream, tmpfile(), dup(fileno(stream))};
    ck_assert_ptr_nonnull(turned.file);
    ck_assert_int_ge(dup2(fileno(turned.file), fileno(stream)), 0);
    return turned;
}

static void turn_back(struct turned *turned, char *text, size_t size)
{
    fflush(turned->stream);
    rewind(turned->file);
    text[fread(text, 1, size - 1, turned->file)] = '\0';
    dup2(turned->former, fileno(turned->stream));
    close(turned->former);
    fclose(turned->file);
}

/* Runs `berth ARGUMENT...` and takes what it printed. */
static int berth(const char *const *arguments)
{
    char *argv[16] = {(char[]){"berth"}};
    int argc = 1;
    for (; arguments[argc - 1]; argc++)
        argv[argc] = strdup(arguments[argc - 1]);
    struct turned out = turn(stdout), err = turn(stderr);
    int code = command_main(argc, argv);
    turn_back(&out, out_text, sizeof out_text);
    turn_back(&err, err_text, sizeof err_text);
    while (argc-- > 1)
        free(argv[argc]);
    return code;
}
#define BERTH(...) berth((const char *const[]){__VA_ARGS__, NULL})

static void write_file(char *path, const char *text)
{
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

#define SAMPLES (TEST_SOURCE_DIR "/manifests/samples")
#define RUNTIME                                                                        \
    "apiVersion: agent.kagenti.dev/v1alpha1\nkind: AgentRuntime\n"                     \
    "metadata: {name: bot}\nspec: {type: agent, targetRef: {apiVersion: apps/v1, "     \
    "kind: Deployment, name: bot}}\n"

START_TEST(help_lists_the_verbs)
{
    ck_assert_int_eq(BERTH("--help"), EXIT_DONE);
    for (size_t i = 0; commands[i]; i++)
        ck_assert_ptr_nonnull(strstr(out_text, commands[i]->name));
}
END_TEST

START_TEST(every_verb_has_help)
{
    const struct command *command = commands[_i];
    ck_assert_int_eq(BERTH(command->name, "--help"), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(out_text, command->summary));
    for (size_t i = 0; command->options[i].name; i++)
        ck_assert_ptr_nonnull(strstr(out_text, command->options[i].name));
}
END_TEST

START_TEST(an_unknown_option_is_named)
{
    ck_assert_int_eq(BERTH("render", "--filname", "x"), EXIT_USAGE);
    ck_assert_str_eq(err_text, "berth render: --filname: no such option\n"
                               "berth render --help shows the options.\n");
}
END_TEST

START_TEST(an_unknown_verb_is_named)
{
    ck_assert_int_eq(BERTH("rendr"), EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(err_text, "berth: rendr: no such command"));
}
END_TEST

START_TEST(version_is_json_on_request)
{
    struct err err;
    ck_assert_int_eq(BERTH("version", "-o", "json"), EXIT_DONE);
    auto_json cJSON *version = json_parse(out_text, strlen(out_text), &err);
    ck_assert_ptr_nonnull(json_str(version, "version"));
}
END_TEST

START_TEST(leader_election_is_refused_until_it_is_there)
{
    ck_assert_int_eq(BERTH("controller", "--leader-elect=true"), EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(err_text, "no leader election yet"));
}
END_TEST

START_TEST(render_prints_what_would_be_applied)
{
    ck_assert_int_eq(BERTH("render", "-f", SAMPLES, "--feature-gates",
                           "skillImageVolumes=true", "--explain"),
                     EXIT_DONE);
    ck_assert_str_eq(err_text, "");
    ck_assert_ptr_nonnull(strstr(out_text, "name: skill-forecast\n"));
    ck_assert_ptr_nonnull(strstr(out_text, "# AgentRuntime weather\n"));
    ck_assert_ptr_nonnull(strstr(out_text, "kind: StatefulSet\n"));
    ck_assert_ptr_null(strstr(out_text, "resourceVersion"));
    ck_assert_ptr_null(strstr(out_text, "image: registry.example.com/agents/weather"));
}
END_TEST

START_TEST(render_merged_prints_whole_objects)
{
    ck_assert_int_eq(BERTH("render", "-f", SAMPLES, "--merged"), EXIT_DONE);
    ck_assert_ptr_nonnull(
        strstr(out_text, "image: registry.example.com/agents/weather"));
}
END_TEST

START_TEST(render_prints_a_list_as_json)
{
    struct err err;
    ck_assert_int_eq(BERTH("render", "-f", SAMPLES, "-o", "json"), EXIT_DONE);
    auto_json cJSON *list = json_parse(out_text, strlen(out_text), &err);
    ck_assert_str_eq(json_str_or(list, "", "kind"), "List");
    ck_assert_uint_gt(json_count(json_at(list, "items")), 2);
}
END_TEST

/* Each resource's objects are made of what Berth makes of the others: the session needs
 * the namespace, the Secret and the policy that the Project comes with. */
START_TEST(render_goes_from_the_project_to_the_pod)
{
    ck_assert_int_eq(BERTH("render", "-f", SAMPLES, "--explain"), EXIT_DONE);
    ck_assert_str_eq(err_text, "");
    ck_assert_ptr_nonnull(strstr(out_text, "# Project tide-tables\n"));
    ck_assert_ptr_nonnull(strstr(out_text, "#   Ready=True Ready: everything that"));
    ck_assert_ptr_nonnull(strstr(out_text, "  name: tide-team-edit\n"));
    ck_assert_ptr_nonnull(strstr(out_text, "  name: session-triage-runner\n"));
    ck_assert_ptr_nonnull(strstr(out_text, "value: http://$(POD_IP):8090\n"));
    ck_assert_ptr_nonnull(strstr(out_text, "        - SYS_PTRACE\n"));
    ck_assert_ptr_null(strstr(out_text, "replace-me"));
}
END_TEST

/* What has to be there before a session's pod, in a file of its own. */
#define SESSION_FILE                                                                   \
    "apiVersion: vteam.ambient-code/v1alpha1\nkind: AgenticSession\n"                  \
    "metadata: {name: tidy, namespace: alpha}\n"                                       \
    "spec: {initialPrompt: Tidy up., sandbox: {mode: openshell}}\n---\n"               \
    "apiVersion: vteam.ambient-code/v1alpha1\nkind: Project\n"                         \
    "metadata: {name: alpha}\nspec: {sandbox: {sessionModes: [openshell]}}\n---\n"     \
    "apiVersion: v1\nkind: ConfigMap\n"                                                \
    "metadata: {name: openshell-policy, namespace: berth-system}\n"                    \
    "data: {policy.rego: a, policy.yaml: b}\n---\n"                                    \
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: berth, namespace: "             \
    "berth-system}\ndata:\n  config.yaml: |\n"                                         \
    "    apiVersion: berth.dev/v1alpha1\n    kind: ControllerConfiguration\n"          \
    "    session: {runnerImage: r, mcp: {image: m}}\n"

START_TEST(render_prints_all_of_a_session)
{
    static const char *const WANTED[] = {
        "kind: ServiceAccount\nmetadata:\n  name: session-tidy-sa\n",
        "kind: Role\nmetadata:\n  name: session-tidy\n",
        "kind: RoleBinding\nmetadata:\n  name: session-tidy\n",
        "kind: Service\nmetadata:\n  name: session-tidy\n",
        "kind: Pod\nmetadata:\n  name: session-tidy-runner\n",
        "kind: ConfigMap\nmetadata:\n  name: openshell-policy\n  namespace: alpha\n",
        "value: http://$(POD_IP):8090\n",
        "#   NamespaceReady=True Ready: ",
        "#   Accepted=True Accepted: ",
        "#   SandboxReady=True PolicyCopied: ",
        "#   PodSecurity=False Privileged: ",
    };
    char path[] = TEST_BINARY_DIR "/session-XXXXXX";
    write_file(path, SESSION_FILE);
    ck_assert_int_eq(BERTH("render", "-f", path, "--explain"), EXIT_DONE);
    unlink(path);
    ck_assert_str_eq(err_text, "");
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++)
        ck_assert_msg(strstr(out_text, WANTED[i]) != NULL, "%s", WANTED[i]);
}
END_TEST

START_TEST(render_takes_the_family_of_the_api_service)
{
    char path[] = TEST_BINARY_DIR "/session-XXXXXX";
    write_file(path, SESSION_FILE
               "---\napiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, "
               "namespace: default}\nspec: {clusterIP: 'fd00::1'}\n");
    ck_assert_int_eq(BERTH("render", "-f", path), EXIT_DONE);
    unlink(path);
    ck_assert_ptr_nonnull(strstr(out_text, "value: http://[$(POD_IP)]:8090\n"));
}
END_TEST

START_TEST(render_says_what_keeps_a_session_back)
{
    char path[] = TEST_BINARY_DIR "/session-XXXXXX";
    write_file(path, SESSION_FILE);
    ck_assert_int_eq(BERTH("render", "-f", path, "-n", "elsewhere"), EXIT_REFUSED);
    unlink(path);
    ck_assert_ptr_nonnull(strstr(err_text, "AgenticSession alpha/tidy: "));
    ck_assert_ptr_null(strstr(out_text, "kind: Pod\n"));
}
END_TEST

START_TEST(render_takes_the_configuration_from_its_config_map)
{
    ck_assert_int_eq(BERTH("render", "-f", SAMPLES), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(out_text, "agents/runner:1.4.0\n"));
    ck_assert_ptr_nonnull(strstr(out_text, "name: skill-forecast\n"));
    char path[] = TEST_BINARY_DIR "/config-XXXXXX";
    write_file(path, "apiVersion: berth.dev/v1alpha1\n"
                     "kind: ControllerConfiguration\n"
                     "session: {runnerImage: other}\n");
    ck_assert_int_eq(BERTH("render", "-f", SAMPLES, "--config", path), EXIT_DONE);
    unlink(path);
    ck_assert_ptr_nonnull(strstr(out_text, "image: other\n"));
    ck_assert_ptr_null(strstr(out_text, "agents/runner:1.4.0"));
}
END_TEST

START_TEST(render_says_what_cannot_be_rendered)
{
    char path[] = TEST_BINARY_DIR "/render-XXXXXX";
    write_file(path, RUNTIME);
    ck_assert_int_eq(BERTH("render", "-f", path), EXIT_REFUSED);
    unlink(path);
    ck_assert_str_eq(err_text, "berth render: AgentRuntime bot: TargetNotFound: "
                               "Deployment bot does not exist\n");
}
END_TEST

START_TEST(render_names_the_place_of_bad_input)
{
    char path[] = TEST_BINARY_DIR "/render-XXXXXX";
    char wanted[512];
    write_file(path, RUNTIME "---\nkind: Deployment\n");
    ck_assert_int_eq(BERTH("render", "-f", path), EXIT_FAILED);
    unlink(path);
    snprintf(wanted, sizeof wanted,
             "berth render: %s:6:1: not a Kubernetes object: apiVersion, kind or "
             "metadata.name is missing\n",
             path);
    ck_assert_str_eq(err_text, wanted);
}
END_TEST

START_TEST(render_refuses_the_same_object_twice)
{
    char path[] = TEST_BINARY_DIR "/render-XXXXXX";
    write_file(path, RUNTIME "---\n" RUNTIME);
    ck_assert_int_eq(BERTH("render", "-f", path), EXIT_FAILED);
    unlink(path);
    ck_assert_ptr_nonnull(strstr(err_text, "AgentRuntime bot is there twice"));
}
END_TEST

START_TEST(render_needs_files)
{
    ck_assert_int_eq(BERTH("render"), EXIT_USAGE);
    ck_assert_int_eq(BERTH("render", "-f", (TEST_BINARY_DIR "/nothing")), EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(err_text, "No such file"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli");
    TCase *tcase = tcase_create("cli");
    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, help_lists_the_verbs);
    int verbs = 0;
    while (commands[verbs])
        verbs++;
    tcase_add_loop_test(tcase, every_verb_has_help, 0, verbs);
    tcase_add_test(tcase, an_unknown_option_is_named);
    tcase_add_test(tcase, an_unknown_verb_is_named);
    tcase_add_test(tcase, version_is_json_on_request);
    tcase_add_test(tcase, leader_election_is_refused_until_it_is_there);
    tcase_add_test(tcase, render_prints_what_would_be_applied);
    tcase_add_test(tcase, render_merged_prints_whole_objects);
    tcase_add_test(tcase, render_prints_a_list_as_json);
    tcase_add_test(tcase, render_goes_from_the_project_to_the_pod);
    tcase_add_test(tcase, render_prints_all_of_a_session);
    tcase_add_test(tcase, render_takes_the_family_of_the_api_service);
    tcase_add_test(tcase, render_says_what_keeps_a_session_back);
    tcase_add_test(tcase, render_takes_the_configuration_from_its_config_map);
    tcase_add_test(tcase, render_says_what_cannot_be_rendered);
    tcase_add_test(tcase, render_names_the_place_of_bad_input);
    tcase_add_test(tcase, render_refuses_the_same_object_twice);
    tcase_add_test(tcase, render_needs_files);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
