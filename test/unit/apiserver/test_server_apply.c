#include "test/unit/apiserver/server_play.h"

#define DEPLOYMENTS "/apis/apps/v1/namespaces/default/deployments"
#define DEPLOYMENT                                                                     \
    "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{"     \
    "'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{"       \
    "'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}"

/* The managedFields entry of a manager and subresource ("" for the object). */
static const cJSON *entry_of(const char *manager, const char *subresource)
{
    json_each (entry, json_at(said, "metadata", "managedFields")) {
        if (strcmp(json_str_or(entry, "", "manager"), manager) == 0 &&
            strcmp(json_str_or(entry, "", "subresource"), subresource) == 0)
            return entry;
    }
    return NULL;
}

START_TEST(apply_creates_then_changes)
{
    ck_assert_int_eq(say_apply(DEPLOYMENTS "/d?fieldManager=one", DEPLOYMENT), 201);
    ck_assert_int_eq(json_int(said, 0, "metadata", "generation"), 1);
    const cJSON *entry = entry_of("one", "");
    ck_assert_str_eq(json_str(entry, "operation"), "Apply");
    ck_assert_ptr_nonnull(json_at(entry, "fieldsV1", "f:spec", "f:replicas"));
    uint64_t version = api_server_version(server);
    pass_ms(5000);
    ck_assert_int_eq(say_apply(DEPLOYMENTS "/d?fieldManager=one", DEPLOYMENT), 200);
    ck_assert_uint_eq(api_server_version(server), version);
}
END_TEST

START_TEST(apply_needs_a_manager_and_the_right_object)
{
    ck_assert_int_eq(say_apply(DEPLOYMENTS "/d", DEPLOYMENT), 422);
    ck_assert_str_eq(said_message(), "PatchOptions.meta.k8s.io \"\" is invalid: "
                                     "fieldManager: Required value: is required for "
                                     "apply patch");
    ck_assert_int_eq(say_apply(DEPLOYMENTS "/d?fieldManager=one", "{}"), 400);
    ck_assert_int_eq(say_apply(DEPLOYMENTS "/e?fieldManager=one", DEPLOYMENT), 400);
    ck_assert_int_eq(say_merge(DEPLOYMENTS "/d?fieldManager=one&force=true", "{}"),
                     422);
}
END_TEST

START_TEST(others_fields_conflict_unless_forced)
{
    static const char two[] =
        "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{"
        "'replicas':2}}";
    say_apply(DEPLOYMENTS "/d?fieldManager=one", DEPLOYMENT);
    ck_assert_int_eq(say_apply(DEPLOYMENTS "/d?fieldManager=two", two), 409);
    ck_assert_str_eq(json_str(json_at(said, "details", "causes")->child, "reason"),
                     "FieldManagerConflict");
    ck_assert_int_eq(say_apply(DEPLOYMENTS "/d?fieldManager=two&force=true", two), 200);
    ck_assert_int_eq(json_int(said, 0, "spec", "replicas"), 2);
    ck_assert_int_eq(json_int(said, 0, "metadata", "generation"), 2);
    ck_assert_ptr_nonnull(entry_of("two", ""));
    ck_assert_ptr_null(
        json_at(entry_of("one", ""), "fieldsV1", "f:spec", "f:replicas"));
}
END_TEST

START_TEST(a_version_in_an_intent_is_a_precondition)
{
    say_apply(DEPLOYMENTS "/d?fieldManager=one", DEPLOYMENT);
    ck_assert_int_eq(
        say_apply(DEPLOYMENTS "/d?fieldManager=one",
                  "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d',"
                  "'resourceVersion':'1'}}"),
        409);
    ck_assert_int_eq(
        say_apply(DEPLOYMENTS "/d?fieldManager=one",
                  "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d',"
                  "'uid':'other'}}"),
        422);
}
END_TEST

START_TEST(status_is_applied_apart)
{
    say_apply(DEPLOYMENTS "/d?fieldManager=one", DEPLOYMENT);
    ck_assert_int_eq(
        say_apply(DEPLOYMENTS "/d/status?fieldManager=status",
                  "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},"
                  "'status':{'replicas':1}}"),
        200);
    ck_assert_int_eq(json_int(said, 0, "status", "replicas"), 1);
    ck_assert_ptr_nonnull(entry_of("status", "status"));
    ck_assert_ptr_nonnull(entry_of("one", ""));
    ck_assert_int_eq(json_int(said, 0, "metadata", "generation"), 1);
    ck_assert_int_eq(
        say_apply(DEPLOYMENTS "/gone/status?fieldManager=status",
                  "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':"
                  "'gone'},'status':{'replicas':1}}"),
        404);
}
END_TEST

START_TEST(intents_may_be_yaml)
{
    ck_assert_int_eq(say_apply(CONFIG_MAPS "/a?fieldManager=one",
                               "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
                               "data:\n  value: hello\n"),
                     201);
    ck_assert_str_eq(json_str(said, "data", "value"), "hello");
}
END_TEST

START_TEST(writers_are_named_after_their_agent)
{
    make_config_map("a", "1");
    const cJSON *entry = entry_of("play", "");
    ck_assert_str_eq(json_str(entry, "operation"), "Update");
    ck_assert_str_eq(json_str(entry, "time"), "2026-01-02T03:04:05Z");
    pass_ms(1000);
    say_merge(CONFIG_MAPS "/a?fieldManager=other", "{'data':{'value':'2'}}");
    ck_assert_ptr_nonnull(
        json_at(entry_of("other", ""), "fieldsV1", "f:data", "f:value"));
    ck_assert_ptr_null(json_at(entry_of("play", ""), "fieldsV1", "f:data", "f:value"));
}
END_TEST

START_TEST(patches_come_in_four_forms)
{
    say_apply(DEPLOYMENTS "/d?fieldManager=one", DEPLOYMENT);
    ck_assert_int_eq(say_typed("PATCH", DEPLOYMENTS "/d", "application/json-patch+json",
                               "[{'op':'replace','path':'/spec/replicas','value':3}]"),
                     200);
    ck_assert_int_eq(json_int(said, 0, "spec", "replicas"), 3);
    ck_assert_int_eq(
        say_typed(
            "PATCH", DEPLOYMENTS "/d", "application/strategic-merge-patch+json",
            "{'spec':{'template':{'spec':{'containers':[{'name':'x','image':'j'}]}}"
            "}}"),
        200);
    ck_assert_uint_eq(
        json_count(json_at(said, "spec", "template", "spec", "containers")), 2);
    ck_assert_int_eq(say_typed("PATCH", DEPLOYMENTS "/d", "application/odd", "{}"),
                     415);
    ck_assert_int_eq(say_merge(DEPLOYMENTS "/d", "[]"), 400);
    ck_assert_int_eq(say_typed("PATCH", DEPLOYMENTS "/d", "application/json-patch+json",
                               "[{'op':'test','path':'/spec/replicas','value':9}]"),
                     422);
}
END_TEST

START_TEST(builtin_types_are_defaulted_and_validated)
{
    say_apply(DEPLOYMENTS "/d?fieldManager=one", DEPLOYMENT);
    ck_assert_str_eq(json_str(said, "spec", "template", "spec", "restartPolicy"),
                     "Always");
    ck_assert_int_eq(
        say("POST", DEPLOYMENTS,
            "{'metadata':{'name':'e'},'spec':{'selector':{'matchLabels':{"
            "'a':'b'}},'template':{'metadata':{'labels':{'a':'c'}},'spec':{"
            "'containers':[{'name':'c','image':'i'}]}}}}"),
        422);
    ck_assert_int_eq(say("POST", CONFIG_MAPS "?fieldValidation=Strict",
                         "{'metadata':{'name':'b'},'foo':1}"),
                     400);
    ck_assert_str_eq(said_message(),
                     "ConfigMap in version \"v1\" cannot be handled as a "
                     "ConfigMap: strict decoding error: unknown field "
                     "\"foo\"");
}
END_TEST

CHECK_MAIN("server_apply", setup, teardown, apply_creates_then_changes,
           apply_needs_a_manager_and_the_right_object,
           others_fields_conflict_unless_forced,
           a_version_in_an_intent_is_a_precondition, status_is_applied_apart,
           intents_may_be_yaml, writers_are_named_after_their_agent,
           patches_come_in_four_forms, builtin_types_are_defaulted_and_validated)
