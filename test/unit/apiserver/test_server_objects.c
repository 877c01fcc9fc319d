#include "test/unit/apiserver/server_play.h"

START_TEST(create_sets_what_the_server_says)
{
    ck_assert_int_eq(make_config_map("a", "1"), 201);
    ck_assert_str_eq(json_str(said, "metadata", "creationTimestamp"),
                     "2026-01-02T03:04:05Z");
    ck_assert_str_eq(json_str(said, "metadata", "namespace"), "default");
    ck_assert_uint_eq(strlen(json_str(said, "metadata", "uid")), 36);
    ck_assert_str_eq(json_str(said, "data", "value"), "1");
    char version[32];
    snprintf(version, sizeof version, "%llu",
             (unsigned long long)api_server_version(server));
    ck_assert_str_eq(said_version(), version);
    ck_assert_int_eq(say("GET", CONFIG_MAPS "/a", NULL), 200);
    ck_assert_str_eq(said_version(), version);
}
END_TEST

START_TEST(create_twice_conflicts)
{
    make_config_map("a", "1");
    ck_assert_int_eq(make_config_map("a", "2"), 409);
    ck_assert_str_eq(said_message(), "configmaps \"a\" already exists");
    ck_assert_str_eq(json_str(said, "details", "kind"), "configmaps");
}
END_TEST

START_TEST(generated_names_end_with_five_characters)
{
    ck_assert_int_eq(say("POST", CONFIG_MAPS, "{'metadata':{'generateName':'cm-'}}"),
                     201);
    ck_assert_uint_eq(strlen(json_str(said, "metadata", "name")), 8);
    ck_assert_int_eq(say("POST", CONFIG_MAPS, "{'metadata':{}}"), 422);
    ck_assert_str_eq(
        said_message(),
        "ConfigMap \"\" is invalid: metadata.name: Required value: name or "
        "generateName is required");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    ck_assert_int_eq(say("GET", CONFIG_MAPS "/a", NULL), 404);
    ck_assert_str_eq(said_message(), "configmaps \"a\" not found");
    ck_assert_int_eq(say("DELETE", CONFIG_MAPS "/a", NULL), 404);
    ck_assert_int_eq(say("PUT", CONFIG_MAPS "/a", "{'metadata':{'name':'a'}}"), 404);
    ck_assert_int_eq(say("GET", "/api/v1/namespaces/default/nothings", NULL), 404);
    ck_assert_str_eq(said_message(),
                     "the server could not find the requested resource");
    ck_assert_int_eq(say("GET", "/nowhere", NULL), 404);
    ck_assert_int_eq(say("POST", CONFIG_MAPS "/a", NULL), 405);
}
END_TEST

START_TEST(bad_bodies_are_refused)
{
    ck_assert_int_eq(say("POST", CONFIG_MAPS, "{{"), 400);
    ck_assert_int_eq(say("POST", CONFIG_MAPS, "[]"), 400);
    ck_assert_int_eq(say("POST", CONFIG_MAPS, "{'metadata':1}"), 400);
    ck_assert_int_eq(say_typed("POST", CONFIG_MAPS, "text/plain", "{}"), 415);
    ck_assert_int_eq(say("POST", CONFIG_MAPS, "{'kind':'Pod','metadata':{'name':'a'}}"),
                     400);
    ck_assert_int_eq(say("POST", CONFIG_MAPS, "{'metadata':{'name':'A_b'}}"), 422);
    ck_assert_int_eq(
        say("POST", CONFIG_MAPS, "{'metadata':{'name':'a','namespace':'other'}}"), 400);
    ck_assert_int_eq(say("GET", "/api/v1/%zz", NULL), 400);
}
END_TEST

START_TEST(large_bodies_are_refused)
{
    size_t len = 3 * 1024 * 1024 + 1;
    char *body = xmalloc(len + 1);
    memset(body, ' ', len);
    body[len] = '\0';
    ck_assert_int_eq(say("POST", CONFIG_MAPS, body), 413);
    free(body);
}
END_TEST

START_TEST(update_needs_the_version_it_was_read_at)
{
    make_config_map("a", "1");
    char body[512];
    snprintf(body, sizeof body,
             "{'metadata':{'name':'a','resourceVersion':'%s'},'data':{'value':'2'}}",
             said_version());
    ck_assert_int_eq(say("PUT", CONFIG_MAPS "/a", body), 200);
    ck_assert_str_eq(json_str(said, "data", "value"), "2");
    ck_assert_int_eq(say("PUT", CONFIG_MAPS "/a", body), 409);
    ck_assert_str_eq(
        said_message(),
        "Operation cannot be fulfilled on configmaps \"a\": the object has "
        "been modified; please apply your changes to the latest version "
        "and try again");
}
END_TEST

START_TEST(metadata_of_the_server_stays)
{
    make_config_map("a", "1");
    char *uid = xstrdup(json_str(said, "metadata", "uid"));
    ck_assert_int_eq(say("PUT", CONFIG_MAPS "/a",
                         "{'metadata':{'name':'a','creationTimestamp':null}}"),
                     200);
    ck_assert_str_eq(json_str(said, "metadata", "uid"), uid);
    ck_assert_str_eq(json_str(said, "metadata", "creationTimestamp"),
                     "2026-01-02T03:04:05Z");
    ck_assert_int_eq(
        say("PUT", CONFIG_MAPS "/a", "{'metadata':{'name':'a','uid':'other'}}"), 409);
    ck_assert_int_eq(say_merge(CONFIG_MAPS "/a", "{'metadata':{'uid':'other'}}"), 422);
    ck_assert_int_eq(say_merge(CONFIG_MAPS "/a", "{'metadata':{'name':'other'}}"), 400);
    free(uid);
}
END_TEST

START_TEST(a_write_that_changes_nothing_is_none)
{
    make_config_map("a", "1");
    uint64_t version = api_server_version(server);
    ck_assert_int_eq(set_config_map("a", "1"), 200);
    ck_assert_uint_eq(api_server_version(server), version);
    ck_assert_int_eq(set_config_map("a", "2"), 200);
    ck_assert_uint_eq(api_server_version(server), version + 1);
}
END_TEST

START_TEST(dry_runs_store_nothing)
{
    uint64_t version = api_server_version(server);
    ck_assert_int_eq(
        say("POST", CONFIG_MAPS "?dryRun=All", "{'metadata':{'name':'a'}}"), 201);
    ck_assert_int_eq(say("GET", CONFIG_MAPS "/a", NULL), 404);
    ck_assert_uint_eq(api_server_version(server), version);
    make_config_map("a", "1");
    ck_assert_int_eq(say_merge(CONFIG_MAPS "/a?dryRun=All", "{'data':{'value':'2'}}"),
                     200);
    ck_assert_str_eq(json_str(said, "data", "value"), "2");
    ck_assert_int_eq(say("DELETE", CONFIG_MAPS "/a?dryRun=All", NULL), 200);
    ck_assert_int_eq(say("GET", CONFIG_MAPS "/a", NULL), 200);
    ck_assert_str_eq(json_str(said, "data", "value"), "1");
}
END_TEST

START_TEST(unknown_namespaces_take_nothing)
{
    ck_assert_int_eq(
        say("POST", "/api/v1/namespaces/nope/configmaps", "{'metadata':{'name':'a'}}"),
        404);
    ck_assert_str_eq(said_message(), "namespaces \"nope\" not found");
    ck_assert_int_eq(say("GET", "/api/v1/namespaces/nope/configmaps", NULL), 200);
}
END_TEST

START_TEST(health_and_version_are_served)
{
    ck_assert_int_eq(say("GET", "/healthz", NULL), 200);
    ck_assert_int_eq(say("GET", "/livez", NULL), 200);
    ck_assert_int_eq(say("GET", "/readyz", NULL), 200);
    ck_assert_int_eq(say("GET", "/metrics", NULL), 404);
    ck_assert_int_eq(say("GET", "/version", NULL), 200);
    ck_assert_str_eq(json_str(said, "gitVersion"), "v1.37.2");
    ck_assert_str_eq(json_str(said, "minor"), "37");
}
END_TEST

START_TEST(writes_are_audited)
{
    make_config_map("a", "1");
    struct err err;
    cJSON *record = json_parse(audit_text, strlen(audit_text), &err);
    ck_assert_str_eq(json_str(record, "verb"), "create");
    ck_assert_str_eq(json_str(record, "user", "username"), "admin");
    ck_assert_str_eq(json_str(record, "objectRef", "resource"), "configmaps");
    ck_assert_str_eq(json_str(record, "objectRef", "name"), "a");
    ck_assert_str_eq(json_str(record, "objectRef", "namespace"), "default");
    ck_assert_str_eq(json_str(record, "requestURI"), CONFIG_MAPS);
    ck_assert_int_eq(json_int(record, 0, "responseStatus", "code"), 201);
    ck_assert_uint_eq(strlen(json_str(record, "auditID")), 36);
    json_free(record);
    audit_text[0] = '\0';
    say("GET", CONFIG_MAPS "/a", NULL);
    ck_assert_str_eq(audit_text, "");
}
END_TEST

CHECK_MAIN("server_objects", setup, teardown, create_sets_what_the_server_says,
           create_twice_conflicts, generated_names_end_with_five_characters,
           what_is_not_there_is_not_found, bad_bodies_are_refused,
           large_bodies_are_refused, update_needs_the_version_it_was_read_at,
           metadata_of_the_server_stays, a_write_that_changes_nothing_is_none,
           dry_runs_store_nothing, unknown_namespaces_take_nothing,
           health_and_version_are_served, writes_are_audited)
