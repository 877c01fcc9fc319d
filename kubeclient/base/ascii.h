/* ascii.h - character classes and number parsing that know no locale.
 *
 * <ctype.h> depends on the locale and is undefined for negative char values; strtol
 * accepts leading space, signs and tails. These accept exactly what they say.
 */
#ifndef BERTH_BASE_ASCII_H
#define BERTH_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline bool ascii_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool ascii_alnum(char c)
{
    return ascii_digit(c) || ascii_lower(c) || ascii_upper(c);
}

static inline char ascii_to_lower(char c)
{
    return ascii_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* Decimal digits only, the whole string, no overflow. */
bool ascii_parse_u64(const char *text, uint64_t *value);

/* An optional minus, then digits. */
bool ascii_parse_i64(const char *text, int64_t *value);

bool ascii_equal_ignore_case(const char *a, const char *b);
bool ascii_has_prefix(const char *text, const char *prefix);
bool ascii_has_suffix(const char *text, const char *suffix);

/* A Go duration of whole units, "1h30m", "15s", "500ms", in milliseconds. Refuses
 * negative and fractional values and anything over a year. */
bool ascii_parse_duration(const char *text, int64_t *ms);

#endif
