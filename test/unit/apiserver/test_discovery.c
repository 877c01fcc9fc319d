#include "test/apiserver/server/views.h"
#include "test/support/check_main.h"

#include <stdio.h>
#include <string.h>

#define AGGREGATED                                                                     \
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"            \
    "application/json"

static struct registry *registry;
static cJSON *answer;
static const char *content_type;

static void setup(void)
{
    static const char text[] =
        "{\"metadata\":{\"name\":\"widgets.play.dev\"},\"spec\":{\"group\":\"play."
        "dev\","
        "\"scope\":\"Cluster\",\"names\":{\"plural\":\"widgets\",\"singular\":"
        "\"widget\","
        "\"kind\":\"Widget\",\"listKind\":\"WidgetList\",\"shortNames\":[\"wd\"],"
        "\"categories\":[\"all\"]},\"versions\":[{\"name\":\"v1\",\"served\":true,"
        "\"storage\":true,\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}},"
        "\"subresources\":{\"status\":{}}}]}}";
    struct err err;
    const char *reason = NULL;
    registry = registry_new();
    auto_json cJSON *crd = json_parse(text, strlen(text), &err);
    ck_assert(crd && registry_set_crd(registry, crd, &reason));
}

static void teardown(void)
{
    json_free(answer);
    answer = NULL;
    registry_free(&registry);
}

static const cJSON *ask(const char *path, const char *accept)
{
    json_free(answer);
    content_type = NULL;
    answer = discovery_answer(registry, path, accept, &content_type);
    return answer;
}

static const cJSON *resource(const char *path, const char *name)
{
    return json_find(json_at(ask(path, ""), "resources"), "name", name);
}

/* The strings of a list, separated by commas. */
static const char *joined(const cJSON *list)
{
    static char text[256];
    size_t len = 0;
    text[0] = '\0';
    json_each (item, list)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len ? "," : "",
                                item->valuestring);
    return text;
}

START_TEST(the_core_group_has_its_own_root)
{
    ck_assert_str_eq(json_str(ask("/api", ""), "kind"), "APIVersions");
    ck_assert_str_eq(joined(json_at(answer, "versions")), "v1");
    ck_assert_str_eq(json_str(ask("/api/v1", ""), "groupVersion"), "v1");
    ck_assert_ptr_null(ask("/api/v2", ""));
}
END_TEST

START_TEST(groups_prefer_a_version)
{
    const cJSON *group = json_find(json_at(ask("/apis", ""), "groups"), "name", "apps");
    ck_assert_str_eq(json_str(group, "preferredVersion", "groupVersion"), "apps/v1");
    ck_assert_ptr_null(json_find(json_at(answer, "groups"), "name", ""));
    ck_assert_str_eq(json_str(ask("/apis/apps", ""), "kind"), "APIGroup");
    ck_assert_ptr_null(ask("/apis/none.dev", ""));
    ck_assert_ptr_null(ask("/apis/apps/v2", ""));
    ck_assert_ptr_null(ask("/apis/apps/v1/deployments", ""));
}
END_TEST

START_TEST(resources_tell_names_and_verbs)
{
    const cJSON *deployments = resource("/apis/apps/v1", "deployments");
    ck_assert_str_eq(json_str(deployments, "singularName"), "deployment");
    ck_assert_str_eq(json_str(deployments, "kind"), "Deployment");
    ck_assert(json_bool(deployments, false, "namespaced"));
    ck_assert_str_eq(joined(json_at(deployments, "shortNames")), "deploy");
    ck_assert_str_eq(joined(json_at(deployments, "categories")), "all");
    ck_assert_str_eq(joined(json_at(deployments, "verbs")),
                     "create,delete,deletecollection,get,list,patch,update,watch");
    ck_assert_str_eq(joined(json_at(resource("/api/v1", "namespaces"), "verbs")),
                     "create,delete,get,list,patch,update,watch");
    ck_assert_str_eq(joined(json_at(resource("/apis/authorization.k8s.io/v1",
                                             "selfsubjectaccessreviews"),
                                    "verbs")),
                     "create");
}
END_TEST

START_TEST(subresources_stand_beside_their_resources)
{
    const cJSON *scale = resource("/apis/apps/v1", "deployments/scale");
    ck_assert_str_eq(json_str(scale, "group"), "autoscaling");
    ck_assert_str_eq(json_str(scale, "kind"), "Scale");
    ck_assert_str_eq(joined(json_at(scale, "verbs")), "get,patch,update");
    const cJSON *token = resource("/api/v1", "serviceaccounts/token");
    ck_assert_str_eq(json_str(token, "kind"), "TokenRequest");
    ck_assert_str_eq(joined(json_at(token, "verbs")), "create");
}
END_TEST

START_TEST(what_is_not_served_is_not_offered)
{
    ck_assert_ptr_null(resource("/api/v1", "pods/log"));
    ck_assert_ptr_null(resource("/api/v1", "pods/exec"));
    ck_assert_ptr_null(resource("/api/v1", "pods/eviction"));
    ck_assert_ptr_null(resource("/api/v1", "configmaps/status"));
}
END_TEST

START_TEST(custom_resources_are_offered_while_there)
{
    const cJSON *widgets = resource("/apis/play.dev/v1", "widgets");
    ck_assert_str_eq(joined(json_at(widgets, "shortNames")), "wd");
    ck_assert(!json_bool(widgets, true, "namespaced"));
    ck_assert_ptr_nonnull(resource("/apis/play.dev/v1", "widgets/status"));
    ck_assert_ptr_null(resource("/apis/play.dev/v1", "widgets/scale"));
    registry_remove_crd(registry, "widgets.play.dev");
    ck_assert_ptr_null(ask("/apis/play.dev/v1", ""));
    ck_assert_ptr_null(ask("/apis/play.dev", ""));
}
END_TEST

START_TEST(one_document_has_all_groups)
{
    ask("/apis", AGGREGATED);
    ck_assert_str_eq(json_str(answer, "kind"), "APIGroupDiscoveryList");
    ck_assert_str_eq(json_str(answer, "apiVersion"), "apidiscovery.k8s.io/v2");
    ck_assert_ptr_nonnull(strstr(content_type, "as=APIGroupDiscoveryList"));
    const cJSON *found = NULL;
    json_each (item, json_at(answer, "items")) {
        if (strcmp(json_str(item, "metadata", "name"), "play.dev") == 0)
            found = json_at(item, "versions")->child;
    }
    ck_assert_str_eq(json_str(found, "version"), "v1");
    const cJSON *widgets =
        json_find(json_at(found, "resources"), "resource", "widgets");
    ck_assert_str_eq(json_str(widgets, "scope"), "Cluster");
    ck_assert_str_eq(json_str(widgets, "singularResource"), "widget");
    ck_assert_str_eq(json_str(widgets, "responseKind", "kind"), "Widget");
    ck_assert_str_eq(joined(json_at(widgets, "categories")), "all");
    ck_assert_str_eq(json_str(json_at(widgets, "subresources")->child, "subresource"),
                     "status");
}
END_TEST

START_TEST(the_core_group_is_aggregated_apart)
{
    ask("/api", AGGREGATED);
    ck_assert_uint_eq(json_count(json_at(answer, "items")), 1);
    ck_assert_str_eq(json_str(json_at(answer, "items")->child, "metadata", "name"), "");
}
END_TEST

START_TEST(other_versions_of_the_document_are_not_promised)
{
    ask("/apis", "application/json;g=apidiscovery.k8s.io;v=v2beta1;"
                 "as=APIGroupDiscoveryList,application/json");
    ck_assert_str_eq(json_str(answer, "kind"), "APIGroupList");
    ck_assert_ptr_null(content_type);
}
END_TEST

CHECK_MAIN("discovery", setup, teardown, the_core_group_has_its_own_root,
           groups_prefer_a_version, resources_tell_names_and_verbs,
           subresources_stand_beside_their_resources, what_is_not_served_is_not_offered,
           custom_resources_are_offered_while_there, one_document_has_all_groups,
           the_core_group_is_aggregated_apart,
           other_versions_of_the_document_are_not_promised)
