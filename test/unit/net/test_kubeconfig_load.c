/* Where a configuration is looked for: the flag, KUBECONFIG, the home folder. */
#include "kubeclient/base/alloc.h"
#include "kubeclient/net/kube_config.h"
#include "test/support/check_main.h"
#include "test/support/test_folder.h"

static const char TEMPLATE[] =
    "current-context: %s\n"
    "contexts: [{name: %s, context: {cluster: %s, user: me}}]\n"
    "clusters: [{name: %s, cluster: {server: 'https://%s',\n"
    "                                certificate-authority: ca.pem}}]\n"
    "users: [{name: me, user: {token: s3cr3t}}]\n";

static struct test_folder folder;

/* A file whose context, cluster and host have one name. */
static char *write_config(const char *file, const char *name)
{
    char text[1024];
    snprintf(text, sizeof text, TEMPLATE, name, name, name, name, name);
    return test_write(&folder, file, text);
}

static void setup(void)
{
    test_folder_open(&folder);
    unsetenv("KUBECONFIG");
    unsetenv("KUBERNETES_SERVICE_HOST");
    setenv("HOME", folder.path, 1);
}

static void teardown(void)
{
    unlink(test_path(&folder, ".kube/config"));
    rmdir(test_path(&folder, ".kube"));
    test_folder_close(&folder);
}

static void write_home_config(void)
{
    ck_assert_int_eq(mkdir(test_path(&folder, ".kube"), 0700), 0);
    write_config(".kube/config", "home");
}

static void set_list(const char *a, const char *b)
{
    char list[1200];
    snprintf(list, sizeof list, "%s::%s", a, b);
    setenv("KUBECONFIG", list, 1);
}

/* Loads; the server's host is `wanted`. */
static void expect(const char *kubeconfig, const char *context, const char *wanted)
{
    struct kube_config_options options = {kubeconfig, context};
    struct kube_config config;
    struct err err;
    if (!kube_config_load(&options, &config, &err))
        ck_abort_msg("%s", err.msg);
    ck_assert_str_eq(config.server + strlen("https://"), wanted);
    kube_config_fini(&config);
}

static struct err expect_failure(const char *kubeconfig, const char *context)
{
    struct kube_config_options options = {kubeconfig, context};
    struct kube_config config;
    struct err err;
    ck_assert(!kube_config_load(&options, &config, &err));
    ck_assert_ptr_null(strstr(err.msg, "s3cr3t"));
    return err;
}

/* The message is `before`, the folder's path and `after`. */
static void check_message(struct err err, const char *before, const char *after)
{
    char wanted[sizeof err.msg];
    snprintf(wanted, sizeof wanted, "%s%s%s", before, folder.path, after);
    ck_assert_str_eq(err.msg, wanted);
}

START_TEST(the_flag_comes_first)
{
    write_home_config();
    setenv("KUBECONFIG", write_config("env", "env"), 1);
    expect(write_config("flag", "flag"), NULL, "flag");
    expect(NULL, NULL, "env");
    expect("", "", "env");
    unsetenv("KUBECONFIG");
    expect(NULL, NULL, "home");
    expect(NULL, "home", "home");
    setenv("KUBECONFIG", "", 1);
    expect(NULL, NULL, "home");
}
END_TEST

START_TEST(a_list_is_merged)
{
    set_list(write_config("a", "a"), write_config("b", "b"));
    expect(NULL, NULL, "a");
    expect(NULL, "b", "b");
    set_list(test_path(&folder, "missing"), test_path(&folder, "b"));
    expect(NULL, NULL, "b");
}
END_TEST

START_TEST(paths_start_at_their_file)
{
    struct kube_config_options options = {.kubeconfig = write_config("a", "a")};
    struct kube_config config;
    struct err err;
    ck_assert(kube_config_load(&options, &config, &err));
    ck_assert_str_eq(config.ca_file, test_path(&folder, "ca.pem"));
    ck_assert_str_eq(config.token, "s3cr3t");
    kube_config_fini(&config);
}
END_TEST

START_TEST(files_that_are_not_there_are_named)
{
    check_message(expect_failure(test_path(&folder, "a"), NULL),
                  "--kubeconfig: ", "/a: No such file or directory");
    check_message(expect_failure(folder.path, NULL),
                  "--kubeconfig: ", ": Is a directory");
    setenv("KUBECONFIG", test_path(&folder, "a"), 1);
    check_message(expect_failure(NULL, NULL), "KUBECONFIG: there is no file ", "/a");
    unsetenv("KUBECONFIG");
    check_message(expect_failure(NULL, NULL),
                  "no configuration: --kubeconfig and KUBECONFIG are not set, there is "
                  "no service account of a pod in "
                  "/var/run/secrets/kubernetes.io/serviceaccount, and no file ",
                  "/.kube/config");
    unsetenv("HOME");
    ck_assert_ptr_nonnull(
        strstr(expect_failure(NULL, NULL).msg, "no file ~/.kube/config"));
}
END_TEST

START_TEST(a_broken_file_of_a_list_is_an_error)
{
    set_list(write_config("a", "a"), test_write(&folder, "b", "users: s3cr3t\n"));
    check_message(expect_failure(NULL, NULL), "", "/b:1:1: users must be a list");
    set_list(test_path(&folder, "a"), folder.path);
    check_message(expect_failure(NULL, NULL), "", ": Is a directory");
}
END_TEST

START_TEST(mistakes_of_the_home_file_are_said)
{
    write_home_config();
    check_message(expect_failure(NULL, "x"), "",
                  "/.kube/config: there is no context \"x\"");
}
END_TEST

START_TEST(a_file_has_a_maximum)
{
    size_t len = 1024 * 1024 + 1;
    char *text = xmalloc(len + 1);
    memset(text, '#', len);
    text[len] = '\0';
    char *path = test_write(&folder, "big", text);
    check_message(expect_failure(path, NULL),
                  "--kubeconfig: ", "/big: is larger than 1 MiB or holds NUL bytes");
    free(text);
}
END_TEST

CHECK_MAIN("kubeconfig load", setup, teardown, the_flag_comes_first, a_list_is_merged,
           paths_start_at_their_file, files_that_are_not_there_are_named,
           a_broken_file_of_a_list_is_an_error, mistakes_of_the_home_file_are_said,
           a_file_has_a_maximum)
