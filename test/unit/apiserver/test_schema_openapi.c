#include "test/unit/apiserver/schema_play.h"

static void expect(const cJSON *value, const char *wanted)
{
    struct strbuf text;
    struct err err = {0};
    strbuf_init(&text, 1 << 20);
    json_print(&text, value);
    cJSON *tree = json_adopt(arena, json_parse(wanted, strlen(wanted), &err));
    ck_assert_msg(json_equal(value, tree), "%s", text.text);
    strbuf_fini(&text);
}

static const cJSON *openapi_of(const struct schema *schema)
{
    return json_adopt(arena, schema_openapi(schema));
}

START_TEST(nested_definitions_are_references)
{
    const struct schema *deployment = builtin_schema(types, "apps", "v1", "Deployment");
    const cJSON *spec = openapi_of(schema_member(deployment, "spec"));
    expect(json_at(spec, "properties", "strategy"),
           "{\"default\":{},\"allOf\":[{\"$ref\":\"#/components/schemas/"
           "io.k8s.api.apps.v1.DeploymentStrategy\"}],"
           "\"x-kubernetes-patch-strategy\":\"retainKeys\"}");
    expect(json_at(spec, "properties", "minReadySeconds"),
           "{\"type\":\"integer\",\"format\":\"int32\"}");
    expect(json_at(spec, "required"), "[\"selector\",\"template\"]");
}
END_TEST

START_TEST(lists_say_how_they_merge)
{
    const struct schema *pod = builtin_schema(types, "", "v1", "Pod");
    const cJSON *spec = openapi_of(schema_member(pod, "spec"));
    expect(json_at(spec, "properties", "containers"),
           "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/"
           "io.k8s.api.core.v1.Container\"},\"x-kubernetes-list-map-keys\":[\"name\"],"
           "\"x-kubernetes-list-type\":\"map\",\"x-kubernetes-patch-merge-key\":"
           "\"name\",\"x-kubernetes-patch-strategy\":\"merge\"}");
    expect(json_at(spec, "properties", "tolerations"),
           "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/"
           "io.k8s.api.core.v1.Toleration\"},\"x-kubernetes-list-type\":\"atomic\"}");
    expect(json_at(spec, "properties", "overhead"),
           "{\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#/components/"
           "schemas/io.k8s.apimachinery.pkg.api.resource.Quantity\"}}");
}
END_TEST

START_TEST(a_custom_resource_keeps_its_own_words)
{
    static const char text[] =
        "{\"type\":\"object\",\"description\":\"D\",\"properties\":{\"spec\":{\"type\":"
        "\"string\",\"pattern\":\"^a\"},\"metadata\":{\"type\":\"object\"}}}";
    struct err err = {0};
    const cJSON *source = json_adopt(arena, json_parse(text, strlen(text), &err));
    const struct schema *schema =
        schema_parse(arena, source, builtin_object_meta(types), &err);
    ck_assert_ptr_nonnull(schema);
    expect(
        openapi_of(schema),
        "{\"type\":\"object\",\"description\":\"D\",\"properties\":{\"spec\":{"
        "\"type\":\"string\",\"pattern\":\"^a\"},\"apiVersion\":{\"type\":\"string\"},"
        "\"kind\":{\"type\":\"string\"},\"metadata\":{\"allOf\":[{\"$ref\":\"#/"
        "components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta\"}]}}}");
}
END_TEST

CHECK_MAIN("schema_openapi", setup, teardown, nested_definitions_are_references,
           lists_say_how_they_merge, a_custom_resource_keeps_its_own_words)
