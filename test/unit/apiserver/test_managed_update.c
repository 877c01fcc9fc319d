#include "test/unit/apiserver/apply_play.h"

#define NAMED "'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a'}"
#define LAST "kubectl.kubernetes.io/last-applied-configuration"

START_TEST(a_creator_owns_what_it_made)
{
    update_as("m",
              "{" NAMED ",'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},"
              "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':"
              "[{'name':'c'}],'volumes':[{'name':'v'}],'securityContext':{}}},"
              "'strategy':{'type':'Recreate','rollingUpdate':{'maxSurge':1}}}}");
    /* What Go's struct holds also when it is empty is not itself owned. */
    expect_owner(
        "m", "Update",
        "{'f:spec':{'f:replicas':{},'f:selector':{},"
        "'f:strategy':{'f:rollingUpdate':{'.':{},'f:maxSurge':{}},'f:type':{}},"
        "'f:template':{'f:metadata':{'f:labels':{'.':{},'f:a':{}}},'f:spec':{"
        "'f:containers':{'k:{\\'name\\':\\'c\\'}':{'.':{},'f:name':{}}},"
        "'f:securityContext':{},"
        "'f:volumes':{'.':{},'k:{\\'name\\':\\'v\\'}':{'.':{},'f:name':{}}}}}}}");
}
END_TEST

START_TEST(a_change_moves_ownership)
{
    ck_assert(
        apply_as("one", false, "{" NAMED ",'spec':{'replicas':1,'paused':true}}"));
    at = "2026-02-02T02:02:02Z";
    update_as("two", "{'spec':{'replicas':2}}");
    expect_owner("one", "Apply", "{'f:spec':{'f:paused':{}}}");
    expect_owner("two", "Update", "{'f:spec':{'f:replicas':{}}}");
    ck_assert_str_eq(json_str(entry_of("two", "Update"), "time"), at);
    ck_assert_str_eq(json_str(entry_of("one", "Apply"), "time"),
                     "2026-01-02T03:04:05Z");
    update_as("three", "{'spec':{'paused':null}}");
    ck_assert_ptr_null(entry_of("one", "Apply"));
    ck_assert_ptr_null(entry_of("three", "Update"));
}
END_TEST

START_TEST(a_write_that_changes_nothing_changes_nothing)
{
    update_as("one", "{" NAMED ",'spec':{'replicas':1}}");
    auto_json cJSON *before = json_copy(object);
    at = "2026-02-02T02:02:02Z";
    update_as("two", "{'spec':{'replicas':1}}");
    ck_assert(json_equal(object, before));
}
END_TEST

START_TEST(ownership_can_be_forgotten)
{
    update_as("one", "{" NAMED ",'spec':{'replicas':1}}");
    update_as("one", "{'metadata':{'managedFields':[{}]}}");
    ck_assert_ptr_null(json_at(object, "metadata", "managedFields"));
    /* It begins again with the next apply only. */
    update_as("one", "{'spec':{'replicas':2}}");
    ck_assert_ptr_null(json_at(object, "metadata", "managedFields"));
}
END_TEST

START_TEST(a_client_may_write_the_entries)
{
    update_as("one", "{" NAMED ",'spec':{'replicas':1}}");
    update_as("one", "{'metadata':{'managedFields':[{'manager':'x','operation':'Apply',"
                     "'apiVersion':'apps/v1','fieldsType':'FieldsV1',"
                     "'fieldsV1':{'f:spec':{'f:replicas':{}}}}]}}");
    ck_assert_ptr_null(entry_of("one", "Update"));
    expect_owner("x", "Apply", "{'f:spec':{'f:replicas':{}}}");
    /* Entries that cannot be read are as if they had not been sent. */
    update_as("one", "{'metadata':{'managedFields':[{'manager':'y'}]}}");
    expect_owner("x", "Apply", "{'f:spec':{'f:replicas':{}}}");
}
END_TEST

START_TEST(a_subresource_may_not_write_the_entries)
{
    update_as("one", "{" NAMED ",'spec':{'replicas':1},'status':{}}");
    subresource = "status";
    update_as("two", "{'metadata':{'managedFields':[{}]},'status':{'replicas':1}}");
    expect_owner("one", "Update", "{'f:spec':{'f:replicas':{}}}");
    expect_owner("two", "Update", "{'f:status':{'f:replicas':{}}}");
    ck_assert_str_eq(json_str(entry_of("two", "Update"), "subresource"), "status");
}
END_TEST

static size_t count_entries(void)
{
    return json_count(json_at(object, "metadata", "managedFields"));
}

START_TEST(ten_writers_are_kept_apart)
{
    update_as("m00", "{" NAMED ",'spec':{'replicas':1}}");
    for (int i = 0; i < 14; i++) {
        at = arena_printf(arena, "2026-01-02T03:04:%02dZ", i);
        update_as(arena_printf(arena, "m%02d", i),
                  arena_printf(arena, "{'metadata':{'labels':{'l%02d':'x'}}}", i));
    }
    ck_assert_uint_eq(count_entries(), 10);
    ck_assert_ptr_null(entry_of("m00", "Update"));
    ck_assert_ptr_null(entry_of("m04", "Update"));
    ck_assert_ptr_nonnull(entry_of("m05", "Update"));
    expect_owner("ancient-changes", "Update",
                 "{'f:metadata':{'f:labels':{'.':{},'f:l00':{},'f:l01':{},'f:l02':{},"
                 "'f:l03':{},'f:l04':{}}},'f:spec':{'f:replicas':{}}}");
    ck_assert_str_eq(json_str(entry_of("ancient-changes", "Update"), "time"),
                     "2026-01-02T03:04:04Z");
}
END_TEST

START_TEST(items_that_are_there_twice_are_one)
{
    update_as("one", "{" NAMED ",'spec':{'template':{'spec':{'containers':[{'name':'c',"
                     "'env':[{'name':'E','value':'1'},{'name':'E','value':'2'}]}]}}}}");
    expect_owner("one", "Update",
                 "{'f:spec':{'f:template':{'f:spec':{'f:containers':"
                 "{'k:{\\'name\\':\\'c\\'}':{'.':{},'f:env':{'.':{},"
                 "'k:{\\'name\\':\\'E\\'}':{}},'f:name':{}}}}}}}");
}
END_TEST

START_TEST(kubectl_may_take_over_what_it_applied_before)
{
    const char *applied = "{\\'apiVersion\\':\\'apps/v1\\',\\'kind\\':\\'Deployment\\',"
                          "\\'spec\\':{\\'replicas\\':1}}";
    update_as("kubectl-client-side-apply",
              arena_printf(arena,
                           "{'apiVersion':'apps/v1','kind':'Deployment','metadata':"
                           "{'name':'a','annotations':{'" LAST "':'%s'}},"
                           "'spec':{'replicas':1}}",
                           applied));
    const char *intent = "{" NAMED ",'spec':{'replicas':3}}";
    ck_assert(!apply_as("other", false, intent));
    ck_assert(apply_as("kubectl", false, intent));
    expect_owner("kubectl", "Apply", "{'f:spec':{'f:replicas':{}}}");
    ck_assert_str_eq(json_str(object, "metadata", "annotations", LAST),
                     "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                     "\"metadata\":{\"name\":\"a\"},\"spec\":{\"replicas\":3}}\n");
    /* Not what somebody else has changed since. */
    update_as("other", "{'spec':{'replicas':4}}");
    ck_assert(!apply_as("kubectl", false, intent));
}
END_TEST

CHECK_MAIN("managed_update", setup_play, teardown_play, a_creator_owns_what_it_made,
           a_change_moves_ownership, a_write_that_changes_nothing_changes_nothing,
           ownership_can_be_forgotten, a_client_may_write_the_entries,
           a_subresource_may_not_write_the_entries, ten_writers_are_kept_apart,
           items_that_are_there_twice_are_one,
           kubectl_may_take_over_what_it_applied_before)
