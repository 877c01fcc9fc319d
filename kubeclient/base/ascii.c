#include "kubeclient/base/ascii.h"

#include <string.h>

bool ascii_parse_u64(const char *text, uint64_t *value)
{
    uint64_t number = 0;
    if (!text[0])
        return false;
    for (; *text; text++) {
        if (!ascii_digit(*text) || __builtin_mul_overflow(number, 10U, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
            return false;
    }
    *value = number;
    return true;
}

bool ascii_parse_i64(const char *text, int64_t *value)
{
    bool negative = text[0] == '-';
    uint64_t number;
    if (!ascii_parse_u64(text + negative, &number) ||
        number > (uint64_t)INT64_MAX + negative)
        return false;
    *value = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

bool ascii_equal_ignore_case(const char *a, const char *b)
{
    while (*a && ascii_to_lower(*a) == ascii_to_lower(*b)) {
        a++;
        b++;
    }
    return ascii_to_lower(*a) == ascii_to_lower(*b);
}

bool ascii_has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool ascii_has_suffix(const char *text, const char *suffix)
{
    size_t len = strlen(text), tail = strlen(suffix);
    return len >= tail && strcmp(text + len - tail, suffix) == 0;
}

/* The unit at `*text`, in milliseconds; 0: none. Longer names first. */
static int64_t take_unit(const char **text)
{
    static const struct {
        const char *name;
        int64_t ms;
    } UNITS[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (ascii_has_prefix(*text, UNITS[i].name)) {
            *text += strlen(UNITS[i].name);
            return UNITS[i].ms;
        }
    }
    return 0;
}

bool ascii_parse_duration(const char *text, int64_t *ms)
{
    const int64_t year_ms = INT64_C(366) * 24 * 3600 * 1000;
    int64_t total = 0;
    if (!*text)
        return false;
    while (*text) {
        int64_t number = 0;
        if (!ascii_digit(*text))
            return false;
        for (; ascii_digit(*text); text++) {
            number = number * 10 + (*text - '0');
            if (number > year_ms)
                return false;
        }
        int64_t unit = take_unit(&text);
        if (unit == 0 || number > (year_ms - total) / unit)
            return false;
        total += number * unit;
    }
    *ms = total;
    return true;
}
