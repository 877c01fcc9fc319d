#include "test/unit/apiserver/server_play.h"

#define NAMESPACES "/api/v1/namespaces"

/* Makes a ConfigMap that is owned by the one that was made last. */
static void make_owned(const char *name, const char *owner, bool blocks)
{
    char target[256], body[1024];
    snprintf(target, sizeof target, CONFIG_MAPS "/%s", owner);
    say("GET", target, NULL);
    snprintf(body, sizeof body,
             "{'metadata':{'name':'%s','ownerReferences':[{'apiVersion':'v1','kind':"
             "'ConfigMap','name':'%s','uid':'%s','blockOwnerDeletion':%s}]}}",
             name, owner, json_str(said, "metadata", "uid"), blocks ? "true" : "false");
    ck_assert_int_eq(say("POST", CONFIG_MAPS, body), 201);
}

static bool exists(const char *name)
{
    char target[256];
    snprintf(target, sizeof target, CONFIG_MAPS "/%s", name);
    return say("GET", target, NULL) == 200;
}

START_TEST(deletion_answers_with_a_status)
{
    make_config_map("a", "1");
    char *uid = xstrdup(json_str(said, "metadata", "uid"));
    ck_assert_int_eq(say("DELETE", CONFIG_MAPS "/a", NULL), 200);
    ck_assert_str_eq(json_str(said, "status"), "Success");
    ck_assert_str_eq(json_str(said, "details", "uid"), uid);
    ck_assert(!exists("a"));
    free(uid);
}
END_TEST

START_TEST(preconditions_guard)
{
    make_config_map("a", "1");
    ck_assert_int_eq(
        say("DELETE", CONFIG_MAPS "/a", "{'preconditions':{'uid':'other'}}"), 409);
    ck_assert_ptr_nonnull(
        strstr(said_message(), "the UID in the precondition (other)"));
    ck_assert_int_eq(
        say("DELETE", CONFIG_MAPS "/a", "{'preconditions':{'resourceVersion':'1'}}"),
        409);
    ck_assert_int_eq(say("DELETE", CONFIG_MAPS "/a?propagationPolicy=Odd", NULL), 422);
    ck_assert(exists("a"));
}
END_TEST

START_TEST(finalizers_hold)
{
    say("POST", CONFIG_MAPS, "{'metadata':{'name':'a','finalizers':['x.y/z']}}");
    ck_assert_int_eq(say("DELETE", CONFIG_MAPS "/a", NULL), 200);
    ck_assert_str_eq(json_str(said, "metadata", "deletionTimestamp"),
                     "2026-01-02T03:04:05Z");
    ck_assert_int_eq(json_int(said, -1, "metadata", "deletionGracePeriodSeconds"), 0);
    uint64_t version = api_server_version(server);
    pass_ms(5000);
    say("DELETE", CONFIG_MAPS "/a", NULL);
    ck_assert_uint_eq(api_server_version(server), version);
    ck_assert_int_eq(
        say_merge(CONFIG_MAPS "/a", "{'metadata':{'finalizers':['x.y/z','a.b/c']}}"),
        422);
    ck_assert_str_eq(
        said_message(),
        "ConfigMap \"a\" is invalid: metadata.finalizers: Forbidden: no new "
        "finalizers can be added if the object is being deleted, found new "
        "finalizers []string{\"a.b/c\"}");
    ck_assert_int_eq(say_merge(CONFIG_MAPS "/a", "{'metadata':{'finalizers':null}}"),
                     200);
    ck_assert(!exists("a"));
}
END_TEST

START_TEST(pods_of_a_node_get_their_grace)
{
    static const char pods[] = "/api/v1/namespaces/default/pods";
    static const char pod[] = "/api/v1/namespaces/default/pods/p";
    say("POST", pods,
        "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]}}");
    ck_assert_int_eq(say("DELETE", pod, NULL), 200);
    ck_assert_int_eq(say("GET", pod, NULL), 404);
    say("POST", pods,
        "{'metadata':{'name':'p'},'spec':{'nodeName':'n','containers':[{'name':'c',"
        "'image':'i'}]}}");
    ck_assert_int_eq(say("DELETE", pod, NULL), 200);
    ck_assert_str_eq(json_str(said, "metadata", "deletionTimestamp"),
                     "2026-01-02T03:04:35Z");
    ck_assert_int_eq(json_int(said, 0, "metadata", "deletionGracePeriodSeconds"), 30);
    ck_assert_int_eq(say("DELETE", pod, "{'gracePeriodSeconds':10}"), 200);
    ck_assert_int_eq(json_int(said, 0, "metadata", "deletionGracePeriodSeconds"), 10);
    ck_assert_int_eq(say("DELETE", pod, "{'gracePeriodSeconds':0}"), 200);
    ck_assert_int_eq(say("GET", pod, NULL), 404);
}
END_TEST

START_TEST(dependents_go_with_their_owner)
{
    make_config_map("owner", "1");
    make_owned("child", "owner", false);
    make_owned("grandchild", "child", false);
    settle();
    ck_assert(exists("grandchild"));
    say("DELETE", CONFIG_MAPS "/owner", NULL);
    ck_assert(exists("child"));
    settle();
    ck_assert(!exists("child"));
    ck_assert(!exists("grandchild"));
}
END_TEST

START_TEST(who_names_an_absent_owner_goes)
{
    ck_assert_int_eq(
        say("POST", CONFIG_MAPS,
            "{'metadata':{'name':'child','ownerReferences':[{'apiVersion':'v1','kind':"
            "'ConfigMap','name':'nobody','uid':'u'}]}}"),
        201);
    settle();
    ck_assert(!exists("child"));
}
END_TEST

START_TEST(another_object_of_the_name_is_no_owner)
{
    make_config_map("owner", "1");
    make_owned("child", "owner", false);
    say("DELETE", CONFIG_MAPS "/owner", NULL);
    make_config_map("owner", "1");
    settle();
    ck_assert(!exists("child"));
    ck_assert(exists("owner"));
}
END_TEST

START_TEST(foreground_deletion_waits_for_what_blocks)
{
    make_config_map("owner", "1");
    make_owned("child", "owner", true);
    say_merge(CONFIG_MAPS "/child", "{'metadata':{'finalizers':['x.y/z']}}");
    say("DELETE", CONFIG_MAPS "/owner?propagationPolicy=Foreground", NULL);
    settle();
    ck_assert(exists("owner"));
    ck_assert_str_eq(json_at(said, "metadata", "finalizers")->child->valuestring,
                     "foregroundDeletion");
    ck_assert(exists("child"));
    ck_assert_ptr_nonnull(json_str(said, "metadata", "deletionTimestamp"));
    say_merge(CONFIG_MAPS "/child", "{'metadata':{'finalizers':null}}");
    settle();
    ck_assert(!exists("child"));
    ck_assert(!exists("owner"));
}
END_TEST

START_TEST(two_that_own_each_other_both_go)
{
    make_config_map("one", "1");
    make_owned("two", "one", true);
    char body[512];
    snprintf(body, sizeof body,
             "{'metadata':{'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap',"
             "'name':'two','uid':'%s','blockOwnerDeletion':true}]}}",
             json_str(said, "metadata", "uid"));
    ck_assert_int_eq(say_merge(CONFIG_MAPS "/one", body), 200);
    settle();
    say("DELETE", CONFIG_MAPS "/one?propagationPolicy=Foreground", NULL);
    settle();
    ck_assert(!exists("two"));
    ck_assert(!exists("one"));
}
END_TEST

START_TEST(orphans_lose_their_reference)
{
    make_config_map("owner", "1");
    make_owned("child", "owner", false);
    say("DELETE", CONFIG_MAPS "/owner?propagationPolicy=Orphan", NULL);
    settle();
    ck_assert(!exists("owner"));
    ck_assert(exists("child"));
    ck_assert_uint_eq(json_count(json_at(said, "metadata", "ownerReferences")), 0);
}
END_TEST

START_TEST(one_owner_that_is_left_is_enough)
{
    make_config_map("one", "1");
    make_owned("child", "one", false);
    make_config_map("two", "1");
    char body[512];
    snprintf(body, sizeof body,
             "[{'op':'add','path':'/metadata/ownerReferences/-','value':{'apiVersion':"
             "'v1','kind':'ConfigMap','name':'two','uid':'%s'}}]",
             json_str(said, "metadata", "uid"));
    ck_assert_int_eq(
        say_typed("PATCH", CONFIG_MAPS "/child", "application/json-patch+json", body),
        200);
    say("DELETE", CONFIG_MAPS "/one", NULL);
    settle();
    ck_assert(exists("child"));
    ck_assert_uint_eq(json_count(json_at(said, "metadata", "ownerReferences")), 1);
    say("DELETE", CONFIG_MAPS "/two", NULL);
    settle();
    ck_assert(!exists("child"));
}
END_TEST

START_TEST(namespaces_take_their_content_along)
{
    say("POST", NAMESPACES, "{'metadata':{'name':'n'}}");
    ck_assert_str_eq(json_str(said, "status", "phase"), "Active");
    say("POST", NAMESPACES "/n/configmaps",
        "{'metadata':{'name':'a','finalizers':['x.y/z']}}");
    say("POST", NAMESPACES "/n/configmaps", "{'metadata':{'name':'b'}}");
    ck_assert_int_eq(say("DELETE", NAMESPACES "/n", NULL), 200);
    ck_assert_str_eq(json_str(said, "status", "phase"), "Terminating");
    ck_assert_int_eq(
        say("POST", NAMESPACES "/n/configmaps", "{'metadata':{'name':'c'}}"), 403);
    ck_assert_str_eq(json_str(json_at(said, "details", "causes")->child, "reason"),
                     "NamespaceTerminating");
    settle();
    ck_assert_int_eq(say("GET", NAMESPACES "/n/configmaps/b", NULL), 404);
    ck_assert_int_eq(say("GET", NAMESPACES "/n", NULL), 200);
    const cJSON *held = json_find(json_at(said, "status", "conditions"), "type",
                                  "NamespaceFinalizersRemaining");
    ck_assert_str_eq(json_str(held, "message"),
                     "Some content in the namespace has finalizers remaining: x.y/z in "
                     "1 resource instances");
    say_merge(NAMESPACES "/n/configmaps/a", "{'metadata':{'finalizers':null}}");
    settle();
    ck_assert_int_eq(say("GET", NAMESPACES "/n", NULL), 404);
    ck_assert_int_eq(say("DELETE", NAMESPACES "/default", NULL), 403);
    ck_assert_str_eq(said_message(),
                     "namespaces \"default\" is forbidden: this namespace may not be "
                     "deleted");
}
END_TEST

START_TEST(pods_go_before_the_rest_of_a_namespace)
{
    say("POST", NAMESPACES, "{'metadata':{'name':'n'}}");
    say("POST", NAMESPACES "/n/configmaps", "{'metadata':{'name':'a'}}");
    say("POST", NAMESPACES "/n/pods",
        "{'metadata':{'name':'p','finalizers':['x.y/z']},'spec':{'containers':[{"
        "'name':'c','image':'x'}]}}");
    ck_assert_int_eq(say("DELETE", NAMESPACES "/n", NULL), 200);
    settle();
    ck_assert_int_eq(say("GET", NAMESPACES "/n/configmaps/a", NULL), 200);
    ck_assert_int_eq(say("GET", NAMESPACES "/n", NULL), 200);
    const cJSON *left = json_find(json_at(said, "status", "conditions"), "type",
                                  "NamespaceContentRemaining");
    ck_assert_str_eq(json_str(left, "message"), "All content successfully removed");
    say_merge(NAMESPACES "/n/pods/p", "{'metadata':{'finalizers':null}}");
    settle();
    ck_assert_int_eq(say("GET", NAMESPACES "/n", NULL), 404);
}
END_TEST

START_TEST(events_end_after_an_hour)
{
    static const char events[] = "/api/v1/namespaces/default/events";
    ck_assert_int_eq(say("POST", events,
                         "{'metadata':{'name':'e'},'involvedObject':{'kind':'Pod',"
                         "'namespace':'default','name':'p'},'message':'hi','reason':"
                         "'Test','type':'Normal'}"),
                     201);
    pass_ms(3599 * 1000);
    settle();
    ck_assert_int_eq(say("GET", "/api/v1/namespaces/default/events/e", NULL), 200);
    pass_ms(11 * 1000);
    settle();
    ck_assert_int_eq(say("GET", "/api/v1/namespaces/default/events/e", NULL), 404);
}
END_TEST

CHECK_MAIN("delete", setup, teardown, deletion_answers_with_a_status,
           preconditions_guard, finalizers_hold, pods_of_a_node_get_their_grace,
           dependents_go_with_their_owner, who_names_an_absent_owner_goes,
           another_object_of_the_name_is_no_owner,
           foreground_deletion_waits_for_what_blocks, two_that_own_each_other_both_go,
           orphans_lose_their_reference, one_owner_that_is_left_is_enough,
           namespaces_take_their_content_along, pods_go_before_the_rest_of_a_namespace,
           events_end_after_an_hour)
