#include "kubeclient/base/json.h"
#include "test/support/check_main.h"

static cJSON *parse(const char *text)
{
    struct err err = {0};
    cJSON *tree = json_parse(text, strlen(text), &err);
    ck_assert_msg(tree != NULL, "%s: %s", text, err.msg);
    return tree;
}

static void check_prints(const cJSON *value, const char *wanted)
{
    struct strbuf text;
    strbuf_init(&text, 64 * 1024);
    json_print(&text, value);
    ck_assert_str_eq(text.text, wanted);
    strbuf_fini(&text);
}

START_TEST(paths_read_by_segment)
{
    auto_json cJSON *object =
        parse("{\"a\":{\"b.c/"
              "d\":\"x\",\"n\":7,\"t\":true,\"f\":1.5,\"big\":1e300,\"z\":null}}");
    ck_assert_str_eq(json_str(object, "a", "b.c/d"), "x");
    ck_assert_ptr_null(json_str(object, "a", "n"));
    ck_assert_ptr_null(json_str(object, "a", "b.c/d", "deeper"));
    ck_assert_ptr_null(json_str(NULL, "a"));
    ck_assert_str_eq(json_str_or(object, "none", "A"), "none");
    ck_assert_int_eq(json_int(object, -1, "a", "n"), 7);
    ck_assert_int_eq(json_int(object, -1, "a", "f"), -1);
    ck_assert_int_eq(json_int(object, -1, "a", "big"), -1);
    ck_assert(json_bool(object, false, "a", "t"));
    ck_assert(json_bool(object, true, "a", "n"));
    ck_assert(cJSON_IsNull(json_at(object, "a", "z")));
    ck_assert_uint_eq(json_count(json_at(object, "a")), 6);
    ck_assert_uint_eq(json_count(NULL), 0);
}
END_TEST

START_TEST(building_reads_like_the_object)
{
    auto_json cJSON *object = json_object();
    json_set_str(object, "web", "metadata", "name");
    json_set(object, json_number(3), "spec", "replicas");
    json_set(object, json_number(4), "spec", "replicas");
    json_set_str(object, NULL, "spec", "absent");
    cJSON *list = json_set(object, json_array(), "spec", "list");
    json_push(list, json_string("a"));
    json_push(list, NULL);
    json_push(list, json_boolean(true));
    check_prints(object, "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":4,"
                         "\"list\":[\"a\",true]}}");
    json_remove(object, "spec", "list");
    json_remove(object, "no", "such", "path");
    check_prints(object, "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":4}}");
}
END_TEST

START_TEST(members_are_told_apart_by_case)
{
    auto_json cJSON *object = parse("{\"name\":1}");
    json_set(object, json_number(2), "Name");
    check_prints(object, "{\"name\":1,\"Name\":2}");
    json_remove(object, "NAME");
    ck_assert_int_eq(json_int(object, 0, "name"), 1);
}
END_TEST

START_TEST(items_are_found_by_a_member)
{
    auto_json cJSON *array = parse("[{\"n\":\"a\"},3,{\"n\":\"b\",\"v\":1}]");
    ck_assert_int_eq(json_int(json_find(array, "n", "b"), 0, "v"), 1);
    ck_assert_ptr_null(json_find(array, "n", "c"));
    ck_assert_ptr_null(json_find(NULL, "n", "c"));
}
END_TEST

START_TEST(numbers_print_exactly)
{
    static const char *const SAME[] = {
        "0", "-7", "9007199254740992", "1.5", "0.1", "-0.001", "1e+300"};
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        auto_json cJSON *value = parse(SAME[i]);
        check_prints(value, SAME[i]);
    }
    auto_json cJSON *value = parse("1e3");
    check_prints(value, "1000");
}
END_TEST

START_TEST(the_canonical_form_sorts_members_not_items)
{
    auto_json cJSON *value =
        parse("{ \"b\": [3, 1], \"a\": {\"z\":null, \"y\":\"\\u00e4\"} }");
    struct strbuf text;
    strbuf_init(&text, 1024);
    json_canonical(&text, value);
    ck_assert_str_eq(text.text, "{\"a\":{\"y\":\"\xC3\xA4\",\"z\":null},\"b\":[3,1]}");
    strbuf_fini(&text);
}
END_TEST

START_TEST(bad_text_is_refused)
{
    static const char *const ROWS[] = {"",    "{",    "{\"a\":}", "[1,]",
                                       "1 2", "{} x", "nul",      "\"open"};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct err err = {0};
        ck_assert_msg(json_parse(ROWS[i], strlen(ROWS[i]), &err) == NULL, "%s",
                      ROWS[i]);
        ck_assert_int_eq(err.kind, ERR_INVALID);
        ck_assert_ptr_nonnull(strstr(err.msg, "at byte"));
    }
}
END_TEST

START_TEST(depth_is_bounded)
{
    char text[402];
    for (size_t depth = 200; depth <= 201; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        struct err err = {0};
        cJSON *tree =
            json_parse(text, 2 * depth > sizeof text ? sizeof text : 2 * depth, &err);
        ck_assert((tree != NULL) == (depth == 200));
        json_free(tree);
    }
}
END_TEST

START_TEST(equality_knows_members_from_items)
{
    auto_json cJSON *a = parse("{\"x\":[1,2],\"y\":{\"p\":true,\"q\":\"s\"}}");
    auto_json cJSON *same = parse("{\"y\":{\"q\":\"s\",\"p\":true},\"x\":[1,2]}");
    ck_assert(json_equal(a, same));
    static const char *const OTHERS[] = {
        "{\"x\":[2,1],\"y\":{\"p\":true,\"q\":\"s\"}}",
        "{\"x\":[1],\"y\":{\"p\":true,\"q\":\"s\"}}",
        "{\"x\":[1,2]}",
        "{\"x\":[1,2],\"y\":{\"p\":false,\"q\":\"s\"}}",
        "{\"x\":[1,2],\"y\":{\"p\":true,\"q\":\"t\"}}",
        "{\"x\":[1,2],\"y\":{\"p\":true,\"r\":\"s\"}}",
        "[]"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        auto_json cJSON *other = parse(OTHERS[i]);
        ck_assert_msg(!json_equal(a, other), "%s", OTHERS[i]);
        ck_assert(!json_equal(other, a));
    }
    ck_assert(json_equal(NULL, NULL));
    ck_assert(!json_equal(a, NULL));
}
END_TEST

/* The examples of RFC 7386, appendix A, that have an object as target. */
START_TEST(merge_patches_follow_the_rfc)
{
    static const struct {
        const char *target, *patch, *wanted;
    } ROWS[] = {
        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
        {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
         "{\"a\":{\"b\":\"d\"}}"},
        {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
        {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        auto_json cJSON *target = parse(ROWS[i].target);
        auto_json cJSON *patch = parse(ROWS[i].patch);
        json_merge(target, patch);
        check_prints(target, ROWS[i].wanted);
    }
}
END_TEST

START_TEST(nodes_are_edited_in_place)
{
    auto_json cJSON *tree = parse("{\"a\":[1,2],\"b\":{\"c\":3}}");
    cJSON *list = json_member(tree, "a");
    json_insert(list, 1, json_string("x"));
    json_insert(list, 99, json_take(tree, json_member(tree, "b")));
    check_prints(tree, "{\"a\":[1,\"x\",2,{\"c\":3}]}");
    json_replace(list, list->child, json_take(list, list->child->next));
    check_prints(tree, "{\"a\":[\"x\",2,{\"c\":3}]}");
    json_add(tree, json_number(4), "d");
    json_replace(tree, json_member(tree, "d"), json_take(tree, list));
    check_prints(tree, "{\"d\":[\"x\",2,{\"c\":3}]}");
    ck_assert_ptr_null(json_member(tree, "a"));
    ck_assert_ptr_null(json_member(NULL, "a"));
}
END_TEST

CHECK_MAIN("json", NULL, NULL, paths_read_by_segment, building_reads_like_the_object,
           members_are_told_apart_by_case, items_are_found_by_a_member,
           numbers_print_exactly, the_canonical_form_sorts_members_not_items,
           bad_text_is_refused, depth_is_bounded, equality_knows_members_from_items,
           merge_patches_follow_the_rfc, nodes_are_edited_in_place)
