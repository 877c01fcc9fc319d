#include "test/support/client_rig.h"
#include "test/support/test_folder.h"

static struct rig rig;
static struct test_folder folder;
static struct strbuf served;        /* "Authorization's value;" of each request */
static const char *accepted;        /* the only value that is not answered with 401 */
static const char *next_token;      /* written to the token file before a 401 */
static struct test_identity server; /* certificate and key, its own CA */
static size_t connections;

static void serve(void *ctx, const struct test_request *request)
{
    static const char NAME[] = "\r\nAuthorization: ";
    const char *header = strstr(request->line, NAME);
    const char *value = header ? header + sizeof NAME - 1 : "none";
    int len = (int)strcspn(value, "\r");
    (void)ctx;
    strbuf_addf(&served, "%.*s;", len, value);
    connections = request->connection_number;
    if (!accepted ||
        ((int)strlen(accepted) == len && strncmp(accepted, value, (size_t)len) == 0)) {
        test_answer(request->connection, 200, "", "ok");
        return;
    }
    if (next_token)
        test_write(&folder, "token", next_token);
    test_answer(request->connection, 401, "", "who?");
}

static void setup(void)
{
    accepted = next_token = NULL;
    connections = 0;
    strbuf_init(&served, 4096);
    server = test_identity_new("api.test");
    test_folder_open(&folder);
}

static void teardown(void)
{
    rig_fini(&rig);
    test_folder_close(&folder);
    test_identity_fini(&server);
    strbuf_fini(&served);
}

START_TEST(a_refused_token_is_read_again_and_the_request_repeated)
{
    rig_init(&rig, serve, NULL);
    rig.config.token_file = test_write(&folder, "token", "old\n");
    accepted = "Bearer new";
    next_token = "new\n";
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    rig_send(&rig, 2, "/");
    rig_wait(&rig, 2);
    ck_assert_str_eq(served.text, "Bearer old;Bearer new;Bearer new;");
    ck_assert_str_eq(rig.events.text, "done 1 200 ok;done 2 200 ok;");
}
END_TEST

START_TEST(a_request_is_repeated_once_only)
{
    rig_init(&rig, serve, NULL);
    rig.config.token_file = test_write(&folder, "token", "old");
    accepted = "nobody";
    next_token = "new";
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(served.text, "Bearer old;Bearer new;");
    ck_assert_str_eq(rig.events.text, "done 1 401 who?;");
}
END_TEST

START_TEST(a_refused_token_that_stays_the_same_is_not_sent_again)
{
    char token[] = "fixed";
    rig_init(&rig, serve, NULL);
    rig.config.token = token;
    accepted = "nobody";
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(served.text, "Bearer fixed;");
    ck_assert_str_eq(rig.events.text, "done 1 401 who?;");
}
END_TEST

START_TEST(a_token_file_that_vanishes_keeps_the_former_token)
{
    rig_init(&rig, serve, NULL);
    rig.config.token_file = test_write(&folder, "token", "old");
    accepted = "nobody";
    rig_connect(&rig);
    unlink(rig.config.token_file);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    rig_send(&rig, 2, "/");
    rig_wait(&rig, 2);
    ck_assert_str_eq(served.text, "Bearer old;Bearer old;");
    const char *said = strstr(rig.logged.text, "cannot be read again");
    ck_assert_ptr_nonnull(said);
    ck_assert_ptr_null(strstr(said + 1, "cannot be read again")); /* once */
}
END_TEST

START_TEST(name_and_password_make_a_basic_header)
{
    char username[] = "ann", password[] = "secret";
    rig_init(&rig, serve, NULL);
    rig.config.username = username;
    rig.config.password = password;
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(served.text, "Basic YW5uOnNlY3JldA==;");
}
END_TEST

START_TEST(a_missing_token_file_is_named)
{
    struct err err;
    rig_init(&rig, serve, NULL);
    rig.config.token_file = test_path(&folder, "nowhere");
    ck_assert(!rig_open(&rig, NULL, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, rig.config.token_file));
    ck_assert_int_eq(err.kind, ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_server_with_our_ca_is_trusted)
{
    rig_init(&rig, serve, &server);
    rig.config.ca_data = server.cert;
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "done 1 200 ok;");
}
END_TEST

START_TEST(a_server_of_another_ca_is_refused_and_the_trusted_file_named)
{
    struct test_identity other = test_identity_new("other.test");
    rig_init(&rig, serve, &server);
    rig.config.ca_file = test_write(&folder, "ca.pem", other.cert);
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "failed 1;");
    ck_assert_int_eq(rig.failure.kind, ERR_UNAVAILABLE);
    ck_assert_ptr_nonnull(
        strstr(rig.failure.msg, "the server's certificate is refused"));
    ck_assert_ptr_nonnull(strstr(rig.failure.msg, rig.config.ca_file));
    test_identity_fini(&other);
}
END_TEST

START_TEST(the_servers_name_may_be_another_than_its_address)
{
    char name[] = "api.test", wrong[] = "else.test";
    rig_init(&rig, serve, &server);
    rig.config.ca_data = server.cert;
    rig.config.tls_server_name = wrong;
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "failed 1;");
    kube_client_close(&rig.client, NULL, NULL);
    rig.config.tls_server_name = name;
    rig_connect(&rig);
    rig_send(&rig, 2, "/");
    rig_wait(&rig, 2);
    ck_assert_str_eq(rig.events.text, "failed 1;done 2 200 ok;");
}
END_TEST

START_TEST(verification_can_be_switched_off)
{
    rig_init(&rig, serve, &server);
    rig.config.insecure_skip_tls_verify = true;
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(rig.events.text, "done 1 200 ok;");
}
END_TEST

/* The token and the CA change together; the 401 makes us look. */
START_TEST(a_new_ca_makes_a_new_connection)
{
    struct test_identity other = test_identity_new("other.test");
    struct strbuf both;
    strbuf_init(&both, 64 * 1024);
    strbuf_addf(&both, "%s%s", server.cert, other.cert);
    rig_init(&rig, serve, &server);
    rig.config.ca_file = test_write(&folder, "ca.pem", server.cert);
    rig.config.token_file = test_write(&folder, "token", "old");
    rig_connect(&rig);
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_uint_eq(connections, 1);
    test_write(&folder, "ca.pem", both.text);
    accepted = "Bearer new";
    next_token = "new";
    rig_send(&rig, 2, "/");
    rig_wait(&rig, 2);
    ck_assert_str_eq(rig.events.text, "done 1 200 ok;done 2 200 ok;");
    ck_assert_uint_eq(connections, 2);
    ck_assert_ptr_nonnull(strstr(rig.logged.text, "certificates have changed"));
    strbuf_fini(&both);
    test_identity_fini(&other);
}
END_TEST

static void use_plugin(struct kube_exec_config *exec, const char *script)
{
    static char version[] = "client.authentication.k8s.io/v1";
    static char hint[] = "install it from the shelf";
    rig_init(&rig, serve, NULL);
    *exec = (struct kube_exec_config){
        .command = test_write_script(&folder, "plugin", script),
        .api_version = version,
        .install_hint = hint,
    };
    rig.config.exec = exec;
    rig_connect(&rig);
}

#define PLUGIN_OUTPUT(TOKEN)                                                           \
    "{\"kind\":\"ExecCredential\","                                                    \
    "\"apiVersion\":\"client.authentication.k8s.io/v1\","                              \
    "\"status\":{\"token\":\"" TOKEN "\"}}"

/* Counts its runs in a file and gives another token each time. */
static const char *const COUNTING_PLUGIN = "#!/bin/sh\n"
                                           "echo x >>\"${0%/*}/runs\"\n"
                                           "n=$(($(wc -l <\"${0%/*}/runs\")))\n"
                                           "cat <<END\n" PLUGIN_OUTPUT("t$n") "\nEND\n";

START_TEST(one_run_of_the_plugin_serves_all_who_wait)
{
    struct kube_exec_config exec;
    use_plugin(&exec, COUNTING_PLUGIN);
    rig_send(&rig, 1, "/");
    rig_send(&rig, 2, "/");
    rig_wait(&rig, 2);
    ck_assert_str_eq(served.text, "Bearer t1;Bearer t1;");
}
END_TEST

START_TEST(a_refused_token_makes_the_plugin_run_again)
{
    struct kube_exec_config exec;
    use_plugin(&exec, COUNTING_PLUGIN);
    accepted = "Bearer t2";
    rig_send(&rig, 1, "/");
    rig_wait(&rig, 1);
    ck_assert_str_eq(served.text, "Bearer t1;Bearer t2;");
    ck_assert_str_eq(rig.events.text, "done 1 200 ok;");
}
END_TEST

START_TEST(a_plugin_that_fails_fails_those_who_wait)
{
    struct kube_exec_config exec;
    use_plugin(&exec, "#!/bin/sh\necho 'log in first' >&2\nexit 3\n");
    rig_send(&rig, 1, "/");
    rig_send_stream(&rig, 2, "/");
    rig_send(&rig, 3, "/");
    kube_client_cancel(rig.client, 3);
    rig_wait(&rig, 2);
    ck_assert_ptr_nonnull(strstr(rig.events.text, "failed 1;"));
    ck_assert_ptr_nonnull(strstr(rig.events.text, "failed 2;"));
    ck_assert_ptr_nonnull(strstr(rig.failure.msg, "exit code 3: log in first"));
    ck_assert_str_eq(served.text, "");
}
END_TEST

START_TEST(closing_ends_a_running_plugin)
{
    struct kube_exec_config exec;
    use_plugin(&exec, "#!/bin/sh\nexec sleep 1000\n");
    rig_send(&rig, 1, "/");
    kube_client_close(&rig.client, rig_closed, &rig);
    test_server_close(&rig.server);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    ck_assert(rig.closed);
    ck_assert_str_eq(rig.events.text, "");
}
END_TEST

CHECK_MAIN("client_auth", setup, teardown,
           a_refused_token_is_read_again_and_the_request_repeated,
           a_request_is_repeated_once_only,
           a_refused_token_that_stays_the_same_is_not_sent_again,
           a_token_file_that_vanishes_keeps_the_former_token,
           name_and_password_make_a_basic_header, a_missing_token_file_is_named,
           a_server_with_our_ca_is_trusted,
           a_server_of_another_ca_is_refused_and_the_trusted_file_named,
           the_servers_name_may_be_another_than_its_address,
           verification_can_be_switched_off, a_new_ca_makes_a_new_connection,
           one_run_of_the_plugin_serves_all_who_wait,
           a_refused_token_makes_the_plugin_run_again,
           a_plugin_that_fails_fails_those_who_wait, closing_ends_a_running_plugin)
