/* Each form a kubeconfig can take, from text to the value that a client uses. */
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/kubeconfig.h"
#include "test/support/check_main.h"

/* The cluster and the user of context "dev", whose texts a test gives. */
static char *document(const char *cluster, const char *user)
{
    struct strbuf out;
    strbuf_init(&out, 64 * 1024);
    strbuf_addf(&out,
                "apiVersion: v1\n"
                "kind: Config\n"
                "current-context: dev\n"
                "preferences: {colors: true}\n"
                "contexts:\n"
                "- name: dev\n"
                "  context: {cluster: local, user: me, namespace: berth}\n"
                "- name: anonymous\n"
                "  context: {cluster: local}\n"
                "- name: prod\n"
                "  context: {cluster: far, user: old}\n"
                "clusters:\n"
                "- name: local\n"
                "  cluster: {server: 'https://localhost:6443'%s%s}\n"
                "- name: far\n"
                "  cluster: {server: 'https://far.example/k8s/clusters/c-1//'}\n"
                "users:\n"
                "- name: me\n"
                "  user: {%s}\n"
                "- name: old\n"
                "  user: {client-key: k, client-certificate: c, username: null,\n"
                "         auth-provider: {}, as: '', as-groups: []}\n"
                "- name: unused\n"
                "  user: {auth-provider: {name: gcp}, token: 5}\n",
                cluster[0] ? ", " : "", cluster, user);
    return strbuf_detach(&out);
}

static struct kube_config resolve(const char *text, const char *path,
                                  const char *context)
{
    struct kube_config config;
    struct err err;
    struct kubeconfig *kubeconfig = kubeconfig_new();
    if (!kubeconfig_add(kubeconfig, path, text, strlen(text), &err) ||
        !kubeconfig_resolve(kubeconfig, context, &config, &err))
        ck_abort_msg("%s", err.msg);
    kubeconfig_free(&kubeconfig);
    ck_assert_ptr_null(kubeconfig);
    return config;
}

/* The configuration of context dev, in /etc/kube/config. */
static struct kube_config dev(const char *cluster, const char *user)
{
    char *text = document(cluster, user);
    struct kube_config config = resolve(text, "/etc/kube/config", NULL);
    free(text);
    return config;
}

START_TEST(the_current_context_is_read)
{
    struct kube_config config = dev("", "token: abc");
    ck_assert_str_eq(config.server, "https://localhost:6443");
    ck_assert_str_eq(config.ns, "berth");
    ck_assert_str_eq(config.token, "abc");
    ck_assert_str_eq(config.source, "context dev in /etc/kube/config");
    ck_assert_ptr_null(config.ca_file);
    ck_assert_ptr_null(config.exec);
    ck_assert(!config.insecure_skip_tls_verify);
    kube_config_fini(&config);
    ck_assert_ptr_null(config.server);
}
END_TEST

START_TEST(another_context_can_be_named)
{
    char *text = document("", "token: abc");
    struct kube_config config = resolve(text, "config", "prod");
    ck_assert_str_eq(config.server, "https://far.example/k8s/clusters/c-1");
    ck_assert_ptr_null(config.ns);
    ck_assert_ptr_null(config.token);
    ck_assert_str_eq(config.cert_file, "c");
    ck_assert_str_eq(config.key_file, "k");
    ck_assert_str_eq(config.source, "context prod in config");
    kube_config_fini(&config);
    config = resolve(text, "config", "anonymous");
    ck_assert_str_eq(config.server, "https://localhost:6443");
    ck_assert_ptr_null(config.token);
    kube_config_fini(&config);
    free(text);
}
END_TEST

/* One text field after the other: what is written and what a client gets. */
static const struct {
    const char *cluster, *user;
    size_t offset;
    const char *wanted;
} FIELDS[] = {
#define FIELD(name) offsetof(struct kube_config, name)
    {"tls-server-name: api.example", "", FIELD(tls_server_name), "api.example"},
    {"proxy-url: 'http://u:p@proxy:3128'", "", FIELD(proxy_url),
     "http://u:p@proxy:3128"},
    {"proxy-url: 'https://proxy'", "", FIELD(proxy_url), "https://proxy"},
    {"proxy-url: 'socks5://[::1]:1080'", "", FIELD(proxy_url), "socks5://[::1]:1080"},
    {"certificate-authority: ca.pem", "", FIELD(ca_file), "/etc/kube/ca.pem"},
    {"certificate-authority: ../ca.pem", "", FIELD(ca_file), "/etc/kube/../ca.pem"},
    {"certificate-authority: /ca.pem", "", FIELD(ca_file), "/ca.pem"},
    {"certificate-authority-data: cGVt", "", FIELD(ca_data), "pem"},
    {"certificate-authority-data: ''", "", FIELD(ca_data), NULL},
    {"certificate-authority-data: null", "", FIELD(ca_data), NULL},
    {"", "client-certificate: c.pem, client-key: k.pem", FIELD(cert_file),
     "/etc/kube/c.pem"},
    {"", "client-certificate: c.pem, client-key: k.pem", FIELD(key_file),
     "/etc/kube/k.pem"},
    {"", "client-certificate-data: Yw==, client-key: k.pem", FIELD(cert_data), "c"},
    {"", "client-certificate: c.pem, client-key-data: \"a2\\nV5\"", FIELD(key_data),
     "key"},
    {"", "token: ''", FIELD(token), NULL},
    {"", "tokenFile: run/token", FIELD(token_file), "/etc/kube/run/token"},
    {"", "tokenFile: t, token: abc", FIELD(token), "abc"},
    {"", "tokenFile: t, token: abc", FIELD(token_file), "/etc/kube/t"},
    {"", "username: me, password: pass", FIELD(username), "me"},
    {"", "username: me, password: pass", FIELD(password), "pass"},
    {"", "username: me", FIELD(password), NULL},
    {"", "as: '', as-groups: [], auth-provider: null, token: abc", FIELD(token), "abc"},
#undef FIELD
};

START_TEST(each_field_is_read)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        struct kube_config config = dev(FIELDS[i].cluster, FIELDS[i].user);
        char *value;
        memcpy(&value, (char *)&config + FIELDS[i].offset, sizeof value);
        ck_assert_msg(
            (!value && !FIELDS[i].wanted) ||
                (value && FIELDS[i].wanted && strcmp(value, FIELDS[i].wanted) == 0),
            "{%s} {%s}: %s", FIELDS[i].cluster, FIELDS[i].user,
            value ? value : "(none)");
        kube_config_fini(&config);
    }
}
END_TEST

START_TEST(verification_can_be_switched_off)
{
    struct kube_config config = dev("insecure-skip-tls-verify: true", "");
    ck_assert(config.insecure_skip_tls_verify);
    kube_config_fini(&config);
    config =
        dev("insecure-skip-tls-verify: false, certificate-authority-data: cGVt", "");
    ck_assert(!config.insecure_skip_tls_verify);
    kube_config_fini(&config);
}
END_TEST

START_TEST(a_plug_in_is_read)
{
    struct kube_config config =
        dev("", "exec: {apiVersion: client.authentication.k8s.io/v1,\n"
                "  command: ./bin/login, args: [get, '', --a=b], env: [\n"
                "    {name: A, value: '1=2'}, {name: B, value: ''}, {name: C}],\n"
                "  installHint: \"get \\e[31mit\\nhere\", interactiveMode: Never,\n"
                "  provideClusterInfo: true}");
    const struct kube_exec_config *exec = config.exec;
    ck_assert_str_eq(exec->command, "/etc/kube/./bin/login");
    ck_assert_str_eq(exec->api_version, "client.authentication.k8s.io/v1");
    ck_assert_str_eq(exec->args[0], "get");
    ck_assert_str_eq(exec->args[1], "");
    ck_assert_str_eq(exec->args[2], "--a=b");
    ck_assert_ptr_null(exec->args[3]);
    ck_assert_str_eq(exec->env[0], "A=1=2");
    ck_assert_str_eq(exec->env[1], "B=");
    ck_assert_str_eq(exec->env[2], "C=");
    ck_assert_ptr_null(exec->env[3]);
    ck_assert_str_eq(exec->install_hint, "get  [31mit\nhere");
    ck_assert(exec->provide_cluster_info);
    kube_config_fini(&config);
}
END_TEST

START_TEST(a_plug_in_of_v1beta1_needs_little)
{
    struct kube_config config =
        dev("", "exec: {apiVersion: client.authentication.k8s.io/v1beta1,\n"
                "       command: aws, args: null, env: []}");
    ck_assert_str_eq(config.exec->command, "aws");
    ck_assert_ptr_null(config.exec->args);
    ck_assert_ptr_null(config.exec->env);
    ck_assert_ptr_null(config.exec->install_hint);
    ck_assert(!config.exec->provide_cluster_info);
    kube_config_fini(&config);
}
END_TEST

START_TEST(a_token_of_the_file_makes_a_plug_in_idle)
{
    struct kube_config config =
        dev("", "token: abc, exec: {apiVersion: client.authentication.k8s.io/v1,\n"
                "                   command: aws, interactiveMode: IfAvailable}");
    ck_assert_str_eq(config.token, "abc");
    ck_assert_ptr_null(config.exec);
    kube_config_fini(&config);
}
END_TEST

START_TEST(a_plug_in_is_told_what_the_cluster_holds_for_it)
{
    static const char CLUSTER[] =
        "extensions: [{name: other, extension: 1}, {name: "
        "client.authentication.k8s.io/exec, extension: {audience: [a]}}]";
    static const char USER[] = "exec: {apiVersion: client.authentication.k8s.io/v1,\n"
                               "command: aws, interactiveMode: Never,\n"
                               "provideClusterInfo: true}";
    struct kube_config config = dev(CLUSTER, USER);
    ck_assert_str_eq(config.exec->cluster_config, "{\"audience\":[\"a\"]}");
    kube_config_fini(&config);
    config = dev("extensions: []", USER);
    ck_assert_ptr_null(config.exec->cluster_config);
    kube_config_fini(&config);
}
END_TEST

START_TEST(json_is_yaml)
{
    static const char TEXT[] =
        "{\"kind\":\"Config\",\"apiVersion\":\"v1\",\"current-context\":\"a\",\n"
        "\t\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"http://[::1]:8001\"}"
        "}],\"contexts\":[{\"name\":\"a\",\"context\":{\"cluster\":\"c\",\"user\":\"\"}"
        "}],\"users\":null}\n";
    struct kube_config config = resolve(TEXT, "config", NULL);
    ck_assert_str_eq(config.server, "http://[::1]:8001");
    kube_config_fini(&config);
}
END_TEST

/* Of each name, the first file has the whole entry; nothing is mixed. */
START_TEST(the_first_file_wins)
{
    static const char *const FILES[][2] = {
        {"/a/config", "current-context: ''\n"
                      "users: [{name: me, user: {tokenFile: t}}]\n"},
        {"/empty", "\n# nothing\n"},
        {"/b/config", "current-context: dev\n"
                      "users: [{name: me, user: {token: abc}}]\n"
                      "contexts: [{name: dev, context: {cluster: c, user: me}}]\n"},
        {"/c/config", "current-context: prod\n"
                      "contexts: [{name: dev, context: {cluster: d, namespace: n}}]\n"
                      "clusters: [{name: c, cluster: {server: 'https://c:1',\n"
                      "                               certificate-authority: ca}}]\n"},
    };
    struct kube_config config;
    struct err err;
    struct kubeconfig *kubeconfig = kubeconfig_new();
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        ck_assert(kubeconfig_add(kubeconfig, FILES[i][0], FILES[i][1],
                                 strlen(FILES[i][1]), &err));
    ck_assert(kubeconfig_resolve(kubeconfig, NULL, &config, &err));
    kubeconfig_free(&kubeconfig);
    ck_assert_str_eq(config.server, "https://c:1");
    ck_assert_str_eq(config.ca_file, "/c/ca");
    ck_assert_str_eq(config.token_file, "/a/t");
    ck_assert_ptr_null(config.token);
    ck_assert_ptr_null(config.ns);
    ck_assert_str_eq(config.source, "context dev in /b/config");
    kube_config_fini(&config);
}
END_TEST

CHECK_MAIN("kubeconfig", NULL, NULL, the_current_context_is_read,
           another_context_can_be_named, each_field_is_read,
           verification_can_be_switched_off, a_plug_in_is_read,
           a_plug_in_of_v1beta1_needs_little, a_token_of_the_file_makes_a_plug_in_idle,
           a_plug_in_is_told_what_the_cluster_holds_for_it, json_is_yaml,
           the_first_file_wins)
