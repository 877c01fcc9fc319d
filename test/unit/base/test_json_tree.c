#include "kubeclient/base/json_tree.h"
#include "test/support/check_main.h"

static struct arena *arena;
static struct err err;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena_free(&arena);
}

static cJSON *read_text(const char *text)
{
    return json_tree_read(arena, text, strlen(text), &err);
}

START_TEST(trees_are_those_of_json_parse)
{
    static const char *const TEXTS[] = {
        "null",
        "true",
        " false ",
        "0",
        "-12",
        "1.5e3",
        "9007199254740993",
        "1e400",
        "\"\"",
        "\"plain\"",
        "\"\\u00e9\\n\\\"\\ud83d\\ude00\"",
        "[]",
        "{}",
        "[1,[2,{\"a\":[]}],\"x\"]",
        "{\"a\":{\"b\":[true,null]},\"c\\u0064\":\"e\",\"a\":2}",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        auto_json cJSON *wanted = json_parse(TEXTS[i], strlen(TEXTS[i]), &err);
        const cJSON *tree = read_text(TEXTS[i]);
        ck_assert_msg(wanted && json_equal(tree, wanted), "%s", TEXTS[i]);
        auto_json cJSON *copy = json_copy(tree);
        ck_assert_msg(json_equal(copy, wanted), "copy of %s", TEXTS[i]);
    }
}
END_TEST

START_TEST(what_is_malformed_is_refused)
{
    static const char *const TEXTS[] = {
        "",        "{",      "[1,]",  "{\"a\"}", "nul",         "01",
        "\"\\x\"", "\"\t\"", "{} {}", "\"a",     "\"\\ud800\"", "{\"\\udc00\":1}",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        err.kind = ERR_NONE;
        ck_assert_msg(!read_text(TEXTS[i]), "%s", TEXTS[i]);
        ck_assert_int_eq(err.kind, ERR_INVALID);
    }
}
END_TEST

START_TEST(nesting_has_a_limit)
{
    char text[1001];
    memset(text, '[', 500);
    memset(text + 500, ']', 500);
    text[1000] = '\0';
    ck_assert_ptr_null(read_text(text));
}
END_TEST

START_TEST(members_are_added_at_the_end)
{
    cJSON *tree = read_text("{\"metadata\":{\"uid\":\"u\"}}");
    json_tree_add_string(arena, tree, "kind", "Pod");
    cJSON *metadata = json_tree_object(arena, tree, "metadata");
    json_tree_add_number(arena, metadata, "generation", 7);
    json_tree_add_string(arena, json_tree_object(arena, tree, "new"), "a", "b");
    struct strbuf text;
    strbuf_init(&text, 1000);
    json_print(&text, tree);
    ck_assert_str_eq(text.text, "{\"metadata\":{\"uid\":\"u\",\"generation\":7},"
                                "\"kind\":\"Pod\",\"new\":{\"a\":\"b\"}}");
    strbuf_fini(&text);
}
END_TEST

CHECK_MAIN("json_tree", setup, teardown, trees_are_those_of_json_parse,
           what_is_malformed_is_refused, nesting_has_a_limit,
           members_are_added_at_the_end)
