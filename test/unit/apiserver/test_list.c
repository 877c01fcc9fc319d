#include "test/unit/apiserver/server_play.h"

static const char *names(void)
{
    static char text[512];
    text[0] = '\0';
    json_each (item, json_at(said, "items")) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%s", len ? " " : "",
                 json_str(item, "metadata", "name"));
    }
    return text;
}

static int list(const char *query)
{
    char target[1024];
    snprintf(target, sizeof target, CONFIG_MAPS "?%s", query);
    return say("GET", target, NULL);
}

static int list_on(const char *query)
{
    char *token = xstrdup(json_str(said, "metadata", "continue"));
    char whole[1024];
    snprintf(whole, sizeof whole, "%s&continue=%s", query, token);
    free(token);
    return list(whole);
}

static void make(const char *all)
{
    for (; *all; all++)
        make_config_map((char[]){*all, '\0'}, "1");
}

START_TEST(lists_are_sorted)
{
    make("cab");
    ck_assert_int_eq(list(""), 200);
    ck_assert_str_eq(names(), "a b c");
    ck_assert_str_eq(json_str(said, "kind"), "ConfigMapList");
    ck_assert_str_eq(json_str(said, "apiVersion"), "v1");
    ck_assert_uint_eq(said_version_number(), api_server_version(server));
    ck_assert_ptr_null(json_at(json_at(said, "items")->child, "kind"));
}
END_TEST

START_TEST(lists_keep_to_their_namespace)
{
    make("a");
    say("POST", "/api/v1/namespaces", "{'metadata':{'name':'default-2'}}");
    say("POST", "/api/v1/namespaces/default-2/configmaps", "{'metadata':{'name':'z'}}");
    list("");
    ck_assert_str_eq(names(), "a");
    say("GET", "/api/v1/configmaps", NULL);
    ck_assert_str_eq(names(), "z a"); /* '-' sorts before '/' */
    say("GET", "/api/v1/namespaces/default-2/configmaps", NULL);
    ck_assert_str_eq(names(), "z");
}
END_TEST

START_TEST(pages_are_of_one_version)
{
    make("abcd");
    ck_assert_int_eq(list("limit=2"), 200);
    ck_assert_str_eq(names(), "a b");
    ck_assert_int_eq(json_int(said, 0, "metadata", "remainingItemCount"), 2);
    char *version = xstrdup(said_version());
    cJSON *first = json_copy(said);
    set_config_map("c", "2");
    say("DELETE", CONFIG_MAPS "/d", NULL);
    make("ef");
    json_free(said);
    said = first;
    ck_assert_int_eq(list_on("limit=2"), 200);
    ck_assert_str_eq(names(), "c d");
    ck_assert_str_eq(said_version(), version);
    ck_assert_str_eq(json_str(json_at(said, "items")->child, "data", "value"), "1");
    ck_assert_ptr_null(json_at(said, "metadata", "continue"));
    free(version);
}
END_TEST

START_TEST(forgotten_pages_can_go_on_from_what_is)
{
    make("abcd");
    list("limit=2");
    cJSON *first = json_copy(said);
    make("e");
    api_server_compact(server);
    json_free(said);
    said = first;
    ck_assert_int_eq(list_on("limit=2"), 410);
    ck_assert_str_eq(json_str(said, "reason"), "Expired");
    ck_assert_int_eq(list_on("limit=2"), 200);
    ck_assert_str_eq(names(), "c d");
    ck_assert_int_eq(list_on("limit=2"), 200);
    ck_assert_str_eq(names(), "e");
}
END_TEST

START_TEST(an_exact_version_can_be_listed)
{
    make("ab");
    char query[128];
    snprintf(query, sizeof query, "resourceVersion=%s&resourceVersionMatch=Exact",
             said_version());
    say("DELETE", CONFIG_MAPS "/a", NULL);
    make("c");
    ck_assert_int_eq(list(query), 200);
    ck_assert_str_eq(names(), "a b");
    api_server_compact(server);
    ck_assert_int_eq(list(query), 410);
    ck_assert_str_eq(said_message(),
                     "The resourceVersion for the provided list is too old.");
}
END_TEST

START_TEST(versions_are_minimums_else)
{
    make("a");
    char query[64];
    snprintf(query, sizeof query, "resourceVersion=%s", said_version());
    make("b");
    ck_assert_int_eq(list(query), 200);
    ck_assert_str_eq(names(), "a b");
    ck_assert_int_eq(list("resourceVersion=0&limit=1"), 200);
    ck_assert_str_eq(names(), "a b");
    ck_assert_int_eq(list("resourceVersion=99999"), 504);
    ck_assert_int_eq(list("resourceVersion=x"), 400);
    ck_assert_int_eq(list("resourceVersionMatch=Exact"), 422);
    ck_assert_int_eq(list("resourceVersionMatch=Exact&resourceVersion=0"), 422);
    ck_assert_int_eq(list("resourceVersionMatch=Odd&resourceVersion=1"), 422);
    ck_assert_int_eq(list("sendInitialEvents=true"), 422);
    ck_assert_int_eq(list("limit=x"), 400);
    ck_assert_int_eq(list("continue=x"), 400);
}
END_TEST

START_TEST(labels_select)
{
    say("POST", CONFIG_MAPS, "{'metadata':{'name':'a','labels':{'x':'1'}}}");
    say("POST", CONFIG_MAPS, "{'metadata':{'name':'b','labels':{'x':'2','y':''}}}");
    say("POST", CONFIG_MAPS, "{'metadata':{'name':'c'}}");
    static const char *const cases[][2] = {
        {"x=1", "a"},
        {"x==1", "a"},
        {"x!=1", "b c"},
        {"x", "a b"},
        {"!x", "c"},
        {"x%20in%20(1,2)", "a b"},
        {"x%20notin%20(1)", "b c"},
        {"x,y", "b"},
        {"x%3E1", "b"},
        {"x%3C2", "a"},
        {"y=", "b"},
        {"", "a b c"},
        {"x=1,y", ""},
        {"!y,x", "a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char query[128];
        snprintf(query, sizeof query, "labelSelector=%s", cases[i][0]);
        ck_assert_int_eq(list(query), 200);
        ck_assert_msg(strcmp(names(), cases[i][1]) == 0, "%s: %s", cases[i][0],
                      names());
    }
    ck_assert_int_eq(list("labelSelector=a%20b"), 400);
    ck_assert_str_eq(said_message(),
                     "unable to parse requirement: found 'b', expected: "
                     "in, notin, =, ==, !=, gt, lt");
    ck_assert_int_eq(list("labelSelector=a%20in%20("), 400);
    ck_assert_int_eq(list("labelSelector=,"), 400);
}
END_TEST

START_TEST(fields_select)
{
    make("abc");
    ck_assert_int_eq(list("fieldSelector=metadata.name%3Db"), 200);
    ck_assert_str_eq(names(), "b");
    list("fieldSelector=metadata.name!%3Db");
    ck_assert_str_eq(names(), "a c");
    list("fieldSelector=metadata.name%3D%3Da,metadata.namespace%3Ddefault");
    ck_assert_str_eq(names(), "a");
    ck_assert_int_eq(list("fieldSelector=data.x%3D1"), 400);
    ck_assert_str_eq(said_message(), "\"data.x\" is not a known field selector: only "
                                     "\"metadata.name\", \"metadata.namespace\"");
    ck_assert_int_eq(list("fieldSelector=foo"), 400);
    ck_assert_int_eq(say("GET", "/api/v1/pods?fieldSelector=spec.foo%3D1", NULL), 400);
    ck_assert_str_eq(said_message(), "field label not supported: spec.foo");
    ck_assert_int_eq(
        say("GET", "/api/v1/namespaces?fieldSelector=status.phase%3DActive", NULL),
        200);
    ck_assert_str_eq(names(), "default kube-node-lease kube-public kube-system");
}
END_TEST

START_TEST(collections_are_deleted_by_selection)
{
    make("ab");
    say_merge(CONFIG_MAPS "/a", "{'metadata':{'labels':{'x':'1'}}}");
    ck_assert_int_eq(say("DELETE", CONFIG_MAPS "?labelSelector=x", NULL), 200);
    ck_assert_str_eq(names(), "a");
    list("");
    ck_assert_str_eq(names(), "b");
    ck_assert_int_eq(say("DELETE", "/api/v1/configmaps", NULL), 405);
}
END_TEST

CHECK_MAIN("list", setup, teardown, lists_are_sorted, lists_keep_to_their_namespace,
           pages_are_of_one_version, forgotten_pages_can_go_on_from_what_is,
           an_exact_version_can_be_listed, versions_are_minimums_else, labels_select,
           fields_select, collections_are_deleted_by_selection)
