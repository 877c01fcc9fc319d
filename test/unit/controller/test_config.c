#include "controller/config/config.h"
#include "test/support/check_main.h"

static struct config *build(const char *text, struct err *err)
{
    return config_build("berth.yaml", text, text ? strlen(text) : 0, NULL, 0, err);
}

#define HEAD "apiVersion: berth.dev/v1alpha1\nkind: ControllerConfiguration\n"

START_TEST(without_a_document_the_defaults_hold)
{
    struct err err = {0};
    struct config *config = build(NULL, &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    ck_assert(!config->features.on[FEATURE_SKILL_IMAGE_VOLUMES]);
    ck_assert_ptr_null(config->watch_namespaces[0]);
    ck_assert_str_eq(config->take_over_from[0], "manager");
    ck_assert_ptr_null(config->take_over_from[1]);
    ck_assert_str_eq(config->metrics_bind_address, ":8080");
    ck_assert_str_eq(config->health_bind_address, ":8081");
    ck_assert_int_eq(config->log_level, LOG_INFO);
    ck_assert_int_eq(config->log_format, LOG_JSON);
    ck_assert_int_eq(config->max_reconciles, 32);
    ck_assert_str_eq(config->platform_config_map, "kagenti-platform-config");
    config_free(&config);
    ck_assert_ptr_null(config);
}
END_TEST

START_TEST(every_key_of_a_document_is_read)
{
    struct err err = {0};
    struct config *config =
        build(HEAD "featureGates: {skillImageVolumes: true}\n"
                   "watchNamespaces: [a, b]\n"
                   "takeOverFrom: []\n"
                   "metrics: {bindAddress: '0', perObjectSeries: false}\n"
                   "health: {bindAddress: '127.0.0.1:1'}\n"
                   "logging: {level: debug, format: text}\n"
                   "concurrency: {maxReconciles: 7}\n"
                   "agentRuntime: {platformConfigMap: p}\n",
              &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    ck_assert(config->features.on[FEATURE_SKILL_IMAGE_VOLUMES]);
    ck_assert_str_eq(config->watch_namespaces[1], "b");
    ck_assert_ptr_null(config->watch_namespaces[2]);
    ck_assert_ptr_null(config->take_over_from[0]);
    ck_assert_str_eq(config->metrics_bind_address, "0");
    ck_assert(!config->per_object_series);
    ck_assert_str_eq(config->health_bind_address, "127.0.0.1:1");
    ck_assert_int_eq(config->log_level, LOG_DEBUG);
    ck_assert_int_eq(config->log_format, LOG_TEXT);
    ck_assert_int_eq(config->max_reconciles, 7);
    ck_assert_str_eq(config->platform_config_map, "p");
    config_free(&config);
}
END_TEST

struct refused_row {
    const char *text, *wanted;
};

static void check_refused(const struct refused_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct err err = {0};
        ck_assert_msg(build(rows[i].text, &err) == NULL, "%s", rows[i].text);
        ck_assert_str_eq(err.msg, rows[i].wanted);
        ck_assert_int_eq(err.kind, ERR_INVALID);
    }
}

START_TEST(bad_documents_are_refused_with_their_place)
{
    static const struct refused_row ROWS[] = {
        {"kind: ControllerConfiguration\n",
         "berth.yaml:1:1: apiVersion: must be berth.dev/v1alpha1"},
        {"apiVersion: berth.dev/v1alpha1\nkind: Pod\n",
         "berth.yaml:2:1: kind: must be ControllerConfiguration"},
        {HEAD "fetureGates: {}\n", "berth.yaml:3:1: fetureGates: unknown key"},
        {HEAD "logging:\n  level: info\n  colour: red\n",
         "berth.yaml:5:3: logging.colour: unknown key"},
        {HEAD "logging: info\n", "berth.yaml:3:1: logging: must be a mapping"},
        {HEAD "logging: {level: loud}\n", "berth.yaml:3:11: logging.level: must be "
                                          "debug, info, warn or error, not \"loud\""},
        {HEAD "logging: {level: 3}\n",
         "berth.yaml:3:11: logging.level: must be a non-empty string"},
        {HEAD "featureGates: {openDoors: true}\n",
         "berth.yaml:3:16: featureGates.openDoors: unknown feature gate openDoors; "
         "known "
         "are skillImageVolumes, skillDiscovery, openShell"},
        {HEAD "featureGates: {skillDiscovery: 'yes'}\n",
         "berth.yaml:3:16: featureGates.skillDiscovery: must be true or false"},
        {HEAD "featureGates: []\n",
         "berth.yaml:3:1: featureGates: must be a mapping of gate to true or false"},
        {HEAD "watchNamespaces: [a, 1]\n",
         "berth.yaml:3:1: watchNamespaces: item 1 must be a non-empty string"},
        {HEAD "watchNamespaces: a\n",
         "berth.yaml:3:1: watchNamespaces: must be a list of strings"},
        {HEAD "concurrency: {maxReconciles: 0}\n",
         "berth.yaml:3:15: concurrency.maxReconciles: must be an integer from 1 to "
         "1000"},
        {HEAD "concurrency: {maxReconciles: 1.5}\n",
         "berth.yaml:3:15: concurrency.maxReconciles: must be an integer from 1 to "
         "1000"},
        {HEAD "metrics: {perObjectSeries: 1}\n",
         "berth.yaml:3:11: metrics.perObjectSeries: must be true or false"},
        {"[]\n", "berth.yaml: must be a mapping"},
        {HEAD "---\n" HEAD, "berth.yaml: more than one document"},
    };
    check_refused(ROWS, sizeof ROWS / sizeof *ROWS);
}
END_TEST

START_TEST(bad_values_of_sessions_are_refused_with_their_place)
{
    static const struct refused_row ROWS[] = {
        {HEAD "securityContext: {mode: windows}\n",
         "berth.yaml:3:19: securityContext.mode: must be kubernetes or openshift, not "
         "\"windows\""},
        {HEAD "session: {mcp: {port: 70000}}\n",
         "berth.yaml:3:17: session.mcp.port: must be an integer from 1 to 65535"},
        {HEAD "session: {mcp: {colour: red}}\n",
         "berth.yaml:3:17: session.mcp.colour: unknown key"},
        {HEAD "session: {sidecarStartTimeout: 5}\n",
         "berth.yaml:3:11: session.sidecarStartTimeout: must be a non-empty string"},
        {HEAD "session: {sidecarStartTimeout: soon}\n",
         "berth.yaml:3:11: session.sidecarStartTimeout: must be a duration such as "
         "5m, not \"soon\""},
        {HEAD "session: {defaultInactivityTimeout: -1}\n",
         "berth.yaml:3:11: session.defaultInactivityTimeout: must be an integer from 0 "
         "to 31622400"},
        {HEAD "session: {resources: {limits: {cpu: lots}}}\n",
         "berth.yaml:3:32: session.resources.limits.cpu: must be a quantity such as "
         "\"500m\" or \"1Gi\""},
        {HEAD "session: {credentialProviders: {slack: {image: i}}}\n",
         "berth.yaml:3:33: session.credentialProviders.slack: needs a port"},
        {HEAD "session: {credentialProviders: {Slack: {port: 1}}}\n",
         "berth.yaml:3:33: session.credentialProviders.Slack: must be named by "
         "lower-case letters, digits and -, and not k8s or tmp-*"},
        {HEAD "session: {credentialProviders: {github: {bind: nowhere}}}\n",
         "berth.yaml:3:42: session.credentialProviders.github.bind: must be all or "
         "loopback"},
        {HEAD "session: {credentialProviders: {github: {resources: {limits: {cpu: "
              "x}}}}}\n",
         "berth.yaml:3:63: session.credentialProviders.github.resources.limits.cpu: "
         "must be a quantity such as \"500m\" or \"1Gi\""},
        {HEAD "session: {credentialProviders: {tmp-x: {port: 1}}}\n",
         "berth.yaml:3:33: session.credentialProviders.tmp-x: must be named by "
         "lower-case letters, digits and -, and not k8s or tmp-*"},
        {HEAD "session: {hostUsers: 1}\n",
         "berth.yaml:3:11: session.hostUsers: must be a string"},
        {HEAD "session: {hardeningProfile: true}\n",
         "berth.yaml:3:11: session.hardeningProfile: must be none, restricted or "
         "hardened, not \"true\""},
        {HEAD "session: {vertex: {credentialsFile: key.json}}\n",
         "berth.yaml:3:20: session.vertex.credentialsFile: must be a path such as "
         "/app/key.json, not \"key.json\""},
        {HEAD "session: {vertex: {credentialsFile: /key.json}}\n",
         "berth.yaml:3:20: session.vertex.credentialsFile: must be a path such as "
         "/app/key.json, not \"/key.json\""},
        {HEAD "session: {credentialProviders: {wiki: {image: w, port: 8091}, github: "
              "{image: g}}}\n",
         "berth.yaml: credential-github and credential-wiki have the same port 8091"},
        {HEAD "session: {mcp: {image: m, port: 8001}}\n",
         "berth.yaml: port 8001 of ambient-mcp is the runner's"},
        {HEAD "session: {vertex: {enabled: true}}\n",
         "berth.yaml: session.vertex.enabled needs session.vertex.projectID"},
        {HEAD "session: {credentialProviders: {github: {tag: 1}}}\n",
         "berth.yaml:3:42: session.credentialProviders.github.tag: unknown key"},
    };
    check_refused(ROWS, sizeof ROWS / sizeof *ROWS);
}
END_TEST

START_TEST(sessions_have_keys_of_their_own)
{
    struct err err = {0};
    struct config *config = build(
        HEAD "session:\n  hostUsers: false\n  hardeningProfile: hardened\n"
             "  protectedVariables: [CORP_*, '!HTTPS_PROXY']\n"
             "  vertex: {enabled: true, projectID: p, credentialsFile: /a/b.json}\n"
             "  proxy: {httpProxy: h, httpsProxy: s, noProxy: n}\n",
        &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    const struct session_config *session = &config->session;
    ck_assert_int_eq(session->host_users, HOST_USERS_FALSE);
    ck_assert_int_eq(session->hardening, HARDENING_HARDENED);
    ck_assert_str_eq(session->protected_variables[1], "!HTTPS_PROXY");
    ck_assert(session->vertex.enabled);
    ck_assert_str_eq(session->vertex.project_id, "p");
    ck_assert_str_eq(session->vertex.region, "global");
    ck_assert_str_eq(session->vertex.secret, "ambient-vertex");
    ck_assert_str_eq(session->vertex.credentials_file, "/a/b.json");
    ck_assert_str_eq(session->http_proxy, "h");
    ck_assert_str_eq(session->https_proxy, "s");
    ck_assert_str_eq(session->no_proxy, "n");
    config_free(&config);
    config = build(HEAD "session: {hostUsers: 'true'}\n", &err);
    ck_assert_int_eq(config->session.host_users, HOST_USERS_TRUE);
    ck_assert_int_eq(config->session.hardening, HARDENING_RESTRICTED);
    config_free(&config);
}
END_TEST

START_TEST(flags_win_over_the_document)
{
    struct config_flag flags[] = {{config_key_by_flag("log-level"), "error", NULL},
                                  {config_key_by_flag("feature-gates"),
                                   "skillDiscovery=true,skillImageVolumes=false", NULL},
                                  {config_key_by_flag("namespaces"), "x,y", NULL}};
    const char *text =
        HEAD "logging: {level: debug}\nfeatureGates: {skillImageVolumes: "
             "true}\nwatchNamespaces: [a]\n";
    struct err err = {0};
    struct config *config = config_build("f", text, strlen(text), flags, 3, &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    ck_assert_int_eq(config->log_level, LOG_ERROR);
    ck_assert(!config->features.on[FEATURE_SKILL_IMAGE_VOLUMES]);
    ck_assert(config->features.on[FEATURE_SKILL_DISCOVERY]);
    ck_assert_str_eq(config->watch_namespaces[0], "x");
    ck_assert_str_eq(config->watch_namespaces[1], "y");
    config_free(&config);
}
END_TEST

START_TEST(bad_flags_are_refused_by_name)
{
    static const struct {
        const char *flag, *text, *wanted;
    } ROWS[] = {
        {"log-format", "xml", "--log-format: must be json or text, not \"xml\""},
        {"feature-gates", "skillDiscovery",
         "--feature-gates: \"skillDiscovery\" must be name=true or name=false"},
        {"feature-gates", "skillDiscovery=maybe",
         "--feature-gates: must be true or false, not \"maybe\""},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct config_flag flag = {config_key_by_flag(ROWS[i].flag), ROWS[i].text,
                                   NULL};
        struct err err = {0};
        ck_assert_ptr_null(config_build("f", NULL, 0, &flag, 1, &err));
        ck_assert_str_eq(err.msg, ROWS[i].wanted);
    }
    ck_assert_ptr_null(config_key_by_flag("no-such-flag"));
}
END_TEST

START_TEST(values_compare_by_key)
{
    struct err err = {0};
    struct config *a =
        build(HEAD "watchNamespaces: [a]\nlogging: {level: debug}\n", &err);
    struct config *b = build(HEAD "watchNamespaces: [a, b]\n", &err);
    size_t different = 0;
    for (const struct config_key *key = config_keys; key->name; key++) {
        ck_assert(config_key_equal(key, a, a));
        different += !config_key_equal(key, a, b);
    }
    ck_assert_uint_eq(different, 2);
    config_free(&a);
    config_free(&b);
}
END_TEST

static const struct session_sidecar *sidecar(const struct config *config,
                                             const char *provider)
{
    const struct session_sidecar *found = config->session.sidecars;
    while (found->container && strcmp(found->provider, provider) != 0)
        found++;
    ck_assert_ptr_nonnull(found->container);
    return found;
}

START_TEST(sessions_have_the_built_in_sidecars)
{
    struct err err = {0};
    struct config *config = build(NULL, &err);
    static const struct {
        const char *provider, *container, *port_name;
        int port;
        bool loopback;
    } ROWS[] = {
        {"", "ambient-mcp", "mcp-sse", 8090, false},
        {"github", "credential-github", "cred-github", 8091, true},
        {"google", "credential-google", "cred-google", 8094, true},
        {"jira", "credential-jira", "cred-jira", 8092, false},
        {"kubeconfig", "credential-k8s", "cred-kubeconfig", 8093, false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct session_sidecar *found = &config->session.sidecars[i];
        ck_assert_str_eq(found->provider, ROWS[i].provider);
        ck_assert_str_eq(found->container, ROWS[i].container);
        ck_assert_str_eq(found->port_name, ROWS[i].port_name);
        ck_assert_int_eq(found->port, ROWS[i].port);
        ck_assert_int_eq(found->loopback, ROWS[i].loopback);
        ck_assert_str_eq(found->image, "");
    }
    ck_assert_ptr_null(config->session.sidecars[5].container);
    ck_assert_str_eq(json_str(config->session.runner_limits, "memory"), "4Gi");
    ck_assert_int_eq(config->session.sidecar_start_ms, 300000);
    config_free(&config);
}
END_TEST

START_TEST(providers_are_merged_over_the_built_in_ones)
{
    struct err err = {0};
    struct config *config =
        build(HEAD "session:\n  credentialProviders:\n"
                   "    github: {image: g, bindAllArgs: [--any], bind: all}\n"
                   "    a-rather-long-provider-name: {image: s, port: 9000, "
                   "command: [serve], resources: {limits: {memory: 1Gi}}}\n"
                   "securityContext: {mode: openshift}\n",
              &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    const struct session_sidecar *github = sidecar(config, "github");
    ck_assert_str_eq(github->image, "g");
    ck_assert_int_eq(github->port, 8091);
    ck_assert(!github->loopback);
    ck_assert_str_eq(github->bind_all[0], "--any");
    ck_assert_ptr_null(github->bind_all[1]);
    const struct session_sidecar *own = sidecar(config, "a-rather-long-provider-name");
    ck_assert_str_eq(own->port_name, "cred-a-rather-l");
    ck_assert_str_eq(own->command[0], "serve");
    ck_assert_str_eq(json_str(own->limits, "memory"), "1Gi");
    ck_assert_str_eq(json_str(own->limits, "cpu"), "500m");
    ck_assert(config->project.openshift);
    config_free(&config);
}
END_TEST

static const char *variable(const char *name)
{
    static const struct {
        const char *name, *value;
    } SET[] = {{"RUNNER_IMAGE", "from-environment"},
               {"GITHUB_MCP_IMAGE", "g"},
               {"K8S_MCP_IMAGE", ""},
               {"USE_VERTEX", "1"},
               {"ANTHROPIC_VERTEX_PROJECT_ID", "tides"},
               {"NO_PROXY", "localhost"},
               {"OPENSHELL_ENABLED", "true"}};
    for (size_t i = 0; i < sizeof SET / sizeof *SET; i++) {
        if (strcmp(SET[i].name, name) == 0)
            return SET[i].value;
    }
    return NULL;
}

START_TEST(variables_win_over_the_document)
{
    static const char TEXT[] =
        HEAD "session: {runnerImage: r, credentialProviders: {github: {image: x}, "
             "jira: {image: j}}}\n";
    struct arena *arena = arena_new();
    struct config_flag flags[CONFIG_VARIABLES_MAX];
    struct err err = {0};
    size_t count = config_from_environment(arena, variable, flags);
    ck_assert_uint_eq(count, 6);
    struct config *config =
        config_build("f", TEXT, sizeof TEXT - 1, flags, count, &err);
    ck_assert_msg(config != NULL, "%s", err.msg);
    ck_assert_str_eq(config->session.runner_image, "from-environment");
    ck_assert_str_eq(sidecar(config, "github")->image, "g");
    ck_assert_str_eq(sidecar(config, "jira")->image, "j");
    ck_assert(config->features.on[FEATURE_OPEN_SHELL]);
    ck_assert(config->session.vertex.enabled);
    ck_assert_str_eq(config->session.vertex.project_id, "tides");
    ck_assert_str_eq(config->session.no_proxy, "localhost");
    config_free(&config);
    arena_free(&arena);
}
END_TEST

static const char *bad_variable(const char *name)
{
    return strcmp(name, "DEFAULT_INACTIVITY_TIMEOUT") == 0 ? "soon" : NULL;
}

START_TEST(bad_variables_are_refused_by_name)
{
    struct arena *arena = arena_new();
    struct config_flag flags[CONFIG_VARIABLES_MAX];
    struct err err = {0};
    size_t count = config_from_environment(arena, bad_variable, flags);
    ck_assert_ptr_null(config_build(NULL, NULL, 0, flags, count, &err));
    ck_assert_str_eq(
        err.msg, "DEFAULT_INACTIVITY_TIMEOUT: must be an integer from 0 to 31622400");
    arena_free(&arena);
}
END_TEST

CHECK_MAIN("config", NULL, NULL, without_a_document_the_defaults_hold,
           every_key_of_a_document_is_read, bad_documents_are_refused_with_their_place,
           bad_values_of_sessions_are_refused_with_their_place,
           sessions_have_keys_of_their_own, flags_win_over_the_document,
           bad_flags_are_refused_by_name, values_compare_by_key,
           sessions_have_the_built_in_sidecars,
           providers_are_merged_over_the_built_in_ones, variables_win_over_the_document,
           bad_variables_are_refused_by_name)
