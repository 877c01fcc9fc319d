#include "test/unit/apiserver/server_play.h"

#define ACCOUNTS "/api/v1/namespaces/default/serviceaccounts"
#define ROLES "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles"
#define BINDINGS "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"

static const char *const plain_groups[] = {"system:authenticated", NULL};
static const struct api_user jane = {.name = "jane", .groups = plain_groups};

/* A GET by whoever holds the token. */
static int get_with(const char *token, const char *target)
{
    struct api_request request = {.method = "GET",
                                  .target = target,
                                  .content_type = "",
                                  .accept = "",
                                  .token = token,
                                  .user_agent = "",
                                  .body = ""};
    return say_request(&request);
}

static void let(const char *who, const char *resources, const char *verbs)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{'metadata':{'name':'role'},'rules':[{'apiGroups':[''],'resources':[%s],"
             "'verbs':[%s]}]}",
             resources, verbs);
    ck_assert_int_eq(say("POST", ROLES, body), 201);
    snprintf(
        body, sizeof body,
        "{'metadata':{'name':'binding'},'roleRef':{'apiGroup':"
        "'rbac.authorization.k8s.io','kind':'Role','name':'role'},'subjects':[%s]}",
        who);
    ck_assert_int_eq(say("POST", BINDINGS, body), 201);
}

START_TEST(unknown_tokens_are_unauthorized)
{
    ck_assert_int_eq(get_with("nonsense", CONFIG_MAPS), 401);
    ck_assert_str_eq(json_str(said, "reason"), "Unauthorized");
    ck_assert_str_eq(said_message(), "Unauthorized");
}
END_TEST

START_TEST(nobody_may_only_ask_how_it_is)
{
    ck_assert_int_eq(get_with(NULL, CONFIG_MAPS), 403);
    ck_assert_str_eq(said_message(),
                     "configmaps is forbidden: User \"system:anonymous\" cannot list "
                     "resource \"configmaps\" in API group \"\" in the namespace "
                     "\"default\"");
    ck_assert_int_eq(get_with(NULL, "/healthz"), 200);
    ck_assert_int_eq(get_with(NULL, "/version"), 200);
    ck_assert_int_eq(get_with(NULL, "/apis"), 403);
    ck_assert_str_eq(said_message(),
                     "forbidden: User \"system:anonymous\" cannot get path \"/apis\"");
}
END_TEST

START_TEST(refusals_name_what_is_missing)
{
    user = &jane;
    ck_assert_int_eq(say_merge("/apis/apps/v1/namespaces/default/deployments/x", "{}"),
                     403);
    ck_assert_str_eq(said_message(),
                     "deployments.apps \"x\" is forbidden: User \"jane\" cannot patch "
                     "resource \"deployments\" in API group \"apps\" in the namespace "
                     "\"default\"");
    ck_assert_str_eq(json_str(said, "details", "group"), "apps");
    ck_assert_str_eq(json_str(said, "details", "kind"), "deployments");
    ck_assert_int_eq(say("GET", "/api/v1/namespaces", NULL), 403);
    ck_assert_str_eq(said_message(),
                     "namespaces is forbidden: User \"jane\" cannot list resource "
                     "\"namespaces\" in API group \"\" at the cluster scope");
}
END_TEST

START_TEST(roles_let_in)
{
    let("{'kind':'User','apiGroup':'rbac.authorization.k8s.io','name':'jane'}",
        "'configmaps'", "'get','list'");
    user = &jane;
    ck_assert_int_eq(say("GET", CONFIG_MAPS, NULL), 200);
    ck_assert_int_eq(make_config_map("a", "1"), 403);
    user = NULL;
    say("DELETE", BINDINGS "/binding", NULL);
    user = &jane;
    ck_assert_int_eq(say("GET", CONFIG_MAPS, NULL), 403);
}
END_TEST

START_TEST(table_tokens_are_their_users)
{
    api_server_add_token(server, "secret", &jane);
    let("{'kind':'User','apiGroup':'rbac.authorization.k8s.io','name':'jane'}",
        "'configmaps'", "'list'");
    ck_assert_int_eq(get_with("secret", CONFIG_MAPS), 200);
}
END_TEST

START_TEST(account_tokens_live_with_time_and_account)
{
    ck_assert_int_eq(say("POST", ACCOUNTS, "{'metadata':{'name':'bot'}}"), 201);
    let("{'kind':'ServiceAccount','namespace':'default','name':'bot'}", "'configmaps'",
        "'list'");
    ck_assert_int_eq(
        say("POST", ACCOUNTS "/bot/token", "{'spec':{'expirationSeconds':60}}"), 422);
    ck_assert_int_eq(say("POST", ACCOUNTS "/nobody/token", "{'spec':{}}"), 404);
    ck_assert_int_eq(
        say("POST", ACCOUNTS "/bot/token", "{'spec':{'expirationSeconds':600}}"), 201);
    ck_assert_str_eq(json_str(said, "status", "expirationTimestamp"),
                     "2026-01-02T03:14:05Z");
    char *token = xstrdup(json_str(said, "status", "token"));
    ck_assert_int_eq(get_with(token, CONFIG_MAPS), 200);
    pass_ms(599 * 1000);
    ck_assert_int_eq(get_with(token, CONFIG_MAPS), 200);
    pass_ms(1000);
    ck_assert_int_eq(get_with(token, CONFIG_MAPS), 401);
    settle();
    say("POST", ACCOUNTS "/bot/token", "{'spec':{}}");
    free(token);
    token = xstrdup(json_str(said, "status", "token"));
    say("DELETE", ACCOUNTS "/bot", NULL);
    ck_assert_int_eq(get_with(token, CONFIG_MAPS), 401);
    say("POST", ACCOUNTS, "{'metadata':{'name':'bot'}}");
    ck_assert_int_eq(get_with(token, CONFIG_MAPS), 401);
    free(token);
}
END_TEST

START_TEST(reviews_answer_who_and_whether)
{
    api_server_add_token(server, "secret", &jane);
    let("{'kind':'User','apiGroup':'rbac.authorization.k8s.io','name':'jane'}",
        "'configmaps'", "'list'");
    ck_assert_int_eq(say("POST", "/apis/authentication.k8s.io/v1/tokenreviews",
                         "{'spec':{'token':'secret'}}"),
                     201);
    ck_assert_str_eq(json_str(said, "status", "user", "username"), "jane");
    ck_assert_int_eq(say("POST", "/apis/authentication.k8s.io/v1/tokenreviews",
                         "{'spec':{'token':'odd'}}"),
                     201);
    ck_assert_str_eq(json_str(said, "status", "error"), "invalid bearer token");
    user = &jane;
    static const char may[] = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    say("POST", may,
        "{'spec':{'resourceAttributes':{'verb':'list','resource':'configmaps',"
        "'namespace':'default'}}}");
    ck_assert(json_bool(said, false, "status", "allowed"));
    say("POST", may,
        "{'spec':{'resourceAttributes':{'verb':'list','resource':'secrets',"
        "'namespace':'default'}}}");
    ck_assert(!json_bool(said, true, "status", "allowed"));
    say("POST", may, "{'spec':{'nonResourceAttributes':{'verb':'get','path':'/api'}}}");
    ck_assert(json_bool(said, false, "status", "allowed"));
    ck_assert_int_eq(say("POST", may, "{'spec':{}}"), 422);
    ck_assert_int_eq(
        say("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}"), 201);
    ck_assert_str_eq(json_str(said, "status", "userInfo", "username"), "jane");
    ck_assert_int_eq(say("POST",
                         "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                         "{'spec':{'namespace':'default'}}"),
                     201);
    ck_assert(json_count(json_at(said, "status", "resourceRules")) > 0);
    ck_assert_int_eq(say("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                         "{'spec':{'user':'x','resourceAttributes':{'verb':'get'}}}"),
                     403);
}
END_TEST

START_TEST(nobody_grants_more_than_they_have)
{
    let("{'kind':'User','apiGroup':'rbac.authorization.k8s.io','name':'jane'}",
        "'configmaps'", "'list'");
    say("POST", ROLES,
        "{'metadata':{'name':'makers'},'rules':[{'apiGroups':["
        "'rbac.authorization.k8s.io'],'resources':['roles'],'verbs':['create']}]}");
    say("POST", BINDINGS,
        "{'metadata':{'name':'makers'},'roleRef':{'apiGroup':'rbac.authorization.k8s."
        "io',"
        "'kind':'Role','name':'makers'},'subjects':[{'kind':'User','apiGroup':"
        "'rbac.authorization.k8s.io','name':'jane'}]}");
    user = &jane;
    ck_assert_int_eq(say("POST", ROLES,
                         "{'metadata':{'name':'same'},'rules':[{'apiGroups':[''],"
                         "'resources':['configmaps'],'verbs':['list']}]}"),
                     201);
    ck_assert_int_eq(say("POST", ROLES,
                         "{'metadata':{'name':'more'},'rules':[{'apiGroups':[''],"
                         "'resources':['secrets'],'verbs':['list']}]}"),
                     403);
    ck_assert_ptr_nonnull(strstr(said_message(), "is attempting to grant RBAC "
                                                 "permissions not currently held"));
}
END_TEST

START_TEST(blocking_an_owner_needs_leave_to_finalize_it)
{
    make_config_map("owner", "1");
    let("{'kind':'User','apiGroup':'rbac.authorization.k8s.io','name':'jane'}",
        "'configmaps'", "'create'");
    char body[512];
    snprintf(body, sizeof body,
             "{'metadata':{'name':'child','ownerReferences':[{'apiVersion':'v1','kind':"
             "'ConfigMap','name':'owner','uid':'u','blockOwnerDeletion':true}]}}");
    user = &jane;
    ck_assert_int_eq(say("POST", CONFIG_MAPS, body), 403);
    ck_assert_str_eq(said_message(),
                     "configmaps \"child\" is forbidden: cannot set blockOwnerDeletion "
                     "if an ownerReference refers to a resource you can't set "
                     "finalizers on: , <nil>");
}
END_TEST

CHECK_MAIN("auth", setup, teardown, unknown_tokens_are_unauthorized,
           nobody_may_only_ask_how_it_is, refusals_name_what_is_missing, roles_let_in,
           table_tokens_are_their_users, account_tokens_live_with_time_and_account,
           reviews_answer_who_and_whether, nobody_grants_more_than_they_have,
           blocking_an_owner_needs_leave_to_finalize_it)
