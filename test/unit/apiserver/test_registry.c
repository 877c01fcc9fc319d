#include "test/apiserver/server/resource_def.h"
#include "test/support/check_main.h"

#include <stdio.h>

static struct registry *registry;
static cJSON *crd;

static void setup(void)
{
    static const char text[] =
        "{\"metadata\":{\"name\":\"widgets.play.dev\"},\"spec\":{\"group\":\"play."
        "dev\","
        "\"scope\":\"Namespaced\",\"names\":{\"plural\":\"widgets\",\"singular\":"
        "\"widget\",\"kind\":\"Widget\",\"listKind\":\"WidgetList\",\"shortNames\":["
        "\"wd\"]},\"versions\":[{\"name\":\"v1alpha1\",\"served\":true,\"storage\":"
        "false,"
        "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}},{\"name\":\"v1\","
        "\"served\":true,\"storage\":true,\"schema\":{\"openAPIV3Schema\":{\"type\":"
        "\"object\"}},\"subresources\":{\"status\":{}},\"additionalPrinterColumns\":[{"
        "\"name\":\"Color\",\"type\":\"string\",\"jsonPath\":\".spec.color\"}]}]}}";
    struct err err;
    registry = registry_new();
    crd = json_parse(text, strlen(text), &err);
    ck_assert_ptr_nonnull(crd);
}

static void teardown(void)
{
    json_free(crd);
    registry_free(&registry);
}

START_TEST(builtin_resources_are_found)
{
    const struct resource_def *pods = registry_find(registry, "", "v1", "pods");
    ck_assert_ptr_nonnull(pods);
    ck_assert_str_eq(pods->list_kind, "PodList");
    ck_assert_str_eq(pods->storage, "/pods");
    ck_assert(pods->namespaced && pods->served && !pods->custom);
    ck_assert_ptr_nonnull(pods->schema);
    ck_assert_ptr_eq(registry_find_kind(registry, "", "v1", "Pod"), pods);
    ck_assert_ptr_null(registry_find(registry, "", "v1", "pod"));
    ck_assert_ptr_null(registry_find(registry, "", "v2", "pods"));
}
END_TEST

START_TEST(both_kinds_of_events_are_one_storage)
{
    ck_assert_str_eq(registry_find(registry, "", "v1", "events")->storage, "/events");
    ck_assert_str_eq(registry_find(registry, "events.k8s.io", "v1", "events")->storage,
                     "/events");
}
END_TEST

START_TEST(groups_are_in_the_order_of_kubernetes)
{
    ck_assert_str_eq(registry_at(registry, 0)->group, "");
    size_t count = registry_count(registry), apps = 0, rbac = 0;
    for (size_t i = 0; i < count; i++) {
        const char *group = registry_at(registry, i)->group;
        if (strcmp(group, "apps") == 0)
            apps = i;
        if (strcmp(group, "rbac.authorization.k8s.io") == 0)
            rbac = i;
    }
    ck_assert_uint_lt(apps, rbac);
    ck_assert_ptr_null(registry_at(registry, count));
}
END_TEST

START_TEST(crds_come_and_go)
{
    const char *reason = NULL;
    size_t before = registry_count(registry);
    ck_assert_msg(registry_set_crd(registry, crd, &reason), "%s", reason);
    ck_assert_uint_eq(registry_count(registry), before + 2);
    const struct resource_def *def =
        registry_find(registry, "play.dev", "v1", "widgets");
    ck_assert_ptr_nonnull(def);
    ck_assert(def->custom && def->has_status && def->has_generation);
    ck_assert_str_eq(def->short_names[0], "wd");
    ck_assert_str_eq(def->columns[0].name, "Color");
    ck_assert_ptr_null(def->columns[1].name);
    ck_assert_str_eq(registry_at(registry, before)->version, "v1");
    registry_remove_crd(registry, "widgets.play.dev");
    ck_assert_ptr_null(registry_find(registry, "play.dev", "v1", "widgets"));
    ck_assert(!def->served); /* who holds it can see so */
    ck_assert_uint_eq(registry_count(registry), before);
}
END_TEST

START_TEST(a_changed_crd_changes_in_place)
{
    const char *reason = NULL;
    ck_assert(registry_set_crd(registry, crd, &reason));
    const struct resource_def *def =
        registry_find(registry, "play.dev", "v1", "widgets");
    json_set_str(crd, "WidgetsOfPlay", "spec", "names", "listKind");
    ck_assert(registry_set_crd(registry, crd, &reason));
    ck_assert_ptr_eq(registry_find(registry, "play.dev", "v1", "widgets"), def);
    ck_assert_str_eq(def->list_kind, "WidgetsOfPlay");
}
END_TEST

CHECK_MAIN("registry", setup, teardown, builtin_resources_are_found,
           both_kinds_of_events_are_one_storage, groups_are_in_the_order_of_kubernetes,
           crds_come_and_go, a_changed_crd_changes_in_place)
