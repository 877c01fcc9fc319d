/* What a pod's service account says, and how it is missed. */
#include "kubeclient/net/incluster.h"
#include "test/support/check_main.h"
#include "test/support/test_folder.h"

static struct test_folder folder;

static void setup(void)
{
    test_folder_open(&folder);
    test_write(&folder, "token", "s3cr3t\n");
    test_write(&folder, "ca.crt", "pem");
    test_write(&folder, "namespace", "berth-system\n");
}

static void teardown(void)
{
    test_folder_close(&folder);
}

static struct incluster at(const char *host, const char *port)
{
    return (struct incluster){.host = host, .port = port, .folder = folder.path};
}

static struct kube_config load(const char *host, const char *port)
{
    struct incluster incluster = at(host, port);
    struct kube_config config;
    struct err err;
    ck_assert(incluster_possible(&incluster));
    if (!incluster_load(&incluster, &config, &err))
        ck_abort_msg("%s", err.msg);
    return config;
}

/* Fails, and says why: "in-cluster: " and `wanted`. */
static void refuse(const char *host, const char *port, const char *wanted)
{
    struct incluster incluster = at(host, port);
    struct kube_config config = {.ns = (char[]){"untouched"}};
    struct err err;
    ck_assert(!incluster_load(&incluster, &config, &err));
    ck_assert_str_eq(config.ns, "untouched");
    ck_assert(strncmp(err.msg, "in-cluster: ", 12) == 0);
    ck_assert_str_eq(err.msg + 12, wanted);
}

START_TEST(a_service_account_is_read)
{
    struct kube_config config = load("10.96.0.1", "443");
    ck_assert_str_eq(config.server, "https://10.96.0.1:443");
    ck_assert_str_eq(config.ns, "berth-system");
    ck_assert_str_eq(config.token_file, test_path(&folder, "token"));
    ck_assert_str_eq(config.ca_file, test_path(&folder, "ca.crt"));
    ck_assert_str_eq(config.source, "in-cluster");
    ck_assert_ptr_null(config.token);
    ck_assert(!config.insecure_skip_tls_verify);
    kube_config_fini(&config);
}
END_TEST

START_TEST(hosts_are_names_and_addresses)
{
    static const char *const SERVERS[][3] = {
        {"fd00::1", "6443", "https://[fd00::1]:6443"},
        {"kubernetes.default.svc", "443", "https://kubernetes.default.svc:443"},
    };
    for (size_t i = 0; i < sizeof SERVERS / sizeof *SERVERS; i++) {
        struct kube_config config = load(SERVERS[i][0], SERVERS[i][1]);
        ck_assert_str_eq(config.server, SERVERS[i][2]);
        kube_config_fini(&config);
    }
}
END_TEST

START_TEST(a_namespace_may_be_missing)
{
    test_write(&folder, "namespace", "\n");
    struct kube_config config = load("a", "1");
    ck_assert_ptr_null(config.ns);
    kube_config_fini(&config);
    unlink(test_path(&folder, "namespace"));
    config = load("a", "1");
    ck_assert_ptr_null(config.ns);
    kube_config_fini(&config);
}
END_TEST

START_TEST(elsewhere_it_is_not_possible)
{
    struct incluster none[] = {at(NULL, "443"), at("", "443"), at("a", NULL),
                               at("a", "")};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert(!incluster_possible(&none[i]));
    unlink(test_path(&folder, "token"));
    struct incluster incluster = at("a", "443");
    ck_assert(!incluster_possible(&incluster));
}
END_TEST

START_TEST(mistakes_are_named)
{
    char wanted[600];
    refuse("a", NULL, "KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set");
    refuse("a/b", "443",
           "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no host and port: "
           "\"a/b\", \"443\"");
    refuse("a", "tcp",
           "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no host and port: "
           "\"a\", \"tcp\"");
    unlink(test_path(&folder, "ca.crt"));
    snprintf(wanted, sizeof wanted, "%s: No such file or directory",
             test_path(&folder, "ca.crt"));
    refuse("a", "443", wanted);
    unlink(test_path(&folder, "token"));
    snprintf(wanted, sizeof wanted, "%s: No such file or directory",
             test_path(&folder, "token"));
    refuse("a", "443", wanted);
}
END_TEST

CHECK_MAIN("incluster", setup, teardown, a_service_account_is_read,
           hosts_are_names_and_addresses, a_namespace_may_be_missing,
           elsewhere_it_is_not_possible, mistakes_are_named)
