#include "kubeclient/api/object.h"
#include "kubeclient/base/yaml.h"
#include "reconcilers/object_set.h"
#include "reconcilers/shared/defaults.h"
#include "test/support/check_main.h"

static const struct reconciler_index INDEXES[] = {{DEFAULTS_INDEX, defaults_index},
                                                  {0}};
static const struct reconciler_watch WATCHES[] = {
    {.resource = &KUBE_CONFIG_MAPS, .indexes = INDEXES}, {0}};
static const struct reconciler RECONCILER = {.name = "test", .watches = WATCHES};
static const struct reconciler *const RECONCILERS[] = {&RECONCILER, NULL};

static const struct reconcile_config CONFIG = {.controller_namespace = "berth-system",
                                               .platform_config_map = "platform"};

#define PLATFORM(data)                                                                 \
    "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: berth-system, "           \
    "name: platform}, data: " data "}\n---\n"
#define LABELLED(ns, name, label, data)                                                \
    "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: " ns ", name: " name      \
    ", labels: {kagenti.io/defaults: '" label "'}}, data: " data "}\n---\n"

/* What the objects give to the runtimes of namespace "team". */
static void check(const char *objects, const char *data, const char *warning)
{
    struct arena *arena = arena_new();
    struct object_set *set = object_set_new(RECONCILERS);
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("objects", objects, strlen(objects), &err);
    ck_assert_msg(doc != NULL, "%s", err.msg);
    for (size_t i = 0; i < yaml_count(doc); i++)
        ck_assert_msg(object_set_add(set, yaml_detach(doc, i), &err), "%s", err.msg);
    yaml_close(&doc);

    const struct object_source source = object_set_source(set);
    struct observed *observed = observed_new(arena, &source);
    struct defaults defaults = defaults_merge(arena, observed, &CONFIG, "team");
    auto_json cJSON *wanted = json_parse(data, strlen(data), &err);
    ck_assert_msg(json_equal(defaults.data, wanted), "not %s", data);
    ck_assert_str_eq(defaults.warning ? defaults.warning : "", warning);
    object_set_free(&set);
    arena_free(&arena);
}

START_TEST(without_any_there_are_none)
{
    check("", "{}", "");
    check(PLATFORM("null"), "{}", "");
}
END_TEST

START_TEST(the_namespace_replaces_the_platform_key_by_key)
{
    check(PLATFORM("{a: p, b: p}"), "{\"a\":\"p\",\"b\":\"p\"}", "");
    check(LABELLED("team", "d", "true", "{a: n}"), "{\"a\":\"n\"}", "");
    check(PLATFORM("{a: p, b: p}") LABELLED("team", "d", "true", "{b: n, c: n}"),
          "{\"a\":\"p\",\"b\":\"n\",\"c\":\"n\"}", "");
    check(PLATFORM("{a: p}") LABELLED("team", "d", "true", "{a: ''}"), "{\"a\":\"\"}",
          "");
}
END_TEST

START_TEST(only_labelled_ones_of_the_namespace_count)
{
    check(LABELLED("other", "d", "true", "{a: n}"), "{}", "");
    check(LABELLED("team", "d", "false", "{a: n}"), "{}", "");
    check("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: team, name: "
          "platform}, data: {a: n}}",
          "{}", "");
}
END_TEST

START_TEST(of_several_the_first_by_name_counts)
{
    check(LABELLED("team", "z", "true", "{a: z}")
              LABELLED("team", "b", "true", "{b: b}"),
          "{\"b\":\"b\"}",
          "2 ConfigMaps are labelled kagenti.io/defaults=true; b is used, the first by "
          "name");
}
END_TEST

START_TEST(what_is_no_text_is_left_out)
{
    check(PLATFORM("{a: 1, b: [x], c: text}"), "{\"c\":\"text\"}", "");
    check(PLATFORM("[text]"), "{}", "");
    check(PLATFORM("text"), "{}", "");
}
END_TEST

CHECK_MAIN("defaults", NULL, NULL, without_any_there_are_none,
           the_namespace_replaces_the_platform_key_by_key,
           only_labelled_ones_of_the_namespace_count,
           of_several_the_first_by_name_counts, what_is_no_text_is_left_out)
