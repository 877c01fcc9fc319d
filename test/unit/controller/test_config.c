#include "controller/config.h"
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

START_TEST(bad_documents_are_refused_with_their_place)
{
    static const struct {
        const char *text, *wanted;
    } ROWS[] = {
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
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct err err = {0};
        ck_assert_msg(build(ROWS[i].text, &err) == NULL, "%s", ROWS[i].text);
        ck_assert_str_eq(err.msg, ROWS[i].wanted);
        ck_assert_int_eq(err.kind, ERR_INVALID);
    }
}
END_TEST

START_TEST(flags_win_over_the_document)
{
    struct config_flag flags[] = {{config_key_by_flag("log-level"), "error"},
                                  {config_key_by_flag("feature-gates"),
                                   "skillDiscovery=true,skillImageVolumes=false"},
                                  {config_key_by_flag("namespaces"), "x,y"}};
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
        struct config_flag flag = {config_key_by_flag(ROWS[i].flag), ROWS[i].text};
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

CHECK_MAIN("config", NULL, NULL, without_a_document_the_defaults_hold,
           every_key_of_a_document_is_read, bad_documents_are_refused_with_their_place,
           flags_win_over_the_document, bad_flags_are_refused_by_name,
           values_compare_by_key)
