#include "kubeclient/base/ascii.h"
#include "test/support/check_main.h"

START_TEST(numbers_are_read_whole_or_not_at_all)
{
    uint64_t u;
    int64_t i;
    ck_assert(ascii_parse_u64("18446744073709551615", &u) && u == UINT64_MAX);
    ck_assert(ascii_parse_u64("0", &u) && u == 0);
    ck_assert(ascii_parse_i64("-9223372036854775808", &i) && i == INT64_MIN);
    ck_assert(ascii_parse_i64("9223372036854775807", &i) && i == INT64_MAX);
    static const char *const BAD[] = {
        "", "-", "+1", " 1", "1 ", "1x", "--1", "0x1", "18446744073709551616"};
    for (size_t n = 0; n < sizeof BAD / sizeof *BAD; n++) {
        ck_assert_msg(!ascii_parse_u64(BAD[n], &u), "%s", BAD[n]);
        ck_assert_msg(!ascii_parse_i64(BAD[n], &i), "%s", BAD[n]);
    }
    ck_assert(!ascii_parse_i64("9223372036854775808", &i));
    ck_assert(!ascii_parse_i64("-9223372036854775809", &i));
}
END_TEST

START_TEST(durations_add_their_units)
{
    static const struct {
        const char *text;
        int64_t ms;
    } ROWS[] = {{"15s", 15000},
                {"1h30m", 5400000},
                {"500ms", 500},
                {"2m3s4ms", 123004},
                {"0s", 0}};
    int64_t ms;
    for (size_t n = 0; n < sizeof ROWS / sizeof *ROWS; n++) {
        ck_assert_msg(ascii_parse_duration(ROWS[n].text, &ms), "%s", ROWS[n].text);
        ck_assert_int_eq(ms, ROWS[n].ms);
    }
    static const char *const BAD[] = {
        "", "5", "s", "-1s", "1.5s", "1d", "1s ", "9000h", "99999999999999999999s"};
    for (size_t n = 0; n < sizeof BAD / sizeof *BAD; n++)
        ck_assert_msg(!ascii_parse_duration(BAD[n], &ms), "%s", BAD[n]);
}
END_TEST

START_TEST(text_is_compared_without_a_locale)
{
    ck_assert(ascii_equal_ignore_case("Accept", "aCCEPT"));
    ck_assert(!ascii_equal_ignore_case("Accept", "Accep"));
    ck_assert(!ascii_equal_ignore_case("\xC4", "\xE4"));
    ck_assert(ascii_has_prefix("kagenti.io/x", "kagenti.io/"));
    ck_assert(!ascii_has_prefix("k", "kagenti"));
    ck_assert(ascii_has_suffix("a.yaml", ".yaml"));
    ck_assert(!ascii_has_suffix("yaml", ".yaml"));
    ck_assert(!ascii_alnum('\xE4'));
}
END_TEST

CHECK_MAIN("ascii", NULL, NULL, numbers_are_read_whole_or_not_at_all,
           durations_add_their_units, text_is_compared_without_a_locale)
