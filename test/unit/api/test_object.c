#include "kubeclient/api/object.h"
#include "test/support/check_main.h"

static cJSON *parse(const char *text)
{
    struct err err = {0};
    cJSON *tree = json_parse(text, strlen(text), &err);
    ck_assert_msg(tree != NULL, "%s", err.msg);
    return tree;
}

static void check_prints(const cJSON *value, const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_print(&text, value);
    ck_assert_str_eq(text.text, wanted);
    strbuf_fini(&text);
}

START_TEST(missing_metadata_reads_as_empty)
{
    auto_json cJSON *object = parse("{\"metadata\":7}");
    ck_assert_str_eq(kube_name(object), "");
    ck_assert_str_eq(kube_uid(NULL), "");
    ck_assert_int_eq(kube_generation(object), 0);
    ck_assert_ptr_null(kube_label(object, "a"));
    ck_assert(!kube_deleting(object));
    ck_assert(!kube_has_finalizer(object, "f"));
}
END_TEST

START_TEST(a_finalizer_patch_keeps_the_others_and_is_guarded)
{
    auto_json cJSON *object =
        parse("{\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"5\","
              "\"finalizers\":[\"other/x\"]}}");
    auto_json cJSON *add = kube_finalizer_patch(object, "berth/y", true);
    check_prints(add, "{\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"5\","
                      "\"finalizers\":[\"other/x\",\"berth/y\"]}}");
    auto_json cJSON *twice = kube_finalizer_patch(object, "other/x", true);
    check_prints(twice, "{\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"5\","
                        "\"finalizers\":[\"other/x\"]}}");
    auto_json cJSON *drop = kube_finalizer_patch(object, "other/x", false);
    check_prints(drop, "{\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"5\","
                       "\"finalizers\":[]}}");
}
END_TEST

START_TEST(a_new_object_is_identified)
{
    struct arena *arena = arena_new();
    auto_json cJSON *object = kube_object(arena, &KUBE_DEPLOYMENTS, "ns", "web");
    check_prints(object, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                         "\"metadata\":{\"name\":\"web\",\"namespace\":\"ns\"}}");
    auto_json cJSON *cluster = kube_object(arena, &KUBE_NAMESPACES, "", "ns");
    check_prints(cluster, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\","
                          "\"metadata\":{\"name\":\"ns\"}}");
    arena_free(&arena);
}
END_TEST

START_TEST(only_the_controlling_owner_counts)
{
    auto_json cJSON *object =
        parse("{\"metadata\":{\"ownerReferences\":[{\"name\":\"a\"},"
              "{\"name\":\"b\",\"controller\":true}]}}");
    ck_assert_str_eq(json_str(kube_controller_of(object), "name"), "b");
}
END_TEST

START_TEST(versions_compare_as_integers)
{
    ck_assert_int_lt(kube_compare_versions("9", "10"), 0);
    ck_assert_int_eq(kube_compare_versions("10", "10"), 0);
    ck_assert_int_gt(kube_compare_versions("18446744073709551615", "2"), 0);
    ck_assert_int_gt(kube_compare_versions("184467440737095516150", "9"), 0);
    ck_assert_int_lt(kube_compare_versions("", "1"), 0);
}
END_TEST

CHECK_MAIN("object", NULL, NULL, missing_metadata_reads_as_empty,
           a_finalizer_patch_keeps_the_others_and_is_guarded,
           a_new_object_is_identified, only_the_controlling_owner_counts,
           versions_compare_as_integers)
