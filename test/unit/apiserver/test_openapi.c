#include "test/apiserver/server/views.h"
#include "test/support/check_main.h"

#include <string.h>

#define CONTAINER "io.k8s.api.core.v1.Container"
#define POD_SPEC "io.k8s.api.core.v1.PodSpec"

static struct registry *registry;
static cJSON *document;

static void setup(void)
{
    static const char text[] =
        "{\"metadata\":{\"name\":\"widgets.play.dev\"},\"spec\":{\"group\":\"play."
        "dev\","
        "\"scope\":\"Namespaced\",\"names\":{\"plural\":\"widgets\",\"singular\":"
        "\"widget\",\"kind\":\"Widget\",\"listKind\":\"WidgetList\"},\"versions\":[{"
        "\"name\":\"v1\",\"served\":true,\"storage\":true,\"schema\":{"
        "\"openAPIV3Schema\":{\"type\":\"object\",\"description\":\"It spins.\","
        "\"properties\":{\"spec\":{\"type\":\"object\",\"description\":\"How.\","
        "\"properties\":{\"color\":{\"type\":\"string\"}}}}}}}]}}";
    struct err err;
    const char *reason = NULL;
    registry = registry_new();
    auto_json cJSON *crd = json_parse(text, strlen(text), &err);
    ck_assert(crd && registry_set_crd(registry, crd, &reason));
}

static void teardown(void)
{
    json_free(document);
    document = NULL;
    registry_free(&registry);
}

static const cJSON *ask(const char *path)
{
    json_free(document);
    return document = openapi_answer(registry, path);
}

static const cJSON *schema(const char *name)
{
    return json_at(document, "components", "schemas", name);
}

START_TEST(the_index_names_each_group_and_version)
{
    ask("/openapi/v3");
    ck_assert_str_eq(json_str(document, "paths", "api/v1", "serverRelativeURL"),
                     "/openapi/v3/api/v1");
    ck_assert_str_eq(
        json_str(document, "paths", "apis/play.dev/v1", "serverRelativeURL"),
        "/openapi/v3/apis/play.dev/v1");
    ck_assert_ptr_null(ask("/openapi/v3/apis/none.dev/v1"));
    ck_assert_ptr_null(ask("/openapi/v2"));
}
END_TEST

START_TEST(operations_say_of_which_kind_they_are)
{
    ask("/openapi/v3/apis/play.dev/v1");
    const cJSON *path =
        json_at(document, "paths", "/apis/play.dev/v1/namespaces/{namespace}/widgets");
    ck_assert_str_eq(json_str(path, "post", "x-kubernetes-group-version-kind", "kind"),
                     "Widget");
    ck_assert_str_eq(json_str(path, "get", "x-kubernetes-action"), "list");
}
END_TEST

/* kubectl leaves validation to a server that says so here. */
START_TEST(patches_take_field_validation)
{
    ask("/openapi/v3/api/v1");
    const cJSON *patch = json_at(
        document, "paths", "/api/v1/namespaces/{namespace}/configmaps/{name}", "patch");
    ck_assert_ptr_nonnull(
        json_find(json_at(patch, "parameters"), "name", "fieldValidation"));
    ck_assert_ptr_nonnull(json_find(json_at(patch, "parameters"), "name", "dryRun"));
}
END_TEST

START_TEST(custom_kinds_keep_their_words)
{
    ask("/openapi/v3/apis/play.dev/v1");
    const cJSON *widget = schema("dev.play.v1.Widget");
    ck_assert_str_eq(json_str(widget, "description"), "It spins.");
    ck_assert_str_eq(json_str(widget, "properties", "spec", "description"), "How.");
    const cJSON *kind = json_at(widget, "x-kubernetes-group-version-kind")->child;
    ck_assert_str_eq(json_str(kind, "group"), "play.dev");
    ck_assert_ptr_nonnull(json_at(widget, "properties", "metadata"));
}
END_TEST

START_TEST(lists_say_how_they_merge)
{
    ask("/openapi/v3/apis/apps/v1");
    const cJSON *containers = json_at(schema(POD_SPEC), "properties", "containers");
    ck_assert_str_eq(json_str(containers, "x-kubernetes-list-type"), "map");
    ck_assert_str_eq(json_str(containers, "x-kubernetes-patch-strategy"), "merge");
    ck_assert_str_eq(json_str(containers, "x-kubernetes-patch-merge-key"), "name");
    ck_assert_str_eq(
        json_at(containers, "x-kubernetes-list-map-keys")->child->valuestring, "name");
    ck_assert_str_eq(json_str(containers, "items", "$ref"),
                     "#/components/schemas/" CONTAINER);
}
END_TEST

static void check_references(const cJSON *value)
{
    static const char PREFIX[] = "#/components/schemas/";
    const char *reference = json_str(value, "$ref");
    if (reference) {
        ck_assert(strncmp(reference, PREFIX, strlen(PREFIX)) == 0);
        ck_assert_msg(schema(reference + strlen(PREFIX)), "%s", reference);
    }
    json_each (member, value)
        check_references(member);
}

START_TEST(no_reference_leads_nowhere)
{
    auto_json cJSON *index = openapi_answer(registry, "/openapi/v3");
    json_each (place, json_at(index, "paths")) {
        ask(json_str(place, "serverRelativeURL"));
        ck_assert_ptr_nonnull(document);
        check_references(document);
    }
}
END_TEST

/* kubectl explain ends at a schema without members. */
static void check_members(const cJSON *value, const char *name)
{
    json_each (property, json_at(value, "properties")) {
        ck_assert_msg(property->child, "%s.%s", name, property->string);
        check_members(property, property->string);
    }
    const cJSON *items = json_at(value, "items");
    const cJSON *values = json_at(value, "additionalProperties");
    ck_assert_msg(!items || items->child, "%s", name);
    ck_assert_msg(!values || values->child, "%s", name);
}

START_TEST(no_schema_is_without_members)
{
    auto_json cJSON *index = openapi_answer(registry, "/openapi/v3");
    json_each (place, json_at(index, "paths")) {
        ask(json_str(place, "serverRelativeURL"));
        json_each (one, json_at(document, "components", "schemas"))
            check_members(one, one->string);
    }
}
END_TEST

CHECK_MAIN("openapi", setup, teardown, the_index_names_each_group_and_version,
           operations_say_of_which_kind_they_are, patches_take_field_validation,
           custom_kinds_keep_their_words, lists_say_how_they_merge,
           no_reference_leads_nowhere, no_schema_is_without_members)
