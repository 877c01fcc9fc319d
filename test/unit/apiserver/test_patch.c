#include "test/unit/apiserver/apply_play.h"

static void expect_patched(const char *from, const char *operations, const char *wanted)
{
    cJSON *patched = patch_json(tree(from), tree(operations), &refusal);
    ck_assert_msg(patched, "%s", operations);
    expect_json(patched, wanted);
    json_free(patched);
}

static void expect_refused(const char *from, const char *operations, int code)
{
    ck_assert_ptr_null(patch_json(tree(from), tree(operations), &refusal));
    ck_assert_int_eq(refusal_code(refusal), code);
    json_free(refusal);
    refusal = NULL;
}

START_TEST(every_operation)
{
    expect_patched("{'a':1}", "[{'op':'add','path':'/b','value':{'c':2}}]",
                   "{'a':1,'b':{'c':2}}");
    expect_patched("{'a':1}", "[{'op':'add','path':'/a','value':2}]", "{'a':2}");
    expect_patched("{'a':1,'b':2}", "[{'op':'remove','path':'/a'}]", "{'b':2}");
    expect_patched("{'a':1}", "[{'op':'replace','path':'/a','value':[]}]", "{'a':[]}");
    expect_patched("{'a':{'b':1},'c':{}}",
                   "[{'op':'move','from':'/a/b','path':'/c/d'}]",
                   "{'a':{},'c':{'d':1}}");
    expect_patched("{'a':{'b':1}}", "[{'op':'copy','from':'/a','path':'/c'}]",
                   "{'a':{'b':1},'c':{'b':1}}");
    expect_patched("{'a':{'b':1}}", "[{'op':'test','path':'/a','value':{'b':1}}]",
                   "{'a':{'b':1}}");
}
END_TEST

START_TEST(arrays)
{
    expect_patched("{'a':[1,2]}", "[{'op':'add','path':'/a/-','value':3}]",
                   "{'a':[1,2,3]}");
    expect_patched("{'a':[1,2]}", "[{'op':'add','path':'/a/0','value':3}]",
                   "{'a':[3,1,2]}");
    expect_patched("{'a':[1,2]}", "[{'op':'add','path':'/a/2','value':3}]",
                   "{'a':[1,2,3]}");
    expect_patched("{'a':[1,2]}", "[{'op':'remove','path':'/a/-1'}]", "{'a':[1]}");
    expect_patched("{'a':[1,2]}", "[{'op':'add','path':'/a/-1','value':3}]",
                   "{'a':[1,2,3]}");
    expect_patched("{'a':[{'b':1}]}", "[{'op':'replace','path':'/a/0/b','value':2}]",
                   "{'a':[{'b':2}]}");
    expect_refused("{'a':[1]}", "[{'op':'add','path':'/a/2','value':3}]", 422);
    expect_refused("{'a':[1]}", "[{'op':'remove','path':'/a/1'}]", 422);
    expect_refused("{'a':[1]}", "[{'op':'replace','path':'/a/x','value':3}]", 422);
}
END_TEST

START_TEST(pointers_are_escaped)
{
    expect_patched("{'a/b':1,'m~n':2}",
                   "[{'op':'remove','path':'/a~1b'},{'op':'remove','path':'/m~0n'}]",
                   "{}");
    expect_patched("{'~1':1}", "[{'op':'remove','path':'/~01'}]", "{}");
    expect_patched("{}", "[{'op':'add','path':'/','value':1}]", "{'':1}");
}
END_TEST

START_TEST(as_lenient_as_the_real_library)
{
    expect_patched("{}", "[{'op':'replace','path':'/a','value':1}]", "{'a':1}");
    expect_patched("{}", "[{'op':'test','path':'/a','value':null}]", "{}");
    expect_patched("{'a':1}", "[{'op':'replace','path':'','value':{'b':2}}]",
                   "{'b':2}");
    expect_patched("{}", "[]", "{}");
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    expect_refused("{}", "[{'op':'remove','path':'/a'}]", 422);
    expect_refused("{'a':1}", "[{'op':'test','path':'/a','value':2}]", 422);
    expect_refused("{'a':1}", "[{'op':'add','path':'/a/b','value':2}]", 422);
    expect_refused("{}", "[{'op':'move','from':'/a','path':'/b'}]", 422);
    expect_refused("{}", "[{'op':'zap','path':'/b'}]", 422);
    expect_refused("{}", "[{'op':'add'}]", 422);
    expect_refused("{}", "{'op':'add'}", 400);
    expect_refused("{}", "[1]", 400);
    expect_refused("{}", "[{'op':1}]", 400);
    ck_assert_ptr_null(patch_json(tree("{}"), tree("[{'op':'remove'}]"), &refusal));
    expect_refusal("the server rejected our request due to an error in our request");
}
END_TEST

START_TEST(copies_may_not_explode)
{
    struct strbuf operations;
    strbuf_init(&operations, 1 << 20);
    strbuf_adds(&operations, "[");
    for (int i = 0; i < 30; i++)
        strbuf_addf(&operations, "%s{'op':'copy','from':'/a','path':'/a/x%d'}",
                    i ? "," : "", i);
    strbuf_adds(&operations, "]");
    expect_refused("{'a':{'b':'cccccccccccccccccccc'}}", operations.text, 422);
    strbuf_fini(&operations);
}
END_TEST

CHECK_MAIN("patch", setup_play, teardown_play, every_operation, arrays,
           pointers_are_escaped, as_lenient_as_the_real_library,
           what_does_not_fit_is_refused, copies_may_not_explode)
