#include "kubeclient/api/rfc3339.h"

#include "kubeclient/base/ascii.h"

#include <stdio.h>

/* Days from civil and back: Howard Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms"; proleptic Gregorian calendar, year begins in March. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil {
    int year, month, day, hour, minute, second, milli;
};

static struct civil civil_from_unix(int64_t unix_ms)
{
    int64_t ms_of_day = unix_ms % 86400000;
    int64_t days = unix_ms / 86400000;
    if (ms_of_day < 0) {
        ms_of_day += 86400000;
        days--;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t shifted_month = (5 * doy + 2) / 153;
    int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return (struct civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = (int)month,
        .day = (int)(doy - (153 * shifted_month + 2) / 5 + 1),
        .hour = (int)(ms_of_day / 3600000),
        .minute = (int)(ms_of_day / 60000 % 60),
        .second = (int)(ms_of_day / 1000 % 60),
        .milli = (int)(ms_of_day % 1000),
    };
}

void rfc3339_format(int64_t unix_ms, char out[RFC3339_SIZE])
{
    struct civil c = civil_from_unix(unix_ms);
    snprintf(out, RFC3339_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month,
             c.day, c.hour, c.minute, c.second);
}

void rfc3339_format_micro(int64_t unix_ms, char out[RFC3339_SIZE])
{
    struct civil c = civil_from_unix(unix_ms);
    snprintf(out, RFC3339_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03d000Z", c.year,
             c.month, c.day, c.hour, c.minute, c.second, c.milli);
}

/* Reads exactly `digits` digits and then `after` (NUL: nothing). */
static bool take_number(const char **at, int digits, char after, int *value)
{
    int number = 0;
    for (int i = 0; i < digits; i++) {
        if (!ascii_digit((*at)[i]))
            return false;
        number = number * 10 + ((*at)[i] - '0');
    }
    *at += digits;
    if (after && *(*at)++ != after)
        return false;
    *value = number;
    return true;
}

/* "Z" or "+hh:mm" to the text's end, in milliseconds east of UTC. */
static bool take_offset(const char *at, int64_t *offset_ms)
{
    if ((at[0] == 'Z' || at[0] == 'z') && at[1] == '\0') {
        *offset_ms = 0;
        return true;
    }
    char sign = at[0];
    if (sign != '+' && sign != '-')
        return false;
    int hours, minutes;
    at++;
    if (!take_number(&at, 2, ':', &hours) || !take_number(&at, 2, '\0', &minutes))
        return false;
    if (*at || hours > 23 || minutes > 59)
        return false;
    *offset_ms = (hours * 60 + minutes) * (sign == '-' ? -60000LL : 60000LL);
    return true;
}

bool rfc3339_parse(const char *text, int64_t *unix_ms)
{
    struct civil c = {0};
    const char *at = text;
    if (!take_number(&at, 4, '-', &c.year) || !take_number(&at, 2, '-', &c.month) ||
        !take_number(&at, 2, 'T', &c.day) || !take_number(&at, 2, ':', &c.hour) ||
        !take_number(&at, 2, ':', &c.minute) || !take_number(&at, 2, '\0', &c.second))
        return false;
    if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || c.hour > 23 ||
        c.minute > 59 || c.second > 60)
        return false;
    if (*at == '.') {
        int scale = 100;
        if (!ascii_digit(*++at))
            return false;
        for (; ascii_digit(*at); at++, scale /= 10)
            c.milli += (*at - '0') * scale;
    }
    int64_t offset_ms;
    if (!take_offset(at, &offset_ms))
        return false;
    int64_t days = days_from_civil(c.year, c.month, c.day);
    int64_t seconds = days * 86400 + c.hour * 3600LL + c.minute * 60LL + c.second;
    *unix_ms = seconds * 1000 + c.milli - offset_ms;
    return true;
}
