#include "kubeclient/api/rfc3339.h"
#include "test/support/check_main.h"

START_TEST(known_instants_are_written_and_read)
{
    static const struct {
        int64_t unix_ms;
        const char *text;
    } ROWS[] = {
        {0, "1970-01-01T00:00:00Z"},
        {951827696000, "2000-02-29T12:34:56Z"},
        {1709251199000, "2024-02-29T23:59:59Z"},
        {1709251200000, "2024-03-01T00:00:00Z"},
        {4102444800000, "2100-01-01T00:00:00Z"},
        {-1000, "1969-12-31T23:59:59Z"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        char text[RFC3339_SIZE];
        int64_t unix_ms;
        rfc3339_format(ROWS[i].unix_ms, text);
        ck_assert_str_eq(text, ROWS[i].text);
        ck_assert(rfc3339_parse(text, &unix_ms));
        ck_assert_int_eq(unix_ms, ROWS[i].unix_ms);
    }
}
END_TEST

START_TEST(every_day_of_four_centuries_survives_the_round_trip)
{
    for (int64_t day = -36525; day < 4 * 36525; day++) {
        char text[RFC3339_SIZE];
        int64_t unix_ms;
        rfc3339_format(day * 86400000, text);
        ck_assert(rfc3339_parse(text, &unix_ms));
        ck_assert_int_eq(unix_ms, day * 86400000);
    }
}
END_TEST

START_TEST(fractions_and_offsets_are_understood)
{
    int64_t unix_ms;
    ck_assert(rfc3339_parse("1970-01-01T00:00:01.25Z", &unix_ms));
    ck_assert_int_eq(unix_ms, 1250);
    ck_assert(rfc3339_parse("1970-01-01T02:00:00+02:00", &unix_ms));
    ck_assert_int_eq(unix_ms, 0);
    ck_assert(rfc3339_parse("1969-12-31T23:30:00-00:30", &unix_ms));
    ck_assert_int_eq(unix_ms, 0);
}
END_TEST

START_TEST(micro_time_has_six_digits)
{
    char text[RFC3339_SIZE];
    rfc3339_format_micro(1250, text);
    ck_assert_str_eq(text, "1970-01-01T00:00:01.250000Z");
}
END_TEST

START_TEST(anything_else_is_refused)
{
    static const char *const ROWS[] = {"",
                                       "1970-01-01",
                                       "1970-01-01T00:00:00",
                                       "1970-13-01T00:00:00Z",
                                       "1970-00-01T00:00:00Z",
                                       "1970-01-32T00:00:00Z",
                                       "1970-01-01T24:00:00Z",
                                       "1970-01-01T00:00:00.Z",
                                       "1970-01-01T00:00:00Zx",
                                       "1970-01-01T00:00:00+0200",
                                       "x970-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        int64_t unix_ms;
        ck_assert_msg(!rfc3339_parse(ROWS[i], &unix_ms), "%s", ROWS[i]);
    }
}
END_TEST

CHECK_MAIN("rfc3339", NULL, NULL, known_instants_are_written_and_read,
           every_day_of_four_centuries_survives_the_round_trip,
           fractions_and_offsets_are_understood, micro_time_has_six_digits,
           anything_else_is_refused)
