#include "kubeclient/base/alloc.h"
#include "kubeclient/base/strbuf.h"
#include "test/support/check_main.h"

static struct strbuf buf;

static void setup(void)
{
    strbuf_init(&buf, 1024);
}

static void teardown(void)
{
    strbuf_fini(&buf);
}

START_TEST(appends_add_up)
{
    ck_assert_str_eq(buf.text, "");
    strbuf_adds(&buf, "ab");
    strbuf_addc(&buf, 'c');
    strbuf_add(&buf, "defg", 2);
    strbuf_addf(&buf, "-%d", 7);
    ck_assert_str_eq(buf.text, "abcde-7");
    ck_assert_uint_eq(buf.len, 7);
    ck_assert(!buf.overflow);
}
END_TEST

START_TEST(the_maximum_is_exact_and_overflow_sticks)
{
    struct strbuf small;
    strbuf_init(&small, 4);
    strbuf_adds(&small, "abcd");
    ck_assert(!small.overflow);
    strbuf_addc(&small, 'e');
    ck_assert(small.overflow);
    ck_assert_str_eq(small.text, "abcd");
    strbuf_reset(&small);
    ck_assert(!small.overflow);
    strbuf_addf(&small, "%s", "abcde");
    ck_assert(small.overflow);
    strbuf_adds(&small, "x");
    ck_assert_str_eq(small.text, "");
    strbuf_fini(&small);
}
END_TEST

START_TEST(json_strings_are_escaped)
{
    static const struct {
        const char *text, *wanted;
    } ROWS[] = {
        {"", "\"\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\b\t\n\v\f\r\x01", "\"\\b\\t\\n\\u000b\\f\\r\\u0001\""},
        {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
         "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
        {"\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\x7F", "\"\x7F\""},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        strbuf_reset(&buf);
        strbuf_add_json(&buf, ROWS[i].text, strlen(ROWS[i].text));
        ck_assert_str_eq(buf.text, ROWS[i].wanted);
    }
}
END_TEST

START_TEST(urls_are_percent_encoded)
{
    strbuf_add_url(&buf, "aZ9-._~ /?&=%\xC3\xA4");
    ck_assert_str_eq(buf.text, "aZ9-._~%20%2F%3F%26%3D%25%C3%A4");
}
END_TEST

START_TEST(the_front_is_consumed)
{
    strbuf_adds(&buf, "abcdef");
    strbuf_consume(&buf, 2);
    ck_assert_str_eq(buf.text, "cdef");
    strbuf_consume(&buf, 4);
    ck_assert_str_eq(buf.text, "");
    strbuf_consume(&buf, 0);
}
END_TEST

START_TEST(detached_text_is_the_callers)
{
    strbuf_adds(&buf, "abc");
    char *text = strbuf_detach(&buf);
    ck_assert_str_eq(text, "abc");
    ck_assert_str_eq(buf.text, "");
    strbuf_adds(&buf, "new");
    ck_assert_str_eq(buf.text, "new");
    free(text);
    strbuf_fini(&buf);
    text = strbuf_detach(&buf);
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

CHECK_MAIN("strbuf", setup, teardown, appends_add_up,
           the_maximum_is_exact_and_overflow_sticks, json_strings_are_escaped,
           urls_are_percent_encoded, the_front_is_consumed,
           detached_text_is_the_callers)
