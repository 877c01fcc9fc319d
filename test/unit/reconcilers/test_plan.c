#include "kubeclient/api/object.h"
#include "reconcilers/plan.h"
#include "test/support/check_json.h"
#include "test/support/check_main.h"

static struct arena *arena;
static struct plan *plan;

static void setup(void)
{
    arena = arena_new();
    plan = plan_new(arena);
}

static void teardown(void)
{
    arena_free(&arena);
}

static cJSON *parse(const char *text)
{
    struct err err = {0};
    cJSON *tree = json_parse(text, strlen(text), &err);
    ck_assert_msg(tree != NULL, "%s", err.msg);
    return tree;
}

static const char *const LIVE = "{\"metadata\":{\"name\":\"web\",\"namespace\":\"ns\","
                                "\"uid\":\"u1\",\"resourceVersion\":\"42\"}}";

START_TEST(an_update_carries_uid_and_version_of_what_was_read)
{
    const cJSON *live = json_adopt(arena, parse(LIVE));
    plan_apply(plan, &KUBE_DEPLOYMENTS,
               kube_object(arena, &KUBE_DEPLOYMENTS, "ns", "web"), PLAN_UPDATE, live,
               "mount 1 skill");
    const struct plan_write *write = plan->writes;
    ck_assert_str_eq(json_str(write->body, "metadata", "uid"), "u1");
    ck_assert_str_eq(json_str(write->body, "metadata", "resourceVersion"), "42");
    ck_assert_str_eq(write->ns, "ns");
    ck_assert_str_eq(write->name, "web");
}
END_TEST

START_TEST(a_create_asks_for_version_one)
{
    plan_apply(plan, &KUBE_CONFIG_MAPS,
               kube_object(arena, &KUBE_CONFIG_MAPS, "ns", "c"), PLAN_CREATE, NULL,
               "first");
    ck_assert_str_eq(json_str(plan->writes->body, "metadata", "resourceVersion"), "1");
    ck_assert_ptr_null(json_str(plan->writes->body, "metadata", "uid"));
}
END_TEST

START_TEST(a_delete_names_the_uid)
{
    plan_delete(plan, &KUBE_DEPLOYMENTS, json_adopt(arena, parse(LIVE)), "unwanted");
    ck_assert_int_eq(plan->writes->verb, PLAN_DELETE);
    ck_assert_str_eq(plan->writes->uid, "u1");
    ck_assert_ptr_null(plan->writes->body);
}
END_TEST

START_TEST(writes_keep_their_order)
{
    const cJSON *live = json_adopt(arena, parse(LIVE));
    plan_patch(plan, PLAN_MERGE_PATCH, &KUBE_DEPLOYMENTS, live, json_object(), "one");
    plan_patch(plan, PLAN_JSON_PATCH, &KUBE_DEPLOYMENTS, live, json_array(), "two");
    plan_delete(plan, &KUBE_DEPLOYMENTS, live, "three");
    ck_assert_str_eq(plan->writes->why, "one");
    ck_assert_str_eq(plan->writes->next->why, "two");
    ck_assert_str_eq(plan->writes->next->next->why, "three");
    ck_assert_ptr_null(plan->writes->next->next->next);
}
END_TEST

START_TEST(a_need_outlives_the_strings_it_was_given)
{
    char name[] = "web";
    plan_need(plan, &KUBE_DEPLOYMENTS, NULL, name);
    name[0] = 'X';
    ck_assert_str_eq(plan->needs->name, "web");
    ck_assert_str_eq(plan->needs->ns, "");
    ck_assert_ptr_null(plan->needs->trial);
}
END_TEST

START_TEST(a_trial_is_a_guarded_need)
{
    plan_try(plan, &KUBE_DEPLOYMENTS,
             kube_object(arena, &KUBE_DEPLOYMENTS, "ns", "web"),
             json_adopt(arena, parse(LIVE)));
    ck_assert_ptr_null(plan->writes);
    ck_assert_str_eq(json_str(plan->needs->trial, "metadata", "uid"), "u1");
}
END_TEST

START_TEST(the_earliest_requeue_wins)
{
    plan_requeue(plan, 5000);
    plan_requeue(plan, 2000);
    plan_requeue(plan, 9000);
    ck_assert_int_eq(plan->requeue_after_ms, 2000);
}
END_TEST

START_TEST(an_empty_plan_prints_empty_lists)
{
    check_json(plan_to_json(plan), "{\"needs\":[],\"writes\":[],\"events\":[]}");
}
END_TEST

START_TEST(a_full_plan_prints_everything)
{
    plan_need(plan, &KUBE_DEPLOYMENTS, "ns", "web");
    plan_delete(plan, &KUBE_DEPLOYMENTS, json_adopt(arena, parse(LIVE)), "gone");
    plan_set_status(plan, parse("{\"phase\":\"Active\"}"));
    plan_event(plan, true, "Broken", "Mount", "%d of %d", 1, 2);
    plan->retry = true;
    check_json(plan_to_json(plan),
               "{\"needs\":[{\"kind\":\"Deployment\",\"namespace\":\"ns\",\"name\":"
               "\"web\"}],\"writes\":[{\"verb\":\"delete\",\"kind\":\"Deployment\","
               "\"namespace\":\"ns\",\"name\":\"web\",\"uid\":\"u1\",\"why\":\"gone\"}]"
               ",\"status\":{\"phase\":\"Active\"},\"events\":[{\"type\":\"Warning\","
               "\"reason\":\"Broken\",\"action\":\"Mount\",\"note\":\"1 of 2\"}],"
               "\"requeue\":{\"afterMs\":0,\"retry\":true}}");
}
END_TEST

CHECK_MAIN("plan", setup, teardown, an_update_carries_uid_and_version_of_what_was_read,
           a_create_asks_for_version_one, a_delete_names_the_uid,
           writes_keep_their_order, a_need_outlives_the_strings_it_was_given,
           a_trial_is_a_guarded_need, the_earliest_requeue_wins,
           an_empty_plan_prints_empty_lists, a_full_plan_prints_everything)
