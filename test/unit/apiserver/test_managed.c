#include "test/unit/apiserver/apply_play.h"

#define NAMED "'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a'}"
#define REPLICAS(n) "{" NAMED ",'spec':{'replicas':" #n "}}"
#define CONTAINERS(list)                                                               \
    "{" NAMED ",'spec':{'template':{'spec':{'containers':[" list "]}}}}"
#define PATH(below) "{'f:spec':{'f:template':{'f:spec':{'f:containers':" below "}}}}"

static const cJSON *containers(void)
{
    return json_at(object, "spec", "template", "spec", "containers");
}

START_TEST(an_applier_owns_what_it_says)
{
    ck_assert(apply_as("m", false,
                       "{" NAMED ",'spec':{'replicas':2,'selector':{'matchLabels':"
                       "{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}}}}}"));
    expect_owner("m", "Apply",
                 "{'f:spec':{'f:replicas':{},'f:selector':{},"
                 "'f:template':{'f:metadata':{'f:labels':{'f:a':{}}}}}}");
    const cJSON *entry = entry_of("m", "Apply");
    ck_assert_str_eq(json_str(entry, "time"), at);
    ck_assert_str_eq(json_str(entry, "apiVersion"), "apps/v1");
    ck_assert_str_eq(json_str(entry, "fieldsType"), "FieldsV1");
    ck_assert_ptr_null(json_at(entry, "subresource"));
}
END_TEST

START_TEST(a_conflict_names_manager_and_path)
{
    ck_assert(apply_as("one", false, REPLICAS(1)));
    ck_assert(!apply_as("two", false, REPLICAS(2)));
    ck_assert_int_eq(refusal_code(refusal), 409);
    ck_assert_str_eq(json_str(refusal, "reason"), "Conflict");
    expect_refusal(
        "Apply failed with 1 conflict: conflict with \"one\": .spec.replicas");
    expect_json(json_at(refusal, "details", "causes"),
                "[{'reason':'FieldManagerConflict','message':"
                "'conflict with \\'one\\'','field':'.spec.replicas'}]");
}
END_TEST

START_TEST(several_conflicts_are_listed_by_manager)
{
    ck_assert(apply_as("one", false,
                       CONTAINERS("{'name':'agent','image':'a','command':['x']}")));
    update_as("two", "{'spec':{'replicas':3}}");
    ck_assert(!apply_as("me", false,
                        "{" NAMED ",'spec':{'replicas':2,'template':{'spec':"
                        "{'containers':[{'name':'agent','image':'b'}]}}}}"));
    expect_refusal("Apply failed with 2 conflicts: conflicts with \"one\":\n"
                   "- .spec.template.spec.containers[name=\"agent\"].image\n"
                   "conflicts with \"two\" using apps/v1:\n- .spec.replicas");
}
END_TEST

START_TEST(force_takes_from_the_others)
{
    ck_assert(apply_as("one", false, REPLICAS(1)));
    ck_assert(apply_as("two", true, REPLICAS(2)));
    ck_assert_ptr_null(entry_of("one", "Apply"));
    expect_owner("two", "Apply", "{'f:spec':{'f:replicas':{}}}");
    ck_assert_int_eq(json_int(object, 0, "spec", "replicas"), 2);
}
END_TEST

START_TEST(equal_values_are_owned_together)
{
    ck_assert(apply_as("one", false, REPLICAS(1)));
    ck_assert(apply_as("two", false, REPLICAS(1)));
    expect_owner("one", "Apply", "{'f:spec':{'f:replicas':{}}}");
    expect_owner("two", "Apply", "{'f:spec':{'f:replicas':{}}}");
    /* The object did not change, so the second entry knows no time. */
    ck_assert_ptr_null(json_at(entry_of("two", "Apply"), "time"));

    ck_assert(apply_as("one", false, "{" NAMED "}"));
    ck_assert_ptr_null(entry_of("one", "Apply"));
    ck_assert_int_eq(json_int(object, 0, "spec", "replicas"), 1);
    ck_assert(apply_as("two", false, "{" NAMED "}"));
    ck_assert_ptr_null(json_at(object, "spec", "replicas"));
}
END_TEST

START_TEST(what_is_not_applied_again_goes)
{
    ck_assert(apply_as(
        "m", false, CONTAINERS("{'name':'a','image':'x'},{'name':'b','image':'y'}")));
    ck_assert(apply_as("m", false, CONTAINERS("{'name':'b','image':'y'}")));
    expect_json(containers(), "[{'name':'b','image':'y'}]");
    expect_owner("m", "Apply",
                 PATH("{'k:{\\'name\\':\\'b\\'}':{'.':{},'f:image':{},'f:name':{}}}"));
}
END_TEST

START_TEST(an_item_stays_for_a_co_owner)
{
    ck_assert(apply_as("one", false, CONTAINERS("{'name':'a','image':'x'}")));
    ck_assert(apply_as("two", false, CONTAINERS("{'name':'a','tty':true}")));
    ck_assert(apply_as("one", false, "{" NAMED "}"));
    expect_json(containers(), "[{'name':'a','tty':true}]");
    ck_assert(apply_as("two", false, "{" NAMED "}"));
    ck_assert_ptr_null(containers());
}
END_TEST

START_TEST(an_item_goes_with_what_nobody_owns_in_it)
{
    ck_assert(apply_as("one", false, CONTAINERS("{'name':'a','image':'x'}")));
    json_set_str((cJSON *)(uintptr_t)containers()->child, "Always", "imagePullPolicy");
    ck_assert(apply_as("one", false, CONTAINERS("{'name':'b','image':'x'}")));
    expect_json(containers(), "[{'name':'b','image':'x'}]");
}
END_TEST

START_TEST(keys_with_defaults_name_items)
{
    const char *one = CONTAINERS("{'name':'a','ports':[{'containerPort':80}]}");
    ck_assert(apply_as("m", false, one));
    expect_owner("m", "Apply",
                 PATH("{'k:{\\'name\\':\\'a\\'}':{'.':{},'f:name':{},'f:ports':"
                      "{'k:{\\'containerPort\\':80,\\'protocol\\':\\'TCP\\'}':"
                      "{'.':{},'f:containerPort':{}}}}}"));
    ck_assert(apply_as("m", false,
                       CONTAINERS("{'name':'a','ports':[{'containerPort':80},"
                                  "{'containerPort':80,'protocol':'UDP'}]}")));
    ck_assert_uint_eq(json_count(json_at(containers()->child, "ports")), 2);
}
END_TEST

START_TEST(an_item_that_is_there_twice_is_refused)
{
    ck_assert(!apply_as("m", false, CONTAINERS("{'name':'a'},{'name':'a'}")));
    ck_assert_int_eq(refusal_code(refusal), 500);
    expect_refusal(
        "failed to create typed patch object (/a; apps/v1, Kind=Deployment): "
        ".spec.template.spec.containers: duplicate entries for key "
        "[name=\"a\"]");
}
END_TEST

START_TEST(a_field_that_is_not_in_the_schema_is_refused)
{
    ck_assert(!apply_as("m", false, "{" NAMED ",'spec':{'replica':2}}"));
    expect_refusal(
        "failed to create typed patch object (/a; apps/v1, Kind=Deployment): "
        ".spec.replica: field not declared in schema");
}
END_TEST

START_TEST(new_items_come_where_the_intent_has_them)
{
    ck_assert(
        apply_as("m", false, CONTAINERS("{'name':'a'},{'name':'b'},{'name':'c'}")));
    ck_assert(apply_as(
        "m", false, CONTAINERS("{'name':'c'},{'name':'n'},{'name':'a'},{'name':'b'}")));
    expect_json(containers(), "[{'name':'c'},{'name':'n'},{'name':'a'},{'name':'b'}]");
    ck_assert(apply_as("other", false, CONTAINERS("{'name':'z'},{'name':'n'}")));
    expect_json(containers(),
                "[{'name':'c'},{'name':'z'},{'name':'n'},{'name':'a'},{'name':'b'}]");
}
END_TEST

START_TEST(sets_and_atomic_lists)
{
    ck_assert(apply_as("one", false,
                       "{'apiVersion':'apps/v1','kind':'Deployment','metadata':"
                       "{'name':'a','finalizers':['x/a']}}"));
    ck_assert(apply_as("two", false,
                       "{'apiVersion':'apps/v1','kind':'Deployment','metadata':"
                       "{'name':'a','finalizers':['x/b']}}"));
    expect_json(json_at(object, "metadata", "finalizers"), "['x/a','x/b']");
    expect_owner("two", "Apply", "{'f:metadata':{'f:finalizers':{'v:\\'x/b\\'':{}}}}");
    ck_assert(apply_as("one", false, CONTAINERS("{'name':'c','args':['a','b']}")));
    expect_json(json_at(object, "metadata", "finalizers"), "['x/b']");
    ck_assert(!apply_as("two", false, CONTAINERS("{'name':'c','args':['a']}")));
    expect_refusal("Apply failed with 1 conflict: conflict with \"one\": "
                   ".spec.template.spec.containers[name=\"c\"].args");
}
END_TEST

START_TEST(an_apply_that_changes_nothing_gives_an_equal_object)
{
    const char *intent = CONTAINERS("{'name':'a','image':'x'}");
    ck_assert(apply_as("m", false, intent));
    auto_json cJSON *before = json_copy(object);
    at = "2027-01-01T00:00:00Z";
    ck_assert(apply_as("m", false, intent));
    ck_assert(json_equal(before, object));
    ck_assert(apply_as("m", false, CONTAINERS("{'name':'a','image':'y'}")));
    ck_assert_str_eq(json_str(entry_of("m", "Apply"), "time"), at);
}
END_TEST

START_TEST(status_is_written_by_its_own_subresource_only)
{
    ck_assert(apply_as("m", false, REPLICAS(1)));
    ck_assert(apply_as("m", false,
                       "{" NAMED ",'spec':{'replicas':1},'status':{'replicas':5}}"));
    expect_owner("m", "Apply", "{'f:spec':{'f:replicas':{}}}");
    subresource = "status";
    ck_assert(apply_as("m", true,
                       "{" NAMED ",'spec':{'replicas':1},'status':{'replicas':6}}"));
    ck_assert_uint_eq(json_count(json_at(object, "metadata", "managedFields")), 2);
    const cJSON *second = json_at(object, "metadata", "managedFields")->child->next;
    ck_assert_str_eq(json_str(second, "subresource"), "status");
    expect_json(json_at(second, "fieldsV1"), "{'f:status':{'f:replicas':{}}}");
    ck_assert(!apply_as("n", false, "{" NAMED ",'status':{'replicas':7}}"));
    expect_refusal("Apply failed with 1 conflict: conflict with \"m\" with subresource "
                   "\"status\": .status.replicas");
}
END_TEST

START_TEST(what_was_there_before_the_first_apply_has_an_owner)
{
    update_as("someone", "{" NAMED ",'spec':{'replicas':1}}");
    json_remove(object, "metadata", "managedFields");
    ck_assert(!apply_as("m", false, REPLICAS(2)));
    expect_refusal("Apply failed with 1 conflict: conflict with \"before-first-apply\" "
                   "using apps/v1: .spec.replicas");
    ck_assert(apply_as("m", true, REPLICAS(2)));
    expect_owner("m", "Apply", "{'f:spec':{'f:replicas':{}}}");
}
END_TEST

START_TEST(an_intent_must_fit_the_request)
{
    ck_assert(!apply_as("m", false,
                        "{'apiVersion':'apps/v2','kind':'Deployment','metadata':{}}"));
    expect_refusal("invalid object type: apps/v2, Kind=Deployment");
    ck_assert_int_eq(refusal_code(refusal), 400);
    ck_assert(!apply_as("m", false,
                        "{'apiVersion':'apps/v1','kind':'Deployment','metadata':"
                        "{'managedFields':[]}}"));
    expect_refusal("metadata.managedFields must be nil");
}
END_TEST

CHECK_MAIN("managed", setup_play, teardown_play, an_applier_owns_what_it_says,
           a_conflict_names_manager_and_path, several_conflicts_are_listed_by_manager,
           force_takes_from_the_others, equal_values_are_owned_together,
           what_is_not_applied_again_goes, an_item_stays_for_a_co_owner,
           an_item_goes_with_what_nobody_owns_in_it, keys_with_defaults_name_items,
           an_item_that_is_there_twice_is_refused,
           a_field_that_is_not_in_the_schema_is_refused,
           new_items_come_where_the_intent_has_them, sets_and_atomic_lists,
           an_apply_that_changes_nothing_gives_an_equal_object,
           status_is_written_by_its_own_subresource_only,
           what_was_there_before_the_first_apply_has_an_owner,
           an_intent_must_fit_the_request)
