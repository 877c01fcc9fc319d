#include "test/unit/apiserver/apply_play.h"

#define POD(spec) "{'spec':{'template':{'spec':" spec "}}}"
#define TWO "{'containers':[{'name':'a','image':'x'},{'name':'b','image':'y'}]}"

static void expect_patched(const char *from, const char *patch, const char *wanted)
{
    cJSON *patched = patch_strategic(schema, tree(from), tree(patch), &refusal);
    ck_assert_msg(patched, "%s: %s", patch, json_str(refusal, "message"));
    expect_json(patched, wanted);
    json_free(patched);
}

static void expect_refused(const char *from, const char *patch, int code)
{
    ck_assert_ptr_null(patch_strategic(schema, tree(from), tree(patch), &refusal));
    ck_assert_int_eq(refusal_code(refusal), code);
    json_free(refusal);
    refusal = NULL;
}

START_TEST(maps_merge_and_null_removes)
{
    expect_patched("{'metadata':{'labels':{'a':'1','b':'2'}}}",
                   "{'metadata':{'labels':{'a':null,'c':'3','d':null}}}",
                   "{'metadata':{'labels':{'b':'2','c':'3'}}}");
    expect_patched("{}", "{'metadata':{'labels':{'a':null,'b':'1'}}}",
                   "{'metadata':{'labels':{'b':'1'}}}");
    expect_patched("{'spec':{'replicas':1}}", "{'spec':{'replicas':2}}",
                   "{'spec':{'replicas':2}}");
}
END_TEST

START_TEST(lists_merge_by_their_key)
{
    expect_patched(POD(TWO), POD("{'containers':[{'name':'b','image':'z'}]}"),
                   POD("{'containers':[{'name':'a','image':'x'},"
                       "{'name':'b','image':'z'}]}"));
    expect_patched(POD(TWO), POD("{'containers':[{'name':'n'}]}"),
                   POD("{'containers':[{'name':'n'},{'name':'a','image':'x'},"
                       "{'name':'b','image':'y'}]}"));
    expect_patched(POD(TWO), POD("{'containers':[{'name':'a','$patch':'delete'}]}"),
                   POD("{'containers':[{'name':'b','image':'y'}]}"));
    expect_patched(POD(TWO), POD("{'containers':[{'$patch':'replace'},{'name':'n'}]}"),
                   POD("{'containers':[{'name':'n'}]}"));
    expect_refused(POD(TWO), POD("{'containers':[{'image':'n'}]}"), 500);
}
END_TEST

START_TEST(other_lists_are_replaced)
{
    expect_patched(POD("{'tolerations':[{'key':'a'}]}"),
                   POD("{'tolerations':[{'key':'b'}]}"),
                   POD("{'tolerations':[{'key':'b'}]}"));
}
END_TEST

START_TEST(lists_of_scalars)
{
    const char *from = "{'metadata':{'finalizers':['x/a','x/b']}}";
    expect_patched(from, "{'metadata':{'finalizers':['x/c','x/a']}}",
                   "{'metadata':{'finalizers':['x/c','x/a','x/b']}}");
    expect_patched(from, "{'metadata':{'$deleteFromPrimitiveList/finalizers':['x/a']}}",
                   "{'metadata':{'finalizers':['x/b']}}");
    expect_patched(from, "{'metadata':{'$setElementOrder/finalizers':['x/b','x/a']}}",
                   "{'metadata':{'finalizers':['x/b','x/a']}}");
}
END_TEST

START_TEST(the_order_can_be_said)
{
    expect_patched(POD(TWO),
                   POD("{'$setElementOrder/containers':[{'name':'b'},{'name':'n'},"
                       "{'name':'a'}],'containers':[{'name':'n'}]}"),
                   POD("{'containers':[{'name':'b','image':'y'},{'name':'n'},"
                       "{'name':'a','image':'x'}]}"));
    expect_patched(POD("{'containers':[{'name':'s'},{'name':'a'},{'name':'b'}]}"),
                   POD("{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}"),
                   POD("{'containers':[{'name':'s'},{'name':'b'},{'name':'a'}]}"));
    expect_patched(POD("{}"),
                   POD("{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],"
                       "'containers':[{'name':'b'},{'name':'a'}]}"),
                   POD("{'containers':[{'name':'b'},{'name':'a'}]}"));
    expect_refused(POD("{}"),
                   POD("{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],"
                       "'containers':[{'name':'a'},{'name':'b'}]}"),
                   500);
}
END_TEST

START_TEST(keys_can_be_retained)
{
    const char *from = "{'spec':{'strategy':{'type':'RollingUpdate',"
                       "'rollingUpdate':{'maxSurge':1}}}}";
    expect_patched(from,
                   "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}",
                   "{'spec':{'strategy':{'type':'Recreate'}}}");
    expect_refused(from, "{'spec':{'strategy':{'$retainKeys':['a'],'type':'x'}}}", 400);
    expect_refused(from, "{'spec':{'strategy':{'$retainKeys':1}}}", 400);
}
END_TEST

START_TEST(maps_can_be_replaced_and_emptied)
{
    expect_patched("{'metadata':{'labels':{'a':'1'}}}",
                   "{'metadata':{'labels':{'$patch':'replace','b':'2'}}}",
                   "{'metadata':{'labels':{'b':'2'}}}");
    expect_patched("{'metadata':{'labels':{'a':'1'}}}",
                   "{'metadata':{'labels':{'$patch':'delete'}}}",
                   "{'metadata':{'labels':{}}}");
    expect_refused("{'metadata':{'labels':{'a':'1'}}}",
                   "{'metadata':{'labels':{'$patch':'zap'}}}", 500);
    expect_refused("{}", "[]", 400);
}
END_TEST

CHECK_MAIN("patch_strategic", setup_play, teardown_play, maps_merge_and_null_removes,
           lists_merge_by_their_key, other_lists_are_replaced, lists_of_scalars,
           the_order_can_be_said, keys_can_be_retained,
           maps_can_be_replaced_and_emptied)
