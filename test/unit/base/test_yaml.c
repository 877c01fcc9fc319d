#include "kubeclient/base/alloc.h"
#include "kubeclient/base/yaml.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct yaml_doc *parse(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("f.yaml", text, strlen(text), &err);
    ck_assert_msg(doc != NULL, "%s: %s", text, err.msg);
    return doc;
}

static void check_tree(const char *text, const char *json)
{
    struct yaml_doc *doc = parse(text);
    struct strbuf out;
    strbuf_init(&out, 65536);
    ck_assert_uint_eq(yaml_count(doc), 1);
    json_print(&out, yaml_root(doc, 0));
    ck_assert_str_eq(out.text, json);
    strbuf_fini(&out);
    yaml_close(&doc);
    ck_assert_ptr_null(doc);
}

static void check_refused(const char *text, size_t len, const char *message)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_parse("f.yaml", text, len, &err);
    ck_assert_msg(doc == NULL, "accepted: %s", text);
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_str_eq(err.msg, message);
}

static void check_print(const char *json, const char *yaml)
{
    struct err err = {0};
    auto_json cJSON *tree = json_parse(json, strlen(json), &err);
    ck_assert_msg(tree != NULL, "%s: %s", json, err.msg);
    struct strbuf out;
    strbuf_init(&out, 65536);
    yaml_print(&out, tree);
    if (yaml)
        ck_assert_str_eq(out.text, yaml);
    struct yaml_doc *doc = parse(out.text);
    ck_assert_uint_eq(yaml_count(doc), 1);
    ck_assert_msg(json_equal(tree, yaml_root(doc, 0)), "%s reads back differently",
                  out.text);
    yaml_close(&doc);
    strbuf_fini(&out);
}

START_TEST(types_plain_scalars)
{
    static const struct {
        const char *yaml, *json;
    } cases[] = {
        {"true", "true"},
        {"True", "true"},
        {"FALSE", "false"},
        {"tRue", "\"tRue\""},
        {"yes", "\"yes\""},
        {"on", "\"on\""},
        {"no", "\"no\""},
        {"null", "null"},
        {"~", "null"},
        {"NULL", "null"},
        {"nUll", "\"nUll\""},
        {"0", "0"},
        {"-12", "-12"},
        {"+12", "12"},
        {"-0x1F", "\"-0x1F\""},
        {"0x1F", "31"},
        {"0x", "\"0x\""},
        {"0644", "\"0644\""},
        {"0o17", "\"0o17\""},
        {"1:30", "\"1:30\""},
        {"1_000", "\"1_000\""},
        {"1.5", "1.5"},
        {"-.5", "-0.5"},
        {"1.", "1"},
        {"1e3", "1000"},
        {"1.5E-1", "0.15"},
        {"1e", "\"1e\""},
        {".", "\".\""},
        {"-", "[null]"},
        {"+", "\"+\""},
        {"1.2.3", "\"1.2.3\""},
        {"1.5x", "\"1.5x\""},
        {".e1", "\".e1\""},
        {"2024-01-01", "\"2024-01-01\""},
        {"a b", "\"a b\""},
        {"'1'", "\"1\""},
        {"\"true\"", "\"true\""},
        {"!!str 1", "\"1\""},
        {"! 1", "\"1\""},
        {"!!int \"1\"", "1"},
        {"!!float 1", "1"},
        {"!!bool 'true'", "true"},
        {"!!null ''", "null"},
        {"!!map {}", "{}"},
        {"!!seq []", "[]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_tree(cases[i].yaml, cases[i].json);
}
END_TEST

START_TEST(keeps_integers_exact)
{
    struct yaml_doc *doc = parse("[9007199254740992, -9007199254740991]");
    const cJSON *list = yaml_root(doc, 0);
    ck_assert(list->child->valuedouble == 9007199254740992.0);
    struct strbuf out;
    strbuf_init(&out, 256);
    yaml_print(&out, list);
    ck_assert_str_eq(out.text, "- 9007199254740992\n- -9007199254740991\n");
    strbuf_fini(&out);
    yaml_close(&doc);
}
END_TEST

START_TEST(reads_structures)
{
    check_tree(
        "a:\n  b: [1, {c: d}]\n  e:\n  - f\n  - g: h\n    i:\n",
        "{\"a\":{\"b\":[1,{\"c\":\"d\"}],\"e\":[\"f\",{\"g\":\"h\",\"i\":null}]}}");
    check_tree("t: |\n  one\n   two\nu: >-\n  three\n  four\n",
               "{\"t\":\"one\\n two\\n\",\"u\":\"three four\"}");
    check_tree("1: a\ntrue: b\n? c\n: d\n\"\": e\n",
               "{\"1\":\"a\",\"true\":\"b\",\"c\":\"d\",\"\":\"e\"}");
    check_tree("{\"json\": [true, null, \"\\u00e9\\n\"]}",
               "{\"json\":[true,null,\"\xc3\xa9\\n\"]}");
    check_tree("\xef\xbb\xbf"
               "a: 1 # comment\n",
               "{\"a\":1}");
}
END_TEST

START_TEST(reads_documents)
{
    static const char text[] =
        "# only a comment\n---\n---\na: 1\n--- b\n...\n---\n# none\n"
        "---\n''\n";
    struct yaml_doc *doc = parse(text);
    ck_assert_uint_eq(yaml_count(doc), 3);
    ck_assert_int_eq(json_int(yaml_root(doc, 0), 0, "a"), 1);
    ck_assert_str_eq(yaml_root(doc, 1)->valuestring, "b");
    ck_assert_str_eq(yaml_root(doc, 2)->valuestring, "");
    cJSON *first = yaml_detach(doc, 0);
    ck_assert_uint_eq(yaml_mark(doc, first->child).line, 4);
    yaml_close(&doc);
    ck_assert_int_eq(json_int(first, 0, "a"), 1);
    json_free(first);
    yaml_close(&doc);

    doc = parse("");
    ck_assert_uint_eq(yaml_count(doc), 0);
    ck_assert_uint_eq(yaml_mark(doc, NULL).line, 0);
    yaml_close(&doc);
}
END_TEST

static void check_mark(const struct yaml_doc *doc, const cJSON *value, size_t line,
                       size_t column)
{
    struct yaml_mark mark = yaml_mark(doc, value);
    ck_assert_uint_eq(mark.line, line);
    ck_assert_uint_eq(mark.column, column);
}

START_TEST(knows_places)
{
    struct yaml_doc *doc = parse("a:\n  b: [1, 22]\n  \xc3\xa9: {c: d}\n");
    const cJSON *root = yaml_root(doc, 0);
    check_mark(doc, root, 1, 1);
    check_mark(doc, json_at(root, "a"), 1, 1);
    check_mark(doc, json_at(root, "a", "b"), 2, 3);
    check_mark(doc, json_at(root, "a", "b")->child, 2, 7);
    check_mark(doc, json_at(root, "a", "b")->child->next, 2, 10);
    check_mark(doc, json_at(root, "a", "\xc3\xa9", "c"), 3, 7);
    cJSON foreign = {0};
    check_mark(doc, &foreign, 0, 0);
    yaml_close(&doc);
}
END_TEST

START_TEST(refuses_with_the_place)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a: 1\na: 2\n", "f.yaml:2:1: duplicate key \"a\""},
        {"a: {b: 1, \"b\": 2}", "f.yaml:1:11: duplicate key \"b\""},
        {"[a]: 1\n", "f.yaml:1:1: a key must be a scalar"},
        {"? {a: b}\n: 1\n", "f.yaml:1:3: a key must be a scalar"},
        {"a: &x 1\n", "f.yaml:1:4: anchors are not supported"},
        {"a: &x [1]\n", "f.yaml:1:4: anchors are not supported"},
        {"&x a: 1\n", "f.yaml:1:1: anchors are not supported"},
        {"--- &x\na: 1\n", "f.yaml:1:5: anchors are not supported"},
        {"a: *x\n", "f.yaml:1:4: aliases are not supported"},
        {"*x : 1\n", "f.yaml:1:1: aliases are not supported"},
        {"a: !mine 1\n", "f.yaml:1:4: value does not fit its tag, or unknown tag"},
        {"a: !mine [1]\n", "f.yaml:1:4: value does not fit its tag, or unknown tag"},
        {"!!int x", "f.yaml:1:1: value does not fit its tag, or unknown tag"},
        {"!!binary aGk=", "f.yaml:1:1: value does not fit its tag, or unknown tag"},
        {"!!set {a}", "f.yaml:1:1: value does not fit its tag, or unknown tag"},
        {"a: .inf", "f.yaml:1:4: JSON has no infinity and no NaN"},
        {"a: -.Inf", "f.yaml:1:4: JSON has no infinity and no NaN"},
        {"a: .nan", "f.yaml:1:4: JSON has no infinity and no NaN"},
        {"a: 1e999", "f.yaml:1:4: number too large"},
        {"a: 9007199254740994", "f.yaml:1:4: integer of more than 53 bits: quote it"},
        {"a: \"x\\0y\"", "f.yaml:1:4: NUL character in a string"},
        {"\"x\\0y\": 1", "f.yaml:1:1: NUL character in a key"},
        {"a: [1\n", "f.yaml:2:1: did not find expected ',' or ']'"},
        {"a: b: c\n", "f.yaml:1:5: mapping values are not allowed in this context"},
        {"a:\n\t- b\n", "f.yaml:2:1: found character that cannot start any token"},
        {"a: b\nc: \xff\n", "f.yaml:2:4: invalid leading UTF-8 octet"},
        {"a: \x01\n", "f.yaml:1:4: control characters are not allowed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_refused(cases[i].text, strlen(cases[i].text), cases[i].message);
    check_refused("a: \0", 4, "f.yaml:1:4: control characters are not allowed");
}
END_TEST

START_TEST(limits_the_depth)
{
    char text[203];
    memset(text, '[', 101);
    memset(text + 101, ']', 101);
    text[202] = '\0';
    check_refused(text, 202, "f.yaml:1:101: nested too deeply");
    struct err err;
    struct yaml_doc *doc = yaml_parse("f.yaml", text + 1, 200, &err);
    ck_assert_ptr_nonnull(doc);
    yaml_close(&doc);
}
END_TEST

START_TEST(prints_block_style)
{
    check_print(
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"labels\":{},"
        "\"name\":\"a-b.c\"},\"spec\":{\"containers\":[{\"args\":[\"--x=1\",\"-v\"],"
        "\"env\":[],\"image\":\"r.io/a:1.2\",\"stdin\":true},{\"name\":null}],"
        "\"m\":[[1,-2.5],[],[{}]]}}",
        "apiVersion: v1\n"
        "kind: Pod\n"
        "metadata:\n"
        "  labels: {}\n"
        "  name: a-b.c\n"
        "spec:\n"
        "  containers:\n"
        "  - args:\n"
        "    - --x=1\n"
        "    - -v\n"
        "    env: []\n"
        "    image: r.io/a:1.2\n"
        "    stdin: true\n"
        "  - name: null\n"
        "  m:\n"
        "  - - 1\n"
        "    - -2.5\n"
        "  - []\n"
        "  - - {}\n");
    check_print("\"text\"", "text\n");
    check_print("[]", "[]\n");
    check_print("1e30", "1.0e+30\n");
    check_print("22222222222222222.5", "22222222222222224.0\n");
    check_print("1.5e-30", "1.5e-30\n");
}
END_TEST

/* clang-format off */
static const char *const quoted[] = {
    "", " a", "a ", "true", "No", "null", "~", "12", "-1", "1.5", "1e3", "0x1F", "0644",
    "1:30", "1_000", ".5", ".inf", "-.inf", "+1", "2024-01-01", "a: b", "a:", "a #b", "#a",
    "- a", "-", "---", "--- a", "...", "[a", "{a", "*a", "&a", "!a", "|", ">", "@a", "`a",
    "%a", "'a", "=", "<<", "? a", ": a", ",a", "y", "2024-01-01T00:00:00Z", "10.0.0.1",
};
static const char *const plain[] = {
    "a", "a b", "a:b", "a#b", "100m", "2Gi", "12h", "a,b", "/dev/x", "_x", "-v", "--a=b",
    "\xc3\xa9", "a'b", "http://h:1/p?q=r&s", "yesterday", "nullable",
    "app.kubernetes.io/name", "a{b}[c]", "sha256:0f", };
/* clang-format on */

START_TEST(quotes_what_would_change)
{
    for (size_t i = 0; i < COUNT(quoted) + COUNT(plain); i++) {
        bool wants_quotes = i < COUNT(quoted);
        const char *text = wants_quotes ? quoted[i] : plain[i - COUNT(quoted)];
        auto_json cJSON *tree = json_object();
        struct strbuf json, yaml;
        strbuf_init(&json, 256);
        strbuf_init(&yaml, 256);
        json_set_str(tree, text, text);
        json_print(&json, tree);
        strbuf_addf(&yaml, wants_quotes ? "\"%s\": \"%s\"\n" : "%s: %s\n", text, text);
        check_print(json.text, yaml.text);
        strbuf_fini(&json);
        strbuf_fini(&yaml);
    }
}
END_TEST

START_TEST(escapes_in_quotes)
{
    check_print("\" a\\\"b\\\\ \\t\\n\"", "\" a\\\"b\\\\ \\t\\n\"\n");
    check_print("\"\\u0001\\u007f\\u0085\\u2028\\ufeff\\u00e9 #\"",
                "\"\\u0001\\u007F\\u0085\\u2028\\uFEFF\xc3\xa9 #\"\n");
    check_print("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80\n");
    struct strbuf out;
    strbuf_init(&out, 64);
    auto_json cJSON *broken = json_string("a\xff\xc3"
                                          "b\xe2\x82");
    yaml_print(&out, broken);
    ck_assert_str_eq(out.text, "\"a\xef\xbf\xbd\xef\xbf\xbd"
                               "b\xef\xbf\xbd\xef\xbf\xbd\"\n");
    strbuf_fini(&out);
}
END_TEST

START_TEST(prints_literal_blocks)
{
    check_print(
        "{\"a\":\"one\\n  two\\n\\nthree\\n\",\"b\":[\"x\\ny\",\"x\\n\\n\"],\"c\":1}",
        "a: |\n"
        "  one\n"
        "    two\n"
        "\n"
        "  three\n"
        "b:\n"
        "- |-\n"
        "  x\n"
        "  y\n"
        "- |+\n"
        "  x\n"
        "\n"
        "c: 1\n");
    check_print("\"a\\n---\\n# b\\n\"", "|\n  a\n  ---\n  # b\n");
    check_print("[\"\\n\",\" a\\nb\",\"\\na\"]",
                "- \"\\n\"\n- \" a\\nb\"\n- \"\\na\"\n");
    check_print("{\"a\":\"b\\n   \",\"c\":\"d \\n\\t\\n\"}", NULL);
    check_print("{\"a\":{\"k\":\"b\\r\\nc\"}}", "a:\n  k: \"b\\r\\nc\"\n");
}
END_TEST

START_TEST(prints_long_keys)
{
    static const char *const values[] = {"1", "[1,2]", "{\"a\":\"b\"}", "\"x\\ny\\n\"",
                                         "{}"};
    static const size_t lens[] = {169, 170, 317, 1023, 1024, 1500};
    char json[16384];
    for (size_t i = 0; i < COUNT(values) * COUNT(lens) * 2; i++) {
        /* Plain, and of bytes that grow in quotes. */
        char key[6 * 1500 + 1] = "";
        for (size_t k = 0; k < lens[i / 2 % COUNT(lens)]; k++)
            memcpy(key + strlen(key), i % 2 ? "\\u0001" : "k", i % 2 ? 7 : 2);
        snprintf(json, sizeof(json), "{\"a\":{\"%s\":%s,\"z\":1}}", key,
                 values[i / 2 / COUNT(lens)]);
        check_print(json, NULL);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *tcase = tcase_create("all");
    tcase_add_test(tcase, types_plain_scalars);
    tcase_add_test(tcase, keeps_integers_exact);
    tcase_add_test(tcase, reads_structures);
    tcase_add_test(tcase, reads_documents);
    tcase_add_test(tcase, knows_places);
    tcase_add_test(tcase, refuses_with_the_place);
    tcase_add_test(tcase, limits_the_depth);
    tcase_add_test(tcase, prints_block_style);
    tcase_add_test(tcase, quotes_what_would_change);
    tcase_add_test(tcase, escapes_in_quotes);
    tcase_add_test(tcase, prints_literal_blocks);
    tcase_add_test(tcase, prints_long_keys);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
