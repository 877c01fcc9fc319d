#include "controller/settings.h"
#include "test/support/check_main.h"

#define HEAD "apiVersion: berth.dev/v1alpha1\nkind: ControllerConfiguration\n"

static struct strbuf logged;

static void on_log(void *ctx, enum log_level level, const char *msg,
                   const struct log_field *fields, size_t count)
{
    (void)ctx;
    strbuf_addf(&logged, "%s: %s", log_level_name(level), msg);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&logged, " %s=%s", fields[i].name, fields[i].text);
    strbuf_addc(&logged, '\n');
}

static const struct log LOG = {.write = on_log};

static void setup(void)
{
    strbuf_init(&logged, 64 * 1024);
}

static void teardown(void)
{
    strbuf_fini(&logged);
}

static bool apply(struct settings *settings, const char *text)
{
    struct err err = {0};
    return settings_apply(settings, "f", text, text ? strlen(text) : 0, &err);
}

START_TEST(before_the_first_document_there_is_nothing)
{
    struct settings *settings = settings_new("ns", "berth", NULL, 0, &LOG);
    ck_assert_ptr_null(settings_config(settings));
    struct strbuf report;
    strbuf_init(&report, 1024);
    settings_report(settings, &report);
    ck_assert_str_eq(report.text, "configuration: not read yet\n");
    strbuf_fini(&report);
    settings_free(&settings);
}
END_TEST

START_TEST(a_refused_document_keeps_the_former)
{
    struct settings *settings = settings_new("ns", "berth", NULL, 0, &LOG);
    ck_assert(apply(settings, HEAD "featureGates: {skillDiscovery: true}\n"));
    ck_assert(!apply(settings, HEAD "nonsense: 1\n"));
    ck_assert(settings_config(settings)->features.on[FEATURE_SKILL_DISCOVERY]);
    ck_assert(settings_reconcile(settings)->features.on[FEATURE_SKILL_DISCOVERY]);
    struct strbuf report;
    strbuf_init(&report, 1024);
    settings_report(settings, &report);
    ck_assert_str_eq(report.text, "configuration: f:3:1: nonsense: unknown key\n");
    strbuf_fini(&report);
    auto_json cJSON *debug = settings_debug(settings);
    ck_assert_str_eq(json_str(debug, "refused"), "f:3:1: nonsense: unknown key");
    settings_free(&settings);
}
END_TEST

START_TEST(an_absent_document_means_the_defaults)
{
    struct settings *settings = settings_new("ns", "berth", NULL, 0, &LOG);
    ck_assert(apply(settings, HEAD "featureGates: {skillDiscovery: true}\n"));
    ck_assert(apply(settings, NULL));
    ck_assert(!settings_config(settings)->features.on[FEATURE_SKILL_DISCOVERY]);
    ck_assert_str_eq(settings_reconcile(settings)->controller_namespace, "ns");
    settings_free(&settings);
}
END_TEST

START_TEST(changes_are_logged_and_those_that_need_a_restart_say_so)
{
    struct settings *settings = settings_new("ns", "berth", NULL, 0, &LOG);
    ck_assert(apply(settings, NULL));
    ck_assert_str_eq(logged.text, "");
    ck_assert(
        apply(settings, HEAD "takeOverFrom: []\nconcurrency: {maxReconciles: 1}\n"));
    ck_assert_str_eq(logged.text,
                     "info: the configuration changed key=takeOverFrom\n"
                     "warn: the configuration changed; this needs a restart "
                     "key=concurrency.maxReconciles\n");
    settings_free(&settings);
}
END_TEST

START_TEST(what_a_flag_overrides_is_named_once)
{
    struct config_flag flag = {config_key_by_flag("log-level"), "error", NULL};
    struct settings *settings = settings_new("ns", "berth", &flag, 1, &LOG);
    ck_assert(apply(settings, HEAD));
    ck_assert_str_eq(logged.text, ""); /* a default is nobody's word against it */
    ck_assert(apply(settings, HEAD "logging: {level: debug}\n"));
    ck_assert(apply(settings, HEAD "logging: {level: warn}\n"));
    ck_assert_str_eq(logged.text, "info: a flag wins over the configuration's value "
                                  "flag=log-level source=f\n");
    ck_assert_int_eq(settings_config(settings)->log_level, LOG_ERROR);
    auto_json cJSON *debug = settings_debug(settings);
    ck_assert_uint_eq(json_count(json_at(debug, "overriddenByFlags")), 1);
    settings_free(&settings);
}
END_TEST

CHECK_MAIN("settings", setup, teardown, before_the_first_document_there_is_nothing,
           a_refused_document_keeps_the_former, an_absent_document_means_the_defaults,
           changes_are_logged_and_those_that_need_a_restart_say_so,
           what_a_flag_overrides_is_named_once)
