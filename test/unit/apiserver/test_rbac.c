#include "test/apiserver/server/rbac.h"
#include "test/support/check_main.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/alloc.h"

#include <stdio.h>
#include <string.h>

static const char *const groups[] = {"system:authenticated", "team", NULL};
static const struct api_user jane = {.name = "jane", .groups = groups};
static const struct api_user robot = {.name = "system:serviceaccount:here:robot",
                                      .groups = groups};
static const char *const master_groups[] = {"system:masters", NULL};
static const struct api_user master = {.name = "root", .groups = master_groups};

static cJSON *objects; /* lists of objects by plural */
static char *missing;

static const cJSON *get(void *ctx, const char *plural, const char *ns, const char *name)
{
    (void)ctx;
    json_each (object, json_at(objects, plural)) {
        if (strcmp(kube_namespace(object), ns) == 0 &&
            strcmp(kube_name(object), name) == 0)
            return object;
    }
    return NULL;
}

static void walk(void *ctx, const char *plural, const char *ns,
                 bool (*each)(void *each_ctx, const cJSON *object), void *each_ctx)
{
    (void)ctx;
    json_each (object, json_at(objects, plural)) {
        if (strcmp(kube_namespace(object), ns) == 0 && !each(each_ctx, object))
            return;
    }
}

static const struct rbac_source source = {.get = get, .walk = walk};

static void setup(void)
{
    static const char *const plurals[] = {"roles", "rolebindings", "clusterroles",
                                          "clusterrolebindings"};
    objects = json_object();
    for (size_t i = 0; i < sizeof plurals / sizeof *plurals; i++)
        json_set(objects, json_array(), plurals[i]);
}

static void teardown(void)
{
    json_free(objects);
    free(missing);
    missing = NULL;
}

/* JSON with ' for ", as C strings are easier to read so. */
static cJSON *parse(const char *text)
{
    auto_free char *json = xstrdup(text);
    struct err err;
    for (char *c = json; *c; c++) {
        if (*c == '\'')
            *c = '"';
    }
    cJSON *tree = json_parse(json, strlen(json), &err);
    ck_assert_msg(tree, "%s", json);
    return tree;
}

static void add(const char *plural, const char *text)
{
    json_push(json_member(objects, plural), parse(text));
}

/* A rule for jane in the namespace `here`. */
static void let(const char *rule)
{
    char role[1024];
    snprintf(role, sizeof role,
             "{'metadata':{'namespace':'here','name':'r'},'rules':[%s]}", rule);
    add("roles", role);
    add("rolebindings",
        "{'metadata':{'namespace':'here','name':'b'},'roleRef':{'kind':'Role','name':"
        "'r'},'subjects':[{'kind':'User','name':'jane'}]}");
}

/* In the namespace `here`. */
static bool may(const struct api_user *user, const char *verb, const char *group,
                const char *resource, const char *subresource, const char *name)
{
    const struct rbac_question question = {.verb = verb,
                                           .group = group,
                                           .resource = resource,
                                           .subresource = subresource,
                                           .ns = "here",
                                           .name = name};
    return rbac_allows(&source, user, &question);
}

static bool may_path(const struct api_user *user, const char *path)
{
    const struct rbac_question question = {.verb = "get",
                                           .group = "",
                                           .resource = "",
                                           .subresource = "",
                                           .ns = "",
                                           .name = "",
                                           .path = path};
    return rbac_allows(&source, user, &question);
}

START_TEST(nothing_is_allowed_by_itself)
{
    ck_assert(!may(&jane, "get", "", "pods", "", "p"));
    ck_assert(may(&master, "get", "", "pods", "", "p"));
}
END_TEST

START_TEST(rules_match_verb_group_and_resource)
{
    let("{'verbs':['get'],'apiGroups':['apps'],'resources':['deployments']}");
    ck_assert(may(&jane, "get", "apps", "deployments", "", "d"));
    ck_assert(!may(&jane, "list", "apps", "deployments", "", ""));
    ck_assert(!may(&jane, "get", "", "deployments", "", "d"));
    ck_assert(!may(&jane, "get", "apps", "statefulsets", "", "d"));
    ck_assert(!may(&jane, "get", "apps", "deployments", "status", "d"));
    ck_assert(!may(&robot, "get", "apps", "deployments", "", "d"));
}
END_TEST

START_TEST(stars_stand_for_all)
{
    let("{'verbs':['*'],'apiGroups':['*'],'resources':['*']}");
    ck_assert(may(&jane, "frob", "x.dev", "things", "status", "t"));
    ck_assert(!may_path(&jane, "/healthz"));
}
END_TEST

START_TEST(subresources_are_named_apart)
{
    let("{'verbs':['get'],'apiGroups':[''],'resources':['pods/log','*/scale']}");
    ck_assert(may(&jane, "get", "", "pods", "log", "p"));
    ck_assert(!may(&jane, "get", "", "pods", "", "p"));
    ck_assert(!may(&jane, "get", "", "pods", "exec", "p"));
    ck_assert(may(&jane, "get", "", "services", "scale", "s"));
    ck_assert(!may(&jane, "get", "", "services", "", "s"));
}
END_TEST

START_TEST(names_narrow_a_rule)
{
    let("{'verbs':['*'],'apiGroups':[''],'resources':['secrets'],'resourceNames':["
        "'one']}");
    ck_assert(may(&jane, "get", "", "secrets", "", "one"));
    ck_assert(!may(&jane, "get", "", "secrets", "", "two"));
    ck_assert(!may(&jane, "list", "", "secrets", "", ""));
    ck_assert(!may(&jane, "create", "", "secrets", "", ""));
}
END_TEST

START_TEST(bindings_hold_where_they_are)
{
    add("clusterroles", "{'metadata':{'name':'c'},'rules':[{'verbs':['get'],"
                        "'apiGroups':[''],'resources':['pods']}]}");
    add("rolebindings", "{'metadata':{'namespace':'there','name':'b'},'roleRef':{"
                        "'kind':'ClusterRole','name':'c'},'subjects':[{'kind':'User',"
                        "'name':'jane'}]}");
    ck_assert(!may(&jane, "get", "", "pods", "", "p"));
    add("clusterrolebindings",
        "{'metadata':{'name':'b'},'roleRef':{'kind':'ClusterRole','name':'c'},"
        "'subjects':[{'kind':'User','name':'jane'}]}");
    ck_assert(may(&jane, "get", "", "pods", "", "p"));
}
END_TEST

START_TEST(subjects_are_users_groups_and_accounts)
{
    add("clusterroles", "{'metadata':{'name':'c'},'rules':[{'verbs':['get'],"
                        "'apiGroups':[''],'resources':['pods']}]}");
    add("rolebindings",
        "{'metadata':{'namespace':'here','name':'b'},'roleRef':{'kind':'ClusterRole',"
        "'name':'c'},'subjects':[{'kind':'ServiceAccount','namespace':'there','name':"
        "'robot'}]}");
    ck_assert(!may(&robot, "get", "", "pods", "", "p"));
    add("rolebindings",
        "{'metadata':{'namespace':'here','name':'b'},'roleRef':{'kind':'ClusterRole',"
        "'name':'c'},'subjects':[{'kind':'ServiceAccount','namespace':'here','name':"
        "'robot'}]}");
    ck_assert(may(&robot, "get", "", "pods", "", "p"));
    ck_assert(!may(&jane, "get", "", "pods", "", "p"));
    add("rolebindings",
        "{'metadata':{'namespace':'here','name':'g'},'roleRef':{'kind':'ClusterRole',"
        "'name':'c'},'subjects':[{'kind':'Group','name':'team'}]}");
    ck_assert(may(&jane, "get", "", "pods", "", "p"));
}
END_TEST

START_TEST(paths_may_end_open)
{
    add("clusterroles", "{'metadata':{'name':'c'},'rules':[{'verbs':['get'],"
                        "'nonResourceURLs':['/healthz','/apis/*']}]}");
    add("clusterrolebindings",
        "{'metadata':{'name':'b'},'roleRef':{'kind':'ClusterRole','name':'c'},"
        "'subjects':[{'kind':'User','name':'jane'}]}");
    ck_assert(may_path(&jane, "/healthz"));
    ck_assert(!may_path(&jane, "/healthz/etcd"));
    ck_assert(may_path(&jane, "/apis/apps"));
    ck_assert(!may_path(&jane, "/apis"));
}
END_TEST

START_TEST(a_binding_to_no_role_allows_nothing)
{
    add("rolebindings",
        "{'metadata':{'namespace':'here','name':'b'},'roleRef':{'kind':'Role','name':"
        "'none'},'subjects':[{'kind':'User','name':'jane'}]}");
    ck_assert(!may(&jane, "get", "", "pods", "", "p"));
}
END_TEST

/* ---- escalation */

static bool may_grant(const char *object)
{
    auto_json cJSON *tree = parse(object);
    free(missing);
    missing = NULL;
    return rbac_may_grant(&source, &jane, tree, &missing);
}

#define NEW_ROLE "{'kind':'Role','metadata':{'namespace':'here','name':'n'},'rules':["
#define NEW_BINDING "{'kind':'RoleBinding','metadata':{'namespace':'here','name':'n'},"

START_TEST(what_is_held_may_be_granted)
{
    let("{'verbs':['get','list'],'apiGroups':[''],'resources':['pods','pods/log']}");
    ck_assert(may_grant(NEW_ROLE "{'verbs':['list'],'apiGroups':[''],'resources':["
                                 "'pods/log'],'resourceNames':['a']}]}"));
    ck_assert(may_grant(NEW_ROLE "]}"));
}
END_TEST

START_TEST(what_is_lacked_is_named_by_place_in_order)
{
    let("{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    ck_assert(!may_grant(NEW_ROLE
                         "{'verbs':['list','get'],'apiGroups':[''],'resources':["
                         "'secrets','pods']},{'verbs':['*'],'apiGroups':['apps'],"
                         "'resources':['deployments'],'resourceNames':['b','a']}]}"));
    ck_assert_str_eq(
        missing,
        "user \"jane\" (groups=[\"system:authenticated\" \"team\"]) is attempting to "
        "grant RBAC permissions not currently held:\n"
        "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"list\"]}\n"
        "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"list\" \"get\"]}\n"
        "{APIGroups:[\"apps\"], Resources:[\"deployments\"], ResourceNames:[\"a\"], "
        "Verbs:[\"*\"]}\n"
        "{APIGroups:[\"apps\"], Resources:[\"deployments\"], ResourceNames:[\"b\"], "
        "Verbs:[\"*\"]}");
}
END_TEST

START_TEST(a_name_is_not_enough_for_all)
{
    let("{'verbs':['get'],'apiGroups':[''],'resources':['pods'],'resourceNames':['a']"
        "}");
    ck_assert(!may_grant(NEW_ROLE
                         "{'verbs':['get'],'apiGroups':[''],'resources':['pods']}]}"));
    ck_assert(may_grant(NEW_ROLE "{'verbs':['get'],'apiGroups':[''],'resources':["
                                 "'pods'],'resourceNames':['a']}]}"));
}
END_TEST

START_TEST(who_may_escalate_or_bind_need_not_hold)
{
    let("{'verbs':['escalate'],'apiGroups':['rbac.authorization.k8s.io'],'resources':["
        "'roles']},{'verbs':['bind'],'apiGroups':['rbac.authorization.k8s.io'],"
        "'resources':['clusterroles'],'resourceNames':['view']}");
    ck_assert(
        may_grant(NEW_ROLE "{'verbs':['*'],'apiGroups':['*'],'resources':['*']}]}"));
    ck_assert(may_grant(NEW_BINDING "'roleRef':{'kind':'ClusterRole','name':'view'}}"));
}
END_TEST

START_TEST(binding_needs_the_rules_of_the_role)
{
    let("{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    add("clusterroles", "{'metadata':{'name':'more'},'rules':[{'verbs':['delete'],"
                        "'apiGroups':[''],'resources':['pods']}]}");
    ck_assert(may_grant(NEW_BINDING "'roleRef':{'kind':'Role','name':'r'}}"));
    ck_assert(
        !may_grant(NEW_BINDING "'roleRef':{'kind':'ClusterRole','name':'more'}}"));
    ck_assert_ptr_nonnull(strstr(missing, "Verbs:[\"delete\"]"));
}
END_TEST

START_TEST(a_role_that_is_not_there_cannot_be_bound)
{
    ck_assert(!may_grant(NEW_BINDING "'roleRef':{'kind':'Role','name':'none'}}"));
    ck_assert_ptr_null(missing);
}
END_TEST

START_TEST(rules_are_listed_by_what_they_are_of)
{
    let("{'verbs':['get'],'apiGroups':[''],'resources':['pods']}");
    add("clusterroles", "{'metadata':{'name':'c'},'rules':[{'verbs':['get'],"
                        "'nonResourceURLs':['/healthz']}]}");
    add("clusterrolebindings",
        "{'metadata':{'name':'b'},'roleRef':{'kind':'ClusterRole','name':'c'},"
        "'subjects':[{'kind':'Group','name':'team'}]}");
    auto_json cJSON *rules = rbac_rules_of(&source, &jane, "here");
    ck_assert_uint_eq(json_count(json_at(rules, "resourceRules")), 1);
    ck_assert_uint_eq(json_count(json_at(rules, "nonResourceRules")), 1);
    ck_assert(!json_bool(rules, true, "incomplete"));
    auto_json cJSON *elsewhere = rbac_rules_of(&source, &jane, "there");
    ck_assert_uint_eq(json_count(json_at(elsewhere, "resourceRules")), 0);
    auto_json cJSON *all = rbac_rules_of(&source, &master, "there");
    ck_assert_str_eq(json_at(all, "resourceRules")->child->child->child->valuestring,
                     "*");
}
END_TEST

CHECK_MAIN("rbac", setup, teardown, nothing_is_allowed_by_itself,
           rules_match_verb_group_and_resource, stars_stand_for_all,
           subresources_are_named_apart, names_narrow_a_rule,
           bindings_hold_where_they_are, subjects_are_users_groups_and_accounts,
           paths_may_end_open, a_binding_to_no_role_allows_nothing,
           what_is_held_may_be_granted, what_is_lacked_is_named_by_place_in_order,
           a_name_is_not_enough_for_all, who_may_escalate_or_bind_need_not_hold,
           binding_needs_the_rules_of_the_role,
           a_role_that_is_not_there_cannot_be_bound,
           rules_are_listed_by_what_they_are_of)
