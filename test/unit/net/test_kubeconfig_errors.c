/* What is wrong with a kubeconfig is said exactly, with its place, and no secret is. */
#include "kubeclient/net/kubeconfig.h"
#include "test/support/check_main.h"

#include <stdio.h>

#define CONTEXT "current-context: dev\ncontexts: [{name: dev, context: {cluster: c}}]\n"
#define USED                                                                           \
    "current-context: dev\n"                                                           \
    "contexts: [{name: dev, context: {cluster: c, user: me}}]\n"                       \
    "clusters: [{name: c, cluster: {server: 'https://c'}}]\n"
#define CLUSTER(fields) CONTEXT "clusters:\n- name: c\n  cluster: {" fields "}\n"
#define USER(fields) USED "users:\n- name: me\n  user: {" fields "}\n"
#define EXEC(fields) USER("exec: {" fields "}")
#define V1 "apiVersion: client.authentication.k8s.io/v1"
#define V1BETA1 "apiVersion: client.authentication.k8s.io/v1beta1, command: x"

/* Every secret in these texts holds this word, plain or in base64. */
static const char *const SECRETS[] = {"s3cr3t", "czNjcjN0"};

struct mistake {
    const char *text, *message;
};

static const struct mistake DOCUMENTS[] = {
    {"- s3cr3t", "f:1:1: must be a mapping"},
    {"s3cr3t", "f:1:1: must be a mapping"},
    {"users: [", "f:2:1: did not find expected node content"},
    {"users:\n- user: {token: \"s3cr3t}\n", "f:3:1: found unexpected end of stream"},
    {"token: *s3cr3t", "f:1:8: aliases are not supported"},
    {"token: &a s3cr3t", "f:1:8: anchors are not supported"},
    {"kind: Config\nkind: Config", "f:2:1: duplicate key \"kind\""},
    {"kind: Config\n---\nkind: s3cr3t", "f: holds more than one document"},
    {"apiVersion: v2", "f:1:1: apiVersion must be v1"},
    {"apiVersion: [v1]", "f:1:1: apiVersion must be a string"},
    {"apiVersion: v1\nkind: Secret", "f:2:1: kind must be Config"},
    {"current-context: 5", "f:1:1: current-context must be a string"},
    {"clusters: {s3cr3t: a}", "f:1:1: clusters must be a list"},
    {"users: s3cr3t", "f:1:1: users must be a list"},
    {"contexts:\n- context: {}\n", "f:2:3: a context has no name"},
    {"users:\n- s3cr3t\n", "f:2:3: a user has no name"},
    {"users:\n- {name: 5, user: {token: s3cr3t}}\n", "f:2:3: a user has no name"},
    {"users:\n- {name: '', user: {}}\n", "f:2:3: a user has no name"},
    {"users:\n- name: me\n  user: s3cr3t\n", "f:3:3: user \"me\" must hold a mapping"},
    {"users:\n- {name: me, user: {token: s3cr3t}}\n- {name: me}\n",
     "f:3:3: user \"me\" is there twice"},
};

static const struct mistake REFERENCES[] = {
    {"", "f: current-context is missing"},
    {"current-context: dev", "f:1:1: current-context: there is no context \"dev\""},
    {"current-context: dev\ncontexts: [{name: dev}]",
     "f:2:12: context \"dev\": cluster is missing"},
    {"current-context: dev\ncontexts: [{name: dev, context: {cluster: 1}}]",
     "f:2:34: context \"dev\": cluster must be a string"},
    {CONTEXT, "f:2:34: context \"dev\": there is no cluster \"c\""},
    {USED, "f:2:46: context \"dev\": there is no user \"me\""},
    {CONTEXT "clusters: [{name: c}]", "f:3:12: cluster \"c\": server is missing"},
};

static const struct mistake CLUSTERS[] = {
    {CLUSTER(""), "f:4:3: cluster \"c\": server is missing"},
    {CLUSTER("server: []"), "f:5:13: cluster \"c\": server must be a string"},
    {CLUSTER("server: 'c:6443'"),
     "f:5:13: cluster \"c\": server must begin with https:// or http://, not "
     "\"c:6443\""},
    {CLUSTER("server: 'https://me:s3cr3t@c'"),
     "f:5:13: cluster \"c\": server must be https://host:port/prefix, without a user, "
     "a query or spaces, at most 2048 bytes"},
    {CLUSTER("server: 'https://c:0'"),
     "f:5:13: cluster \"c\": server \"https://c:0\" has no valid host and port"},
    {CLUSTER("server: 'https://c', tls-server-name: 'a b'"),
     "f:5:13: cluster \"c\": tls-server-name \"a b\" must be a host name, with an "
     "https:// server"},
    {CLUSTER("server: 'https://c', proxy-url: 'ftp://me:s3cr3t@p'"),
     "f:5:34: cluster \"c\": proxy-url must be http://, https:// or socks5:// and a "
     "host"},
    {CLUSTER("server: 'https://c', proxy-url: 'http://'"),
     "f:5:34: cluster \"c\": proxy-url must be http://, https:// or socks5:// and a "
     "host"},
    {CLUSTER("server: 'https://c', insecure-skip-tls-verify: 'true'"),
     "f:5:34: cluster \"c\": insecure-skip-tls-verify must be true or false"},
    {CLUSTER("server: 'https://c', insecure-skip-tls-verify: true,\n"
             "    certificate-authority-data: cGVt"),
     "f:5:34: cluster \"c\": insecure-skip-tls-verify and a certificate authority are "
     "both given"},
    {CLUSTER("server: 'https://c', insecure-skip-tls-verify: true,\n"
             "    certificate-authority: ca"),
     "f:5:34: cluster \"c\": insecure-skip-tls-verify and a certificate authority are "
     "both given"},
    {CLUSTER("server: 'https://c', certificate-authority: ca,\n"
             "    certificate-authority-data: cGVt"),
     "f:4:3: cluster \"c\": certificate-authority and certificate-authority-data are "
     "both given"},
    {CLUSTER("server: 'https://c', certificate-authority-data: '%'"),
     "f:5:34: cluster \"c\": certificate-authority-data is not valid base64"},
};

static const struct mistake USERS[] = {
    {USER("token: 5"), "f:6:10: user \"me\": token must be a string"},
    {USER("token: [s3cr3t]"), "f:6:10: user \"me\": token must be a string"},
    {USER("password: {a: s3cr3t}"), "f:6:10: user \"me\": password must be a string"},
    {USER("client-certificate-data: czNjcjN0!"),
     "f:6:10: user \"me\": client-certificate-data is not valid base64"},
    {USER("client-key-data: czNjcjN0!"),
     "f:6:10: user \"me\": client-key-data is not valid base64"},
    {USER("client-key-data: czNjcjN0AA=="),
     "f:6:10: user \"me\": client-key-data holds NUL bytes: it is no PEM text"},
    {USER("client-certificate: c"),
     "f:5:3: user \"me\": client-key or client-key-data is missing"},
    {USER("client-key-data: czNjcjN0"),
     "f:5:3: user \"me\": client-certificate or client-certificate-data is missing"},
    {USER("client-certificate: c, client-certificate-data: Yw=="),
     "f:5:3: user \"me\": client-certificate and client-certificate-data are both "
     "given"},
    {USER("client-key: c, client-key-data: czNjcjN0"),
     "f:5:3: user \"me\": client-key and client-key-data are both given"},
    {USER("token: s3cr3t, username: me, password: s3cr3t"),
     "f:5:3: user \"me\": a token and a username or password are both given"},
    {USER("tokenFile: t, password: s3cr3t"),
     "f:5:3: user \"me\": a token and a username or password are both given"},
    {USER("password: s3cr3t"), "f:5:3: user \"me\": username is missing"},
    {USER("token: s3cr3t,\n    auth-provider: {name: gcp}"),
     "f:7:5: user \"me\": auth-provider: authentication providers left Kubernetes in "
     "1.26: use exec"},
    {USER("as: s3cr3t"), "f:6:10: user \"me\": as: impersonation is not supported"},
    {USER("as-uid: s3cr3t"),
     "f:6:10: user \"me\": as-uid: impersonation is not supported"},
    {USER("as-groups: [s3cr3t]"),
     "f:6:10: user \"me\": as-groups: impersonation is not supported"},
    {USER("as-user-extra: {a: [s3cr3t]}"),
     "f:6:10: user \"me\": as-user-extra: impersonation is not supported"},
};

#define WRONG_VERSION                                                                  \
    "exec.apiVersion must be client.authentication.k8s.io/v1 or "                      \
    "client.authentication.k8s.io/v1beta1"
#define WRONG_MODE "exec.interactiveMode must be Never, IfAvailable or Always"

static const struct mistake PLUG_INS[] = {
    {USER("exec: s3cr3t"), "f:6:10: user \"me\": exec must be a mapping"},
    {EXEC(""), "f:6:10: user \"me\": " WRONG_VERSION},
    {EXEC("apiVersion: client.authentication.k8s.io/v1alpha1, command: x"),
     "f:6:17: user \"me\": " WRONG_VERSION},
    {EXEC(V1), "f:6:10: user \"me\": exec.command is missing"},
    {EXEC(V1 ", command: 5"), "f:6:62: user \"me\": exec.command must be a string"},
    {EXEC(V1 ", command: x"), "f:6:10: user \"me\": " WRONG_MODE},
    {EXEC(V1 ", command: x, interactiveMode: Maybe"),
     "f:6:74: user \"me\": " WRONG_MODE},
    {EXEC(V1BETA1 ", interactiveMode: Always"),
     "f:6:79: user \"me\": exec.interactiveMode is Always: the plug-in wants a "
     "terminal, a daemon has none"},
    {EXEC(V1BETA1 ", provideClusterInfo: 1"),
     "f:6:79: user \"me\": exec.provideClusterInfo must be true or false"},
    {EXEC(V1BETA1 ", args: s3cr3t"), "f:6:79: user \"me\": exec.args must be a list"},
    {EXEC(V1BETA1 ", args: [a, {b: s3cr3t}]"),
     "f:6:89: user \"me\": exec.args must hold strings"},
    {EXEC(V1BETA1 ", env: {A: s3cr3t}"),
     "f:6:79: user \"me\": exec.env must be a list"},
    {EXEC(V1BETA1 ", env: [A=s3cr3t]"),
     "f:6:85: user \"me\": exec.env: a name is missing, or holds \"=\""},
    {EXEC(V1BETA1 ", env: [{name: 'A=s3cr3t'}]"),
     "f:6:85: user \"me\": exec.env: a name is missing, or holds \"=\""},
    {EXEC(V1BETA1 ", env: [{name: A, value: [s3cr3t]}]"),
     "f:6:95: user \"me\": exec.env: the value of A must be a string"},
};

static void check_message(const char *message, const char *wanted)
{
    ck_assert_str_eq(message, wanted);
    for (size_t i = 0; i < sizeof SECRETS / sizeof *SECRETS; i++)
        ck_assert_ptr_null(strstr(message, SECRETS[i]));
}

/* What loading the text fails with; *config is as it was. */
static struct err failure(const char *text, const char *context)
{
    struct kube_config config = {.server = (char[]){"untouched"}};
    struct err err;
    struct kubeconfig *kubeconfig = kubeconfig_new();
    bool ok = kubeconfig_add(kubeconfig, "f", text, strlen(text), &err) &&
              kubeconfig_resolve(kubeconfig, context, &config, &err);
    ck_assert_msg(!ok, "accepted: %s", text);
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_str_eq(config.server, "untouched");
    kubeconfig_free(&kubeconfig);
    return err;
}

static void check_all(const struct mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct err err = failure(mistakes[i].text, NULL);
        check_message(err.msg, mistakes[i].message);
    }
}

#define CHECK_ALL(mistakes) check_all(mistakes, sizeof(mistakes) / sizeof *(mistakes))

START_TEST(documents_are_refused)
{
    CHECK_ALL(DOCUMENTS);
}
END_TEST

START_TEST(references_are_refused)
{
    CHECK_ALL(REFERENCES);
}
END_TEST

START_TEST(clusters_are_refused)
{
    CHECK_ALL(CLUSTERS);
}
END_TEST

START_TEST(users_are_refused)
{
    CHECK_ALL(USERS);
}
END_TEST

START_TEST(plug_ins_are_refused)
{
    CHECK_ALL(PLUG_INS);
}
END_TEST

START_TEST(a_named_context_must_exist)
{
    check_message(failure(CONTEXT, "prod").msg, "f: there is no context \"prod\"");
}
END_TEST

START_TEST(all_files_are_named)
{
    struct kube_config config;
    struct err err;
    struct kubeconfig *kubeconfig = kubeconfig_new();
    ck_assert(kubeconfig_add(kubeconfig, "/a", "", 0, &err));
    ck_assert(kubeconfig_add(kubeconfig, "/b", "{}", 2, &err));
    ck_assert(!kubeconfig_resolve(kubeconfig, NULL, &config, &err));
    ck_assert_str_eq(err.msg, "/a, /b: current-context is missing");
    ck_assert(!kubeconfig_resolve(kubeconfig, "dev", &config, &err));
    ck_assert_str_eq(err.msg, "/a, /b: there is no context \"dev\"");
    kubeconfig_free(&kubeconfig);
}
END_TEST

/* A message that is too long loses its end, not its beginning. */
START_TEST(long_names_are_cut)
{
    char path[2000] = "/", text[2000] = CONTEXT "clusters: [{name: c, cluster: {}}]\n";
    struct kube_config config;
    struct err err;
    struct kubeconfig *kubeconfig = kubeconfig_new();
    memset(path, 'p', 400);
    ck_assert(kubeconfig_add(kubeconfig, path, text, strlen(text), &err));
    ck_assert(!kubeconfig_resolve(kubeconfig, NULL, &config, &err));
    ck_assert_ptr_nonnull(
        strstr(err.msg, "ppp:3:12: cluster \"c\": server is missing"));
    memset(path, 'p', sizeof path - 1);
    ck_assert(!kubeconfig_resolve(kubeconfig, path, &config, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "ppp: there is no context \"ppp"));
    kubeconfig_free(&kubeconfig);
    snprintf(text, sizeof text, "kind: Config\ncurrent-context: %.1000s\n", path);
    ck_assert_ptr_nonnull(
        strstr(failure(text, NULL).msg, "f:2:1: current-context: there is no context"));
}
END_TEST

START_TEST(a_long_extension_is_refused)
{
    char text[40 * 1024], filling[32 * 1024 + 1];
    memset(filling, 'x', sizeof filling - 1);
    filling[sizeof filling - 1] = '\0';
    snprintf(text, sizeof text,
             "current-context: dev\n"
             "contexts: [{name: dev, context: {cluster: c, user: me}}]\n"
             "users: [{name: me, user: {exec: {" V1BETA1
             ", provideClusterInfo: true}}}]\n"
             "clusters: [{name: c, cluster: {server: 'https://c', extensions: "
             "[{name: client.authentication.k8s.io/exec,\n"
             "extension: %s}]}}]\n",
             filling);
    check_message(failure(text, NULL).msg,
                  "f:5:1: cluster \"c\": the extension for plug-ins is longer than "
                  "32768 bytes");
}
END_TEST

CHECK_MAIN("kubeconfig errors", NULL, NULL, documents_are_refused,
           references_are_refused, clusters_are_refused, users_are_refused,
           plug_ins_are_refused, a_named_context_must_exist, all_files_are_named,
           long_names_are_cut, a_long_extension_is_refused)
