#include "kubeclient/base/yaml.h"
#include "test/unit/apiserver/schema_play.h"

static const struct schema *parse(const char *text)
{
    struct err err = {0};
    const struct schema *schema =
        schema_parse(arena, tree(text), builtin_object_meta(types), &err);
    ck_assert_msg(schema, "%s", err.msg);
    return schema;
}

static void expect_equal(const cJSON *object, const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 1 << 20);
    json_print(&text, object);
    ck_assert_msg(json_equal(object, tree(wanted)), "%s", text.text);
    strbuf_fini(&text);
}

#define SPEC(properties)                                                               \
    "{\"type\":\"object\",\"properties\":{\"spec\":{\"type\":\"object\","              \
    "\"properties\":{" properties "}}}}"

START_TEST(unknown_members_are_pruned_and_told)
{
    const struct schema *schema =
        parse(SPEC("\"a\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
                   "\"properties\":{\"b\":{\"type\":\"string\"}}}}"));
    cJSON *object = tree("{\"apiVersion\":\"x/v1\",\"kind\":\"X\",\"extra\":1,"
                         "\"metadata\":{\"name\":\"n\",\"wrong\":2},"
                         "\"spec\":{\"a\":[{\"b\":\"c\"},{\"d\":1}],\"e\":{}}}");
    cJSON *dropped = json_adopt(arena, json_array());
    schema_prune(schema, object, dropped);
    expect_equal(object, "{\"apiVersion\":\"x/v1\",\"kind\":\"X\","
                         "\"metadata\":{\"name\":\"n\"},"
                         "\"spec\":{\"a\":[{\"b\":\"c\"},{}]}}");
    expect_equal(dropped, "[\"extra\",\"metadata.wrong\",\"spec.a[1].d\",\"spec.e\"]");
}
END_TEST

START_TEST(what_is_to_be_preserved_stays)
{
    const struct schema *schema =
        parse(SPEC("\"any\":{\"type\":\"object\",\"x-kubernetes-preserve-unknown-"
                   "fields\":true,\"properties\":{\"a\":{\"type\":\"object\"}}},"
                   "\"map\":{\"type\":\"object\",\"additionalProperties\":{\"type\":"
                   "\"string\"}}"));
    cJSON *object =
        tree("{\"spec\":{\"any\":{\"a\":{\"gone\":1},\"b\":{\"c\":[1]}},\"map\":{"
             "\"k\":\"v\"}}}");
    schema_prune(schema, object, NULL);
    expect_equal(object,
                 "{\"spec\":{\"any\":{\"a\":{},\"b\":{\"c\":[1]}},\"map\":{\"k\":"
                 "\"v\"}}}");
}
END_TEST

START_TEST(an_embedded_object_keeps_what_names_it)
{
    const struct schema *schema =
        parse(SPEC("\"template\":{\"type\":\"object\",\"x-kubernetes-embedded-"
                   "resource\":true}"));
    cJSON *object =
        tree("{\"spec\":{\"template\":{\"apiVersion\":\"v1\",\"kind\":"
             "\"Pod\",\"metadata\":{\"name\":\"n\",\"x\":1},\"spec\":{}}}}");
    schema_prune(schema, object, NULL);
    expect_equal(object, "{\"spec\":{\"template\":{\"apiVersion\":\"v1\",\"kind\":"
                         "\"Pod\",\"metadata\":{\"name\":\"n\"}}}}");
}
END_TEST

START_TEST(empty_values_of_go_are_as_good_as_absent)
{
    const struct schema *pod = builtin_schema(types, "", "v1", "Pod");
    cJSON *object =
        tree("{\"metadata\":{\"labels\":{},\"creationTimestamp\":null},\"spec\":{"
             "\"hostNetwork\":false,\"automountServiceAccountToken\":false,"
             "\"containers\":[{\"name\":\"a\",\"args\":[],\"env\":[{\"name\":\"E\","
             "\"value\":\"\"}],\"securityContext\":{}}],"
             "\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}}");
    cJSON *dropped = json_adopt(arena, json_array());
    schema_prune(pod, object, dropped);
    expect_equal(object, "{\"metadata\":{},\"spec\":{"
                         "\"automountServiceAccountToken\":false,"
                         "\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"E\"}],"
                         "\"securityContext\":{}}],"
                         "\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}}");
    ck_assert_uint_eq(json_count(dropped), 0);
}
END_TEST

START_TEST(defaults_are_set_depth_first_and_only_where_nothing_is)
{
    const struct schema *schema = parse(SPEC(
        "\"a\":{\"type\":\"object\",\"default\":{},\"properties\":{\"b\":{\"type\":"
        "\"integer\",\"default\":3}}},\"n\":{\"type\":\"string\",\"default\":\"x\"},"
        "\"k\":{\"type\":\"string\",\"default\":\"x\",\"nullable\":true},"
        "\"l\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
        "\"m\":{\"type\":\"boolean\",\"default\":true}}}}"));
    cJSON *object = tree("{\"spec\":{\"n\":null,\"k\":null,\"l\":[{},{\"m\":false}]}}");
    schema_default(schema, object);
    expect_equal(object, "{\"spec\":{\"n\":\"x\",\"k\":null,\"a\":{\"b\":3},"
                         "\"l\":[{\"m\":true},{\"m\":false}]}}");
}
END_TEST

START_TEST(an_absent_object_gets_no_defaults)
{
    const struct schema *schema =
        parse(SPEC("\"a\":{\"type\":\"string\",\"default\":\"x\"}"));
    cJSON *object = tree("{}");
    schema_default(schema, object);
    expect_equal(object, "{}");
}
END_TEST

START_TEST(list_maps_of_a_crd_are_read)
{
    const struct schema *schema = parse(SPEC(
        "\"l\":{\"type\":\"array\",\"x-kubernetes-list-type\":\"map\","
        "\"x-kubernetes-list-map-keys\":[\"a\",\"b\"],\"items\":{\"type\":"
        "\"object\",\"required\":[\"a\"],\"properties\":{\"b\":{\"type\":\"string\"},"
        "\"a\":{\"type\":\"string\"}}}}"));
    const struct schema *list = schema_member(schema_member(schema, "spec"), "l");
    ck_assert_int_eq(list->list, SCHEMA_LIST_MAP);
    ck_assert_str_eq(list->keys[0], "a");
    ck_assert_str_eq(list->keys[1], "b");
    ck_assert_ptr_null(list->keys[2]);
    ck_assert_str_eq(list->items->properties[0].name, "a");
    ck_assert(list->items->properties[0].required);
    ck_assert(!list->items->properties[1].required);
    ck_assert_ptr_eq(schema_member(schema, "metadata"), builtin_object_meta(types));
}
END_TEST

static void expect_refused(const char *text, const char *message)
{
    struct err err = {0};
    ck_assert_ptr_null(
        schema_parse(arena, tree(text), builtin_object_meta(types), &err));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_msg(strstr(err.msg, message), "%s", err.msg);
}

START_TEST(what_is_not_understood_is_refused_with_its_place)
{
    expect_refused(SPEC("\"a\":{\"type\":\"text\"}"), "spec.a: type \"text\"");
    expect_refused(SPEC("\"a\":{\"$ref\":\"#/x\"}"), "spec.a: keyword \"$ref\"");
    expect_refused(
        SPEC("\"a\":{\"type\":\"array\",\"x-kubernetes-list-type\":\"map\"}"),
        "map without keys");
    expect_refused("[]", "no object");
}
END_TEST

static const struct schema *parse_manifest(const char *path)
{
    FILE *file = fopen(path, "r");
    ck_assert_msg(file, "%s", path);
    auto_free char *text = xmalloc(1 << 20);
    size_t len = fread(text, 1, 1 << 20, file);
    ck_assert_int_eq(fclose(file), 0);
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse(path, text, len, &err);
    ck_assert_msg(doc, "%s", err.msg);
    cJSON *crd = json_adopt(arena, yaml_detach(doc, 0));
    yaml_close(&doc);
    const cJSON *openapi =
        json_at(json_at(crd, "spec", "versions")->child, "schema", "openAPIV3Schema");
    const struct schema *schema =
        schema_parse(arena, openapi, builtin_object_meta(types), &err);
    ck_assert_msg(schema, "%s: %s", path, err.msg);
    return schema;
}

START_TEST(the_projects_own_crds_are_read)
{
    static const char *const names[] = {"agentruntimes", "projects", "projectsettings"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path =
            arena_printf(arena, TEST_SOURCE_DIR "/manifests/crds/%s.yaml", names[i]);
        const struct schema *schema = parse_manifest(path);
        ck_assert_ptr_nonnull(schema_member(schema, "spec"));
    }
}
END_TEST

CHECK_MAIN("schema", setup, teardown, unknown_members_are_pruned_and_told,
           what_is_to_be_preserved_stays, an_embedded_object_keeps_what_names_it,
           empty_values_of_go_are_as_good_as_absent,
           defaults_are_set_depth_first_and_only_where_nothing_is,
           an_absent_object_gets_no_defaults, list_maps_of_a_crd_are_read,
           what_is_not_understood_is_refused_with_its_place,
           the_projects_own_crds_are_read)
