#include "test/apiserver/apply/field_set_json.h"
#include "test/unit/apiserver/apply_play.h"

static const struct field_set *set(const char *text)
{
    const struct field_set *read = NULL;
    ck_assert(field_set_read(arena, tree(text), &read));
    return read;
}

static void expect_set(const struct field_set *got, const char *wanted)
{
    struct strbuf left, right;
    strbuf_init(&left, 1 << 16);
    strbuf_init(&right, 1 << 16);
    auto_json cJSON *fields = field_set_json(got);
    json_print(&left, fields);
    json_print(&right, tree(wanted));
    ck_assert_str_eq(left.text, right.text);
    strbuf_fini(&left);
    strbuf_fini(&right);
}

static const char nested[] = "{'f:a':{'.':{},'f:b':{},'f:c':{'f:d':{}}},'f:e':{}}";

START_TEST(what_is_read_is_written_again)
{
    expect_set(set(nested), nested);
    expect_set(set("{}"), "{}");
    ck_assert_ptr_null(set("{}"));
}
END_TEST

START_TEST(elements_have_the_order_of_the_real_server)
{
    const char *sorted =
        "{'f:a':{},'f:b':{},'k:{\\'a\\':1}':{},'k:{\\'a\\':\\'b\\'}':{},"
        "'k:{\\'a\\':\\'b\\',\\'c\\':1}':{},'k:{\\'b\\':1}':{},"
        "'v:2':{},'v:10':{},'v:\\'x\\'':{},'v:false':{},'v:true':{},"
        "'i:2':{},'i:10':{}}";
    expect_set(
        set("{'i:10':{},'v:true':{},'v:\\'x\\'':{},'v:10':{},'k:{\\'b\\':1}':{},"
            "'k:{\\'c\\':1,\\'a\\':\\'b\\'}':{},'f:b':{},'i:2':{},'v:2':{},"
            "'k:{\\'a\\':\\'b\\'}':{},'k:{\\'a\\':1}':{},'v:false':{},'f:a':{}}"),
        sorted);
}
END_TEST

START_TEST(markup_is_escaped_as_go_does)
{
    expect_set(set("{'v:\\'<a>&\\'':{},'f:<a>':{}}"),
               "{'f:<a>':{},'v:\\'\\\\u003ca\\\\u003e\\\\u0026\\'':{}}");
}
END_TEST

START_TEST(unknown_kinds_are_left_out_and_nonsense_is_refused)
{
    const struct field_set *unused;
    expect_set(set("{'x:new':{},'f:a':{}}"), "{'f:a':{}}");
    ck_assert(!field_set_read(arena, tree("{'nonsense':{}}"), &unused));
    ck_assert(!field_set_read(arena, tree("{'k:[]':{}}"), &unused));
    ck_assert(!field_set_read(arena, tree("{'i:x':{}}"), &unused));
    ck_assert(!field_set_read(arena, tree("{'f:a':1}"), &unused));
    ck_assert(!field_set_read(arena, tree("[]"), &unused));
}
END_TEST

START_TEST(elements_that_are_there_twice_are_joined)
{
    expect_set(set("{'f:b':{},'f:a':{'f:x':{}},'f:a':{'f:y':{}}}"),
               "{'f:a':{'f:x':{},'f:y':{}},'f:b':{}}");
}
END_TEST

START_TEST(sets_are_combined)
{
    const struct field_set *a = set(nested);
    const struct field_set *b = set("{'f:a':{'f:b':{},'f:z':{}},'f:e':{'f:g':{}}}");
    expect_set(field_set_union(arena, a, b),
               "{'f:a':{'.':{},'f:b':{},'f:c':{'f:d':{}},'f:z':{}},"
               "'f:e':{'.':{},'f:g':{}}}");
    expect_set(field_set_intersection(arena, a, b), "{'f:a':{'f:b':{}}}");
    expect_set(field_set_difference(arena, a, b),
               "{'f:a':{'.':{},'f:c':{'f:d':{}}},'f:e':{}}");
    expect_set(field_set_difference(arena, b, a),
               "{'f:a':{'f:z':{}},'f:e':{'f:g':{}}}");
    expect_set(field_set_exclude(arena, b, a), "{}");
    expect_set(field_set_exclude(arena, a, set("{'f:a':{'f:c':{}}}")),
               "{'f:a':{'.':{},'f:b':{}},'f:e':{}}");
}
END_TEST

START_TEST(results_share_what_does_not_change)
{
    const struct field_set *a = set(nested);
    ck_assert_ptr_eq(field_set_difference(arena, a, set("{'f:x':{}}")), a);
    ck_assert_ptr_eq(field_set_union(arena, a, set("{'f:e':{}}")), a);
    ck_assert_ptr_eq(field_set_intersection(arena, a, set(nested)), a);
    ck_assert_ptr_null(field_set_difference(arena, a, a));
    ck_assert_ptr_eq(field_set_union(arena, NULL, a), a);
    ck_assert_ptr_null(field_set_intersection(arena, a, NULL));
}
END_TEST

START_TEST(a_part_is_contained)
{
    const struct field_set *a = set(nested);
    ck_assert(field_set_contains(a, set("{'f:a':{'f:c':{'f:d':{}}}}")));
    ck_assert(field_set_contains(a, NULL));
    ck_assert(!field_set_contains(a, set("{'f:a':{'f:c':{}}}")));
    ck_assert(!field_set_contains(NULL, a));
}
END_TEST

CHECK_MAIN("field_set", setup_play, teardown_play, what_is_read_is_written_again,
           elements_have_the_order_of_the_real_server, markup_is_escaped_as_go_does,
           unknown_kinds_are_left_out_and_nonsense_is_refused,
           elements_that_are_there_twice_are_joined, sets_are_combined,
           results_share_what_does_not_change, a_part_is_contained)
