#include "test/apiserver/apply/field_set_json.h"
#include "test/apiserver/apply/typed.h"
#include "test/unit/apiserver/apply_play.h"

static struct field_type custom(const char *spec)
{
    struct err err = {0};
    const char *text =
        arena_printf(arena, "{'type':'object','properties':{'spec':%s}}", spec);
    schema = schema_parse(arena, tree(text), builtin_object_meta(types), &err);
    ck_assert_msg(schema, "%s", err.msg);
    return (struct field_type){.schema = schema};
}

static void expect_set(const struct field_set *got, const char *wanted)
{
    auto_json cJSON *fields = field_set_json(got);
    expect_json(fields, wanted);
}

static void expect_owned(struct field_type type, const char *value, const char *wanted)
{
    const struct field_set *set = NULL;
    struct typed_fault fault = {0};
    bool ok = typed_set(arena, type, tree(value), &set, &fault);
    ck_assert_msg(ok, "%s: %s", fault.path, fault.problem);
    expect_set(set, wanted);
}

static void expect_fault(struct field_type type, const char *value, const char *path,
                         const char *problem)
{
    const struct field_set *set = NULL;
    struct typed_fault fault = {0};
    ck_assert(!typed_set(arena, type, tree(value), &set, &fault));
    ck_assert_str_eq(fault.path, path);
    ck_assert_str_eq(fault.problem, problem);
}

static void expect_merged(struct field_type type, const char *from, const char *applied,
                          const char *wanted)
{
    auto_json cJSON *merged = json_copy(tree(from));
    typed_merge(arena, type, merged, tree(applied));
    expect_json(merged, wanted);
}

#define OPEN "{'type':'object','x-kubernetes-preserve-unknown-fields':true}"
#define MAP_OF_MAPS                                                                    \
    "{'type':'object','additionalProperties':{'type':'object',"                        \
    "'additionalProperties':{'type':'string'}}}"
#define ATOMIC                                                                         \
    "{'type':'object','x-kubernetes-map-type':'atomic',"                               \
    "'additionalProperties':{'type':'string'}}"
#define ITEMS                                                                          \
    "{'type':'array','x-kubernetes-list-type':'map',"                                  \
    "'x-kubernetes-list-map-keys':['a','b'],'items':{'type':'object',"                 \
    "'required':['a','b'],'properties':{'a':{'type':'string'},"                        \
    "'b':{'type':'integer'},'in':{'type':'array','x-kubernetes-list-type':'set',"      \
    "'items':{'type':'string'}}}}}"

START_TEST(what_the_schema_leaves_open_is_deduced)
{
    expect_owned(custom(OPEN), "{'spec':{'a':{'b':1},'c':[1,{'d':2}],'e':{},'f':null}}",
                 "{'f:spec':{'f:a':{'.':{},'f:b':{}},'f:c':{},'f:e':{},'f:f':{}}}");
}
END_TEST

START_TEST(entries_of_maps_are_owned_themselves)
{
    expect_owned(custom(MAP_OF_MAPS), "{'spec':{'a':{'x':'1'},'b':{}}}",
                 "{'f:spec':{'f:a':{'.':{},'f:x':{}},'f:b':{}}}");
    expect_owned(custom(ATOMIC), "{'spec':{'a':'1'}}", "{'f:spec':{}}");
}
END_TEST

START_TEST(several_keys_name_an_item)
{
    expect_owned(custom(ITEMS), "{'spec':[{'b':1,'a':'x','in':['p','q']}]}",
                 "{'f:spec':{'k:{\\'a\\':\\'x\\',\\'b\\':1}':{'.':{},'f:a':{},'f:b':{},"
                 "'f:in':{'v:\\'p\\'':{},'v:\\'q\\'':{}}}}}");
    expect_owned(custom(ITEMS), "{'spec':[]}", "{}");
}
END_TEST

START_TEST(faults_are_told_with_their_place)
{
    expect_fault(custom(ITEMS), "{'spec':[{'a':'x','b':1,'z':1}]}",
                 ".spec[a=\"x\",b=1].z", "field not declared in schema");
    expect_fault(custom(ITEMS), "{'spec':[{'a':'x','b':'1'}]}",
                 ".spec[a=\"x\",b=\"1\"].b", "expected numeric (int or float)");
    expect_fault(custom(ITEMS), "{'spec':[{'a':'x','b':1},{'a':'x','b':1}]}", ".spec",
                 "duplicate entries for key [a=\"x\",b=1]");
    expect_fault(custom(ITEMS), "{'spec':{}}", ".spec", "expected list");
    expect_fault(custom(ATOMIC), "{'spec':{'a':1}}", ".spec.a", "expected string");
}
END_TEST

START_TEST(values_merge_as_their_schema_says)
{
    expect_merged(custom(OPEN), "{'spec':{'a':{'b':1},'c':[1]}}",
                  "{'spec':{'a':{'d':2},'c':[2]}}",
                  "{'spec':{'a':{'b':1,'d':2},'c':[2]}}");
    expect_merged(custom(ATOMIC), "{'spec':{'a':'1'}}", "{'spec':{'b':'2'}}",
                  "{'spec':{'b':'2'}}");
    expect_merged(custom(OPEN), "{'spec':{'a':{'b':1}}}", "{'spec':{'a':[1]}}",
                  "{'spec':{'a':[1]}}");
    expect_merged(custom(MAP_OF_MAPS), "{'spec':{'a':{'x':'1'}}}",
                  "{'spec':{'a':null}}", "{'spec':{'a':{'x':'1'}}}");
}
END_TEST

START_TEST(differences_are_added_changed_or_removed)
{
    struct field_type type = custom(OPEN);
    struct typed_difference difference =
        typed_compare(arena, type, tree("{'spec':{'a':1,'b':{'c':1},'d':{},'e':1}}"),
                      tree("{'spec':{'a':2,'b':{},'f':{'g':1},'e':1}}"));
    expect_set(difference.written, "{'f:spec':{'f:a':{},'f:f':{'.':{},'f:g':{}}}}");
    expect_set(difference.removed, "{'f:spec':{'f:b':{'f:c':{}},'f:d':{}}}");
}
END_TEST

START_TEST(what_loses_all_becomes_null)
{
    struct field_type type = custom(OPEN);
    const struct field_set *gone = NULL;
    ck_assert(field_set_read(
        arena, tree("{'f:spec':{'f:a':{'f:b':{}},'f:c':{'f:x':{}},'f:d':{}}}"), &gone));
    auto_json cJSON *value =
        json_copy(tree("{'spec':{'a':{'b':1},'c':[1],'d':1,'e':1}}"));
    typed_remove(arena, type, value, gone);
    expect_json(value, "{'spec':{'a':null,'c':null,'e':1}}");
}
END_TEST

CHECK_MAIN("typed", setup_play, teardown_play, what_the_schema_leaves_open_is_deduced,
           entries_of_maps_are_owned_themselves, several_keys_name_an_item,
           faults_are_told_with_their_place, values_merge_as_their_schema_says,
           differences_are_added_changed_or_removed, what_loses_all_becomes_null)
