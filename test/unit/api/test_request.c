#include "kubeclient/api/request.h"
#include "test/support/check_main.h"

static struct arena *arena;

static void open_arena(void)
{
    arena = arena_new();
}

static void close_arena(void)
{
    arena_free(&arena);
}

START_TEST(paths_follow_the_api_conventions)
{
    ck_assert_str_eq(kube_path(arena, &KUBE_DEPLOYMENTS, "ns", "web", NULL),
                     "/apis/apps/v1/namespaces/ns/deployments/web");
    ck_assert_str_eq(kube_path(arena, &KUBE_CONFIG_MAPS, NULL, NULL, NULL),
                     "/api/v1/configmaps");
    ck_assert_str_eq(kube_path(arena, &KUBE_NAMESPACES, "ignored", "ns", NULL),
                     "/api/v1/namespaces/ns");
    ck_assert_str_eq(
        kube_path(arena, &KUBE_AGENT_RUNTIMES, "ns", "a", "status"),
        "/apis/agent.kagenti.dev/v1alpha1/namespaces/ns/agentruntimes/a/status");
}
END_TEST

START_TEST(names_and_values_are_encoded)
{
    ck_assert_str_eq(kube_path(arena, &KUBE_PODS, "n/s", "a b?c", NULL),
                     "/api/v1/namespaces/n%2Fs/pods/a%20b%3Fc");
    struct kube_selection selection = {.label_selector = "kagenti.io/type in (a,b)"};
    struct kube_request list =
        kube_request_list(arena, &KUBE_PODS, &selection, "to&ken", 250);
    ck_assert_str_eq(list.path, "/api/v1/pods?labelSelector=kagenti.io%2Ftype%20in%20"
                                "%28a%2Cb%29&limit=250&continue=to%26ken");
    ck_assert(!list.stream);
}
END_TEST

START_TEST(a_watch_outlives_the_servers_timeout)
{
    struct kube_selection selection = {.ns = "ns"};
    struct kube_watch_options options = {.initial_events = true,
                                         .timeout_seconds = 300};
    struct kube_request watch =
        kube_request_watch(arena, &KUBE_DEPLOYMENTS, &selection, &options);
    ck_assert(watch.stream);
    ck_assert_int_eq(watch.lane, KUBE_LANE_WATCH);
    ck_assert_int_gt(watch.deadline_ms, 300 * 1000);
    ck_assert_str_eq(watch.path,
                     "/apis/apps/v1/namespaces/ns/deployments?watch=1"
                     "&allowWatchBookmarks=true&timeoutSeconds=300"
                     "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
}
END_TEST

START_TEST(an_apply_is_forced_and_names_its_manager)
{
    auto_json cJSON *intent = json_object();
    json_set_str(intent, "web", "metadata", "name");
    struct kube_target target = {&KUBE_DEPLOYMENTS, "ns", "web", NULL};
    struct kube_request apply = kube_request_apply(arena, &target, "berth", intent);
    ck_assert_int_eq(apply.method, KUBE_PATCH);
    ck_assert_str_eq(apply.content_type, "application/apply-patch+yaml");
    ck_assert_str_eq(apply.path, "/apis/apps/v1/namespaces/ns/deployments/web"
                                 "?fieldManager=berth&force=true");
    ck_assert_str_eq(apply.body, "{\"metadata\":{\"name\":\"web\"}}");
    ck_assert_uint_eq(apply.body_len, strlen(apply.body));
}
END_TEST

START_TEST(a_create_posts_to_the_collection)
{
    auto_json cJSON *event = json_object();
    struct kube_target target = {&KUBE_EVENTS, "ns", "e", NULL};
    struct kube_request create = kube_request_create(arena, &target, "berth", event);
    ck_assert_int_eq(create.method, KUBE_POST);
    ck_assert_str_eq(create.path,
                     "/apis/events.k8s.io/v1/namespaces/ns/events?fieldManager=berth");
}
END_TEST

START_TEST(a_delete_names_the_uid)
{
    struct kube_target target = {&KUBE_PODS, "ns", "p", NULL};
    struct kube_request request = kube_request_delete(arena, &target, "u-1", NULL);
    ck_assert_int_eq(request.method, KUBE_DELETE);
    ck_assert_ptr_nonnull(strstr(request.body, "\"preconditions\":{\"uid\":\"u-1\"}"));
    request = kube_request_delete(arena, &target, "u-1", "7");
    ck_assert_ptr_nonnull(strstr(
        request.body, "\"preconditions\":{\"uid\":\"u-1\",\"resourceVersion\":\"7\"}"));
}
END_TEST

START_TEST(keys_are_written_and_read)
{
    ck_assert_str_eq(kube_key_text(arena, "ns", "a"), "ns/a");
    ck_assert_str_eq(kube_key_text(arena, "", "a"), "a");
    struct kube_key key = kube_key_parse(arena, "ns/a");
    ck_assert_str_eq(key.ns, "ns");
    ck_assert_str_eq(key.name, "a");
    ck_assert_str_eq(kube_key_parse(arena, "a").ns, "");
}
END_TEST

START_TEST(a_set_of_keys_has_no_duplicates)
{
    struct kube_keys keys = {.arena = arena};
    for (int i = 0; i < 10; i++)
        kube_keys_add(&keys, "ns", arena_printf(arena, "k%d", i % 5));
    ck_assert_uint_eq(keys.len, 5);
    ck_assert_str_eq(keys.items[4].name, "k4");
}
END_TEST

START_TEST(a_large_set_of_keys_has_no_duplicates)
{
    struct kube_keys keys = {.arena = arena};
    for (int i = 0; i < 3000; i++)
        kube_keys_add(&keys, i % 2 ? "a" : "", arena_printf(arena, "k%d", i % 1000));
    ck_assert_uint_eq(keys.len, 1000);
    ck_assert_str_eq(keys.items[999].name, "k999");
    ck_assert_str_eq(keys.items[999].ns, "a");
}
END_TEST

START_TEST(a_resource_is_found_by_version_and_kind)
{
    ck_assert_ptr_eq(kube_resource_find("apps/v1", "Deployment"), &KUBE_DEPLOYMENTS);
    ck_assert_ptr_eq(kube_resource_find("v1", "Pod"), &KUBE_PODS);
    ck_assert_ptr_null(kube_resource_find("apps/v1beta1", "Deployment"));
    ck_assert_ptr_null(kube_resource_find("app/v1", "Deployment"));
    ck_assert_ptr_null(kube_resource_find("v1", "Deployment"));
    ck_assert_ptr_null(kube_resource_find(NULL, "Pod"));
}
END_TEST

CHECK_MAIN("request", open_arena, close_arena, paths_follow_the_api_conventions,
           names_and_values_are_encoded, a_watch_outlives_the_servers_timeout,
           an_apply_is_forced_and_names_its_manager, a_create_posts_to_the_collection,
           a_delete_names_the_uid, keys_are_written_and_read,
           a_set_of_keys_has_no_duplicates, a_large_set_of_keys_has_no_duplicates,
           a_resource_is_found_by_version_and_kind)
