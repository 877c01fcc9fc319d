#include "kubeclient/base/lines.h"
#include "test/support/check_main.h"

static struct strbuf seen;

static bool on_line(void *ctx, char *line, size_t len, struct err *err)
{
    ck_assert_uint_eq(strlen(line), len);
    if (ctx && strcmp(line, ctx) == 0)
        return err_set(err, ERR_CANCELED, "stopped");
    strbuf_addf(&seen, "<%s>", line);
    return true;
}

static void setup(void)
{
    strbuf_init(&seen, 64 * 1024);
}

static void teardown(void)
{
    strbuf_fini(&seen);
}

START_TEST(every_split_gives_the_same_lines)
{
    static const char TEXT[] = "one\n\ntwo \xC3\xA4\r\n\r\nthree\nrest";
    size_t len = sizeof TEXT - 1;
    for (size_t a = 0; a <= len; a++) {
        for (size_t b = a; b <= len; b++) {
            struct lines lines;
            struct err err = {0};
            lines_init(&lines, 64);
            strbuf_reset(&seen);
            ck_assert(lines_feed(&lines, TEXT, a, on_line, NULL, &err));
            ck_assert(lines_feed(&lines, TEXT + a, b - a, on_line, NULL, &err));
            ck_assert(lines_feed(&lines, TEXT + b, len - b, on_line, NULL, &err));
            ck_assert_str_eq(seen.text, "<one><two \xC3\xA4><three>");
            ck_assert(lines_pending(&lines));
            lines_fini(&lines);
        }
    }
}
END_TEST

START_TEST(the_maximum_is_exact)
{
    struct lines lines;
    struct err err = {0};
    lines_init(&lines, 4);
    ck_assert(lines_feed(&lines, "abcd\n", 5, on_line, NULL, &err));
    ck_assert(!lines_feed(&lines, "abcde\n", 6, on_line, NULL, &err));
    ck_assert_int_eq(err.kind, ERR_INVALID);
    ck_assert_str_eq(err.msg, "line longer than 4 bytes");
    lines_reset(&lines);
    ck_assert(lines_feed(&lines, "xy\n", 3, on_line, NULL, &err));
    ck_assert_str_eq(seen.text, "<abcd><xy>");
    lines_fini(&lines);
}
END_TEST

START_TEST(a_refusal_stops_the_feed)
{
    static char stop[] = "b";
    struct lines lines;
    struct err err = {0};
    lines_init(&lines, 64);
    ck_assert(!lines_feed(&lines, "a\nb\nc\n", 6, on_line, stop, &err));
    ck_assert_int_eq(err.kind, ERR_CANCELED);
    ck_assert_str_eq(seen.text, "<a>");
    lines_fini(&lines);
}
END_TEST

CHECK_MAIN("lines", setup, teardown, every_split_gives_the_same_lines,
           the_maximum_is_exact, a_refusal_stops_the_feed)
