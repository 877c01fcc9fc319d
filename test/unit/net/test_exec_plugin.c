#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/exec_plugin.h"
#include "test/support/check_main.h"
#include "test/support/test_folder.h"

static char v1[] = "client.authentication.k8s.io/v1";
static char server_url[] = "https://127.0.0.1:6443";
static struct test_folder folder;
static struct kube_exec_config exec;
static struct kube_config config;
static uv_loop_t loop;
static struct exec_credential got;
static struct err failure;
static bool ended, closed;

static void setup(void)
{
    test_folder_open(&folder);
    ck_assert_int_eq(uv_loop_init(&loop), 0);
    exec = (struct kube_exec_config){.api_version = v1};
    config = (struct kube_config){.server = server_url, .exec = &exec};
    failure = (struct err){0};
    ended = closed = false;
}

static void teardown(void)
{
    exec_credential_fini(&got);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
    test_folder_close(&folder);
}

static void on_done(void *ctx, struct exec_credential *credential,
                    const struct err *err)
{
    struct exec_plugin **plugin = ctx;
    ended = true;
    if (credential) {
        got = *credential;
        *credential = (struct exec_credential){0};
    } else {
        failure = *err;
    }
    exec_plugin_close(plugin, NULL, NULL);
}

static void run(const char *ca, uint64_t timeout_ms)
{
    struct exec_plugin *plugin;
    plugin =
        exec_plugin_start(&loop,
                          &(struct exec_plugin_options){
                              .config = &config, .ca = ca, .timeout_ms = timeout_ms},
                          on_done, &plugin);
    ck_assert(!ended); /* never from inside the call */
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert(ended);
}

static void run_script(const char *script)
{
    exec.command = test_write_script(&folder, "plugin", script);
    run(NULL, 60 * 1000);
}

#define CREDENTIAL(STATUS)                                                             \
    "{\"kind\":\"ExecCredential\","                                                    \
    "\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{" STATUS "}}"

/* ---- parsing */

static bool parse(const char *text)
{
    exec_credential_fini(&got);
    return exec_credential_parse(text, strlen(text), v1, &got, &failure);
}

START_TEST(a_token_with_its_expiry_is_parsed)
{
    int64_t expiry_ms;
    ck_assert(parse(CREDENTIAL(
        "\"token\":\"abc\",\"expirationTimestamp\":\"2030-01-02T03:04:05Z\"")));
    ck_assert(rfc3339_parse("2030-01-02T03:04:05Z", &expiry_ms));
    ck_assert_str_eq(got.token, "abc");
    ck_assert_int_eq(got.expiry_ms, expiry_ms);
    ck_assert_ptr_null(got.cert);
}
END_TEST

START_TEST(a_certificate_with_its_key_is_parsed)
{
    ck_assert(parse(
        CREDENTIAL("\"clientCertificateData\":\"CERT\",\"clientKeyData\":\"KEY\"")));
    ck_assert_str_eq(got.cert, "CERT");
    ck_assert_str_eq(got.key, "KEY");
    ck_assert_ptr_null(got.token);
    ck_assert_int_eq(got.expiry_ms, 0);
}
END_TEST

START_TEST(malformed_output_is_refused_and_never_quoted)
{
    static const struct {
        const char *output, *said;
    } CASES[] = {
        {"s3cret", "its output is not JSON"},
        {"{\"kind\":\"s3cret\"}", "its output is no ExecCredential"},
        {"{\"kind\":\"ExecCredential\",\"apiVersion\":\"v0\","
         "\"status\":{\"token\":\"s3cret\"}}",
         "of apiVersion v0, wanted client.authentication.k8s.io/v1"},
        {CREDENTIAL("\"clientKeyData\":\"s3cret\""), "has only one of"},
        {CREDENTIAL("\"other\":\"s3cret\""), "neither a token nor a certificate"},
        {CREDENTIAL("\"token\":\"s3cret\",\"expirationTimestamp\":\"soon\""),
         "no RFC 3339 time"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ck_assert(!parse(CASES[i].output));
        ck_assert_ptr_nonnull(strstr(failure.msg, CASES[i].said));
        ck_assert_ptr_null(strstr(failure.msg, "s3cret"));
        ck_assert_int_eq(failure.kind, ERR_INVALID);
    }
}
END_TEST

/* ---- running */

START_TEST(arguments_and_environment_reach_the_plugin)
{
    char argument[] = "a b", value[] = "PLUGIN_VALUE=from config";
    char *args[] = {argument, NULL}, *env[] = {value, NULL};
    exec.args = args;
    exec.env = env;
    setenv("PLUGIN_VALUE", "from us", 1);
    setenv("PLUGIN_OTHER", "kept", 1);
    run_script("#!/bin/sh\ncat <<END\n" CREDENTIAL(
        "\"token\":\"$#/$1/$PLUGIN_VALUE/$PLUGIN_OTHER\"") "\nEND\n");
    ck_assert_str_eq(got.token, "1/a b/from config/kept");
}
END_TEST

/* The plug-in is told the cluster only when it is to be. */
START_TEST(the_plugin_is_told_what_it_may_know)
{
    static const char SCRIPT[] =
        "#!/bin/sh\n"
        "printf %s \"$KUBERNETES_EXEC_INFO\" >\"${0%/*}/info\"\n"
        "cat <<'END'\n" CREDENTIAL("\"token\":\"t\"") "\nEND\n";
    char text[1024] = "";
    char extension[] = "{\"audience\":[\"a\"]}";
    exec.provide_cluster_info = true;
    exec.cluster_config = extension;
    exec.command = test_write_script(&folder, "plugin", SCRIPT);
    run("CA", 60 * 1000);
    ck_assert_str_eq(got.token, "t");
    FILE *file = fopen(test_path(&folder, "info"), "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    ck_assert_ptr_nonnull(
        strstr(text, "\"apiVersion\":\"client.authentication.k8s.io/v1\""));
    ck_assert_ptr_nonnull(strstr(text, "\"interactive\":false"));
    ck_assert_ptr_nonnull(strstr(text, "\"server\":\"https://127.0.0.1:6443\""));
    ck_assert_ptr_nonnull(strstr(text, "\"certificate-authority-data\":\"Q0E=\""));
    ck_assert_ptr_nonnull(strstr(text, "\"config\":{\"audience\":[\"a\"]}"));
}
END_TEST

START_TEST(a_missing_command_gives_the_hint)
{
    char hint[] = "get it from the shelf";
    exec.command = test_path(&folder, "nowhere");
    exec.install_hint = hint;
    run(NULL, 60 * 1000);
    ck_assert_ptr_nonnull(strstr(failure.msg, "nowhere: it could not be started"));
    ck_assert_ptr_nonnull(strstr(failure.msg, "; get it from the shelf"));
}
END_TEST

START_TEST(an_exit_code_comes_with_what_was_said)
{
    run_script("#!/bin/sh\necho s3cret\necho 'log in first' >&2\nexit 3\n");
    ck_assert_ptr_nonnull(strstr(failure.msg, "exit code 3: log in first"));
    ck_assert_ptr_null(strstr(failure.msg, "s3cret"));
    ck_assert_int_eq(failure.kind, ERR_UNAUTHORIZED);
}
END_TEST

START_TEST(a_signal_is_named)
{
    run_script("#!/bin/sh\nkill -TERM $$\n");
    ck_assert_ptr_nonnull(strstr(failure.msg, "signal 15: (no message)"));
}
END_TEST

START_TEST(bad_output_names_the_plugin)
{
    run_script("#!/bin/sh\necho s3cret\n");
    ck_assert_ptr_nonnull(strstr(failure.msg, exec.command));
    ck_assert_ptr_nonnull(strstr(failure.msg, "its output is not JSON"));
    ck_assert_ptr_null(strstr(failure.msg, "s3cret"));
}
END_TEST

START_TEST(endless_output_is_refused)
{
    run_script("#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x\n");
    ck_assert_ptr_nonnull(strstr(failure.msg, "its output is larger than"));
}
END_TEST

START_TEST(a_plugin_that_hangs_is_killed)
{
    exec.command = test_write_script(&folder, "plugin", "#!/bin/sh\nexec sleep 1000\n");
    run(NULL, 10);
    ck_assert_ptr_nonnull(strstr(failure.msg, "it did not end within 10 ms"));
    ck_assert_int_eq(failure.kind, ERR_UNAVAILABLE);
}
END_TEST

static void on_closed(void *ctx)
{
    *(bool *)ctx = true;
}

START_TEST(closing_kills_silently)
{
    struct exec_plugin *plugin;
    exec.command = test_write_script(&folder, "plugin", "#!/bin/sh\nexec sleep 1000\n");
    plugin = exec_plugin_start(
        &loop, &(struct exec_plugin_options){.config = &config, .timeout_ms = 60000},
        on_done, &plugin);
    exec_plugin_close(&plugin, on_closed, &closed);
    ck_assert_ptr_null(plugin);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert(closed);
    ck_assert(!ended);
}
END_TEST

CHECK_MAIN("exec_plugin", setup, teardown, a_token_with_its_expiry_is_parsed,
           a_certificate_with_its_key_is_parsed,
           malformed_output_is_refused_and_never_quoted,
           arguments_and_environment_reach_the_plugin,
           the_plugin_is_told_what_it_may_know, a_missing_command_gives_the_hint,
           an_exit_code_comes_with_what_was_said, a_signal_is_named,
           bad_output_names_the_plugin, endless_output_is_refused,
           a_plugin_that_hangs_is_killed, closing_kills_silently)
