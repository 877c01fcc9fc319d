#include "kubeclient/base/json_text.h"
#include "kubeclient/base/json_unescape.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define EVERYTHING PATHS("**")
#define OUT_MAX 4096

static bool project_bytes(const char *const *paths, const char *text, size_t len,
                          struct strbuf *out, struct err *err)
{
    /* An exact copy, so that the sanitizers see a read past the end. */
    char *exact = malloc(len ? len : 1);
    memcpy(exact, text, len);
    struct json_projection *projection = json_projection_new(paths);
    bool ok = json_project(projection, exact, len, out, err);
    json_projection_free(&projection);
    free(exact);
    ck_assert_ptr_null(projection);
    return ok;
}

static void check_project(const char *const *paths, const char *text,
                          const char *wanted)
{
    struct strbuf out;
    struct err err = {0};
    strbuf_init(&out, OUT_MAX);
    ck_assert_msg(project_bytes(paths, text, strlen(text), &out, &err), "%s: %s", text,
                  err.msg);
    ck_assert_str_eq(out.text, wanted);
    strbuf_fini(&out);
}

static void check_refused(const char *text, size_t len, size_t byte, const char *why)
{
    struct strbuf out;
    struct err err = {0};
    char wanted[128];
    strbuf_init(&out, OUT_MAX);
    ck_assert_msg(!project_bytes(EVERYTHING, text, len, &out, &err), "accepted: %s",
                  text);
    snprintf(wanted, sizeof(wanted), "JSON, byte %zu: %s", byte, why);
    ck_assert_str_eq(err.msg, wanted);
    ck_assert_int_eq(err.kind, ERR_INVALID);
    strbuf_fini(&out);
}

static void check_get(const char *text, const char *const *path, const char *wanted)
{
    struct json_slice slice = json_text_get(text, strlen(text), path);
    if (!wanted) {
        ck_assert_ptr_null(slice.start);
        ck_assert_uint_eq(slice.len, 0);
        return;
    }
    ck_assert_ptr_nonnull(slice.start);
    ck_assert_uint_eq(slice.len, strlen(wanted));
    ck_assert_mem_eq(slice.start, wanted, slice.len);
}

START_TEST(keeps_valid_values_whole)
{
    static const char *const values[] = {
        "{}",
        "[]",
        "\"\"",
        "0",
        "-0",
        "12",
        "-1.5",
        "1e9",
        "1.25E-10",
        "0.0",
        "true",
        "false",
        "null",
        "[1,2,3]",
        "{\"a\":{\"b\":[{}]}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\"",
        "\"plain text of more than eight bytes \xc3\xa9 \x7f\"",
        "{\"\":[null]}",
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        check_project(EVERYTHING, values[i], values[i]);
}
END_TEST

START_TEST(hides_values_whose_names_are_kept)
{
    check_project(PATHS("metadata name", "data * !"),
                  "{\"metadata\":{\"name\":\"s\"},\"data\":{\"token\":\"c2VjcmV0\","
                  "\"deep\":{\"a\":[1]}},\"type\":\"Opaque\"}",
                  "{\"metadata\":{\"name\":\"s\"},\"data\":{\"token\":null,"
                  "\"deep\":null}}");
    check_project(PATHS("a !"), "{\"a\": [1, 2]}", "{\"a\":null}");
    check_project(PATHS("a * !", "a b"), "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":null}}");
}
END_TEST

START_TEST(drops_insignificant_space_only)
{
    check_project(EVERYTHING,
                  " \t\r\n{ \"a b\" : [ 1 , \" x \\\" y \" ] , \"c\" : { } } \n",
                  "{\"a b\":[1,\" x \\\" y \"],\"c\":{}}");
    check_project(EVERYTHING, "[ ]", "[]");
    check_project(PATHS("a"), "{ \"a\" : { \"b\" : 1 } , \"c\" : 2 }",
                  "{\"a\":{\"b\":1}}");
}
END_TEST

static const struct {
    const char *text;
    size_t byte;
    const char *why;
} bad[] = {
    {"", 0, "text ends early"},
    {"  ", 2, "text ends early"},
    {"{", 1, "text ends early"},
    {"[1", 2, "text ends early"},
    {"[1,", 3, "text ends early"},
    {"{\"a\":", 5, "text ends early"},
    {"{} x", 3, "text goes on after the value"},
    {"1 2", 2, "text goes on after the value"},
    {"01", 1, "text goes on after the value"},
    {"-", 1, "text ends early"},
    {"1.", 2, "text ends early"},
    {"1.e5", 2, "digit expected"},
    {"1e", 2, "text ends early"},
    {"1e+", 3, "text ends early"},
    {"+1", 0, "value expected"},
    {".5", 0, "value expected"},
    {"tru", 0, "value expected"},
    {"nulL", 0, "value expected"},
    {"NaN", 0, "value expected"},
    {"'a'", 0, "value expected"},
    {"[1,]", 3, "value expected"},
    {"[,1]", 1, "value expected"},
    {"[1 2]", 3, "comma or closing bracket expected"},
    {"[1}", 2, "comma or closing bracket expected"},
    {"{\"a\":1]", 6, "comma or closing bracket expected"},
    {"{\"a\":1,}", 7, "member name expected"},
    {"{a:1}", 1, "member name expected"},
    {"{1:1}", 1, "member name expected"},
    {"{\"a\" 1}", 5, "colon expected"},
    {"{\"a\"}", 4, "colon expected"},
    {"\"a", 2, "text ends early"},
    {"\"eight bytes and more", 21, "text ends early"},
    {"\"a\nb\"", 2, "control character in a string"},
    {"\"eight bytes and \x01\"", 17, "control character in a string"},
    {"\"\\x\"", 1, "bad escape in a string"},
    {"\"\\", 1, "bad escape in a string"},
    {"\"\\u12\"", 1, "bad escape in a string"},
    {"\"\\u12g4\"", 1, "bad escape in a string"},
    {"{\"\\q\":1}", 2, "bad escape in a string"},
    {"\xef\xbb\xbf{}", 0, "value expected"},
};

START_TEST(refuses_with_the_place)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        check_refused(bad[i].text, strlen(bad[i].text), bad[i].byte, bad[i].why);
    check_refused("\"a\0b\"", 5, 2, "control character in a string");
    check_refused("{}\0", 3, 2, "text goes on after the value");
}
END_TEST

START_TEST(refuses_in_what_is_dropped_too)
{
    struct strbuf out;
    struct err err = {0};
    static const char text[] = "{\"a\":1,\"b\":{\"c\":[tru]}}";
    strbuf_init(&out, OUT_MAX);
    ck_assert(!project_bytes(PATHS("a"), text, strlen(text), &out, &err));
    ck_assert_str_eq(err.msg, "JSON, byte 17: value expected");
    strbuf_fini(&out);
}
END_TEST

START_TEST(refuses_every_cut)
{
    static const char text[] =
        "{\"a\":[1.5e3,true,\"\\u00e9 and more text\",null],\"b\":{\"c\":\"d\"}}";
    for (size_t len = 0; len < strlen(text); len++) {
        struct strbuf out;
        struct err err = {0};
        strbuf_init(&out, OUT_MAX);
        ck_assert(!project_bytes(PATHS("b c"), text, len, &out, &err));
        ck_assert_int_eq(err.kind, ERR_INVALID);
        strbuf_fini(&out);
    }
}
END_TEST

START_TEST(limits_the_depth)
{
    char text[402];
    for (size_t depth = 200; depth <= 201; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        if (depth > 200) {
            check_refused(text, 2 * depth, 200, "nested too deeply");
            continue;
        }
        struct strbuf out;
        struct err err;
        strbuf_init(&out, OUT_MAX);
        ck_assert(project_bytes(EVERYTHING, text, 2 * depth, &out, &err));
        strbuf_reset(&out);
        ck_assert(project_bytes(PATHS("a"), text, 2 * depth, &out, &err));
        ck_assert_uint_eq(out.len, 2 * depth);
        strbuf_fini(&out);
    }
    check_project(EVERYTHING, "[[[]],[[]],{\"a\":{}}]", "[[[]],[[]],{\"a\":{}}]");
}
END_TEST

START_TEST(projects_members)
{
    static const char pod[] =
        "{\"metadata\":{\"name\":\"p\",\"uid\":\"u\",\"labels\":{\"a\":\"1\"}},"
        "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"},"
        "{\"image\":\"j\"},{\"name\":\"d\"}]},\"status\":{}}";
    check_project(PATHS("metadata name"), pod, "{\"metadata\":{\"name\":\"p\"}}");
    check_project(PATHS("metadata labels", "status"), pod,
                  "{\"metadata\":{\"labels\":{\"a\":\"1\"}},\"status\":{}}");
    check_project(PATHS("spec containers name"), pod,
                  "{\"spec\":{\"containers\":[{\"name\":\"c\"},{},{\"name\":\"d\"}]}}");
    check_project(PATHS("spec containers"), pod,
                  "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"},"
                  "{\"image\":\"j\"},{\"name\":\"d\"}]}}");
    check_project(PATHS("spec containers name", "spec"), "{\"spec\":{\"x\":1}}",
                  "{\"spec\":{\"x\":1}}");
    check_project(PATHS("none"), pod, "{}");
    check_project((const char *const[]){NULL}, pod, "{}");
}
END_TEST

START_TEST(projects_any_member)
{
    static const char text[] =
        "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":3,\"y\":4},\"c\":5}";
    check_project(PATHS("* x"), text, "{\"a\":{\"x\":1},\"b\":{\"x\":3},\"c\":5}");
    check_project(PATHS("b y", "* x"), text,
                  "{\"a\":{\"x\":1},\"b\":{\"x\":3,\"y\":4},\"c\":5}");
    check_project(PATHS("* x", "b **"), text,
                  "{\"a\":{\"x\":1},\"b\":{\"x\":3,\"y\":4},\"c\":5}");
    check_project(PATHS("a * z", "* * w", "a q"),
                  "{\"a\":{\"k\":{\"z\":1,\"w\":2,\"v\":3}}}",
                  "{\"a\":{\"k\":{\"z\":1,\"w\":2}}}");
}
END_TEST

START_TEST(keeps_scalars_where_paths_go_on)
{
    check_project(PATHS("a b"), "{\"a\":\"text\"}", "{\"a\":\"text\"}");
    check_project(PATHS("a b"), "{\"a\":[1,{\"b\":2,\"c\":3},[{\"c\":4}]]}",
                  "{\"a\":[1,{\"b\":2},[{}]]}");
    check_project(PATHS("a b"), "7", "7");
}
END_TEST

START_TEST(matches_escaped_names)
{
    check_project(PATHS("a/b"), "{\"a\\/b\":1,\"a\\u002Fb\":2,\"a\\/c\":3}",
                  "{\"a\\/b\":1,\"a\\u002Fb\":2}");
    check_project(PATHS("\xf0\x9f\x98\x80"), "{\"\\ud83d\\ude00\":1}",
                  "{\"\\ud83d\\ude00\":1}");
}
END_TEST

START_TEST(appends_and_reports_overflow)
{
    struct strbuf out;
    struct err err = {0};
    strbuf_init(&out, 8);
    strbuf_adds(&out, "x");
    ck_assert(project_bytes(EVERYTHING, "[ 1 ]", 5, &out, &err));
    ck_assert_str_eq(out.text, "x[1]");
    ck_assert(!project_bytes(EVERYTHING, "[12345]", 7, &out, &err));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_str_eq(err.msg, "projected JSON is over 8 bytes");
    strbuf_fini(&out);
}
END_TEST

START_TEST(gets_members)
{
    static const char text[] =
        " { \"kind\" : \"Pod\" , \"metadata\" : { \"uid\":\"u-1\","
        "\"s\":\"}]\\\"{\", \"generation\" : 42 , \"l\":[{\"a\":[]}],"
        "\"o\":{\"p\":null}, \"e\":\"\" } , \"t\":true}";
    check_get(text, PATHS("kind"), "Pod");
    check_get(text, PATHS("metadata", "uid"), "u-1");
    check_get(text, PATHS("metadata", "generation"), "42");
    check_get(text, PATHS("metadata", "l"), "[{\"a\":[]}]");
    check_get(text, PATHS("metadata", "o", "p"), "null");
    check_get(text, PATHS("metadata", "e"), "");
    check_get(text, PATHS("metadata", "s"), "}]\\\"{");
    check_get(text, PATHS("t"), "true");
    check_get(text, PATHS("kind", "x"), NULL);
    check_get(text, PATHS("metadata", "l", "a"), NULL);
    check_get(text, PATHS("metadata", "none"), NULL);
    check_get("{\"\\u006bind\":1}", PATHS("kind"), "1");
    check_get("{\"a\":1,\"a\":2}", PATHS("a"), "1");
}
END_TEST

START_TEST(gets_nothing_from_broken_text)
{
    static const char *const texts[] = {
        "",
        "{",
        "{\"a",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":\"x",
        "{\"a\":\"x\\",
        "{\"a\":{",
        "{\"a\":[}",
        "{\"b\":{\"c\":1,\"a\":1}",
        "{,\"a\":1}",
        "[{\"a\":1}]",
        "\"a\"",
        "{\"b\":\"\\\",\"a\":1",
        "{\"a\":tru}",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (i == 8) /* only the end of what is skipped is looked for */
            check_get(texts[i], PATHS("a"), "[}");
        else
            check_get(texts[i], PATHS("a"), NULL);
    }
}
END_TEST

START_TEST(unescapes)
{
    static const struct {
        const char *raw, *wanted;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u0041\\u00e9\\u20AC\\ud83d\\ude00!",
         "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80!"},
        {"\\ud83dx", "\xed\xa0\xbdx"},
        {"\\ud83d\\u0041", "\xed\xa0\xbd"
                           "A"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct json_slice raw = {cases[i].raw, strlen(cases[i].raw)};
        size_t wanted_len = strlen(cases[i].wanted);
        char out[32];
        struct json_slice got = json_unescape(raw, out, sizeof(out));
        ck_assert_uint_eq(got.len, wanted_len);
        ck_assert_mem_eq(got.start, cases[i].wanted, wanted_len);
        ck_assert_ptr_nonnull(json_unescape(raw, out, wanted_len).start);
        if (wanted_len > 0)
            ck_assert_ptr_null(json_unescape(raw, out, wanted_len - 1).start);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_text");
    TCase *tcase = tcase_create("all");
    tcase_add_test(tcase, keeps_valid_values_whole);
    tcase_add_test(tcase, hides_values_whose_names_are_kept);
    tcase_add_test(tcase, drops_insignificant_space_only);
    tcase_add_test(tcase, refuses_with_the_place);
    tcase_add_test(tcase, refuses_in_what_is_dropped_too);
    tcase_add_test(tcase, refuses_every_cut);
    tcase_add_test(tcase, limits_the_depth);
    tcase_add_test(tcase, projects_members);
    tcase_add_test(tcase, projects_any_member);
    tcase_add_test(tcase, keeps_scalars_where_paths_go_on);
    tcase_add_test(tcase, matches_escaped_names);
    tcase_add_test(tcase, appends_and_reports_overflow);
    tcase_add_test(tcase, gets_members);
    tcase_add_test(tcase, gets_nothing_from_broken_text);
    tcase_add_test(tcase, unescapes);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
