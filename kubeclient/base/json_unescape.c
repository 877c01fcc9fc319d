#include "kubeclient/base/json_unescape.h"

#include <stdint.h>
#include <string.h>

static unsigned hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return (unsigned)((c | 0x20) - 'a') + 10;
}

static uint32_t hex4(const char *at)
{
    return hex_value(at[0]) << 12 | hex_value(at[1]) << 8 | hex_value(at[2]) << 4 |
           hex_value(at[3]);
}

static size_t put_utf8(char *out, uint32_t rune)
{
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    size_t len = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, rune >>= 6)
        out[i] = (char)(0x80 | (rune & 0x3f));
    out[0] = (char)(0xf00 >> len | rune);
    return len;
}

/* Decodes the valid escape at *at into `out` and moves *at behind it; returns how many
 * bytes it made. */
static size_t unescape(const char **at, const char *end, char *out)
{
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char kind = (*at)[1];
    if (kind != 'u') {
        *out = meant[strchr(plain, kind) - plain];
        *at += 2;
        return 1;
    }
    uint32_t rune = hex4(*at + 2);
    *at += 6;
    if (rune >= 0xd800 && rune < 0xdc00 && end - *at >= 6 &&
        memcmp(*at, "\\u", 2) == 0) {
        uint32_t low = hex4(*at + 2);
        if (low >= 0xdc00 && low < 0xe000) {
            rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
            *at += 6;
        }
    }
    return put_utf8(out, rune);
}

struct json_slice json_unescape(struct json_slice raw, char *out, size_t size)
{
    const char *at = raw.start, *end = raw.start + raw.len;
    size_t len = 0;
    while (at < end) {
        char bytes[4] = {*at};
        size_t count = 1;
        if (*at == '\\')
            count = unescape(&at, end, bytes);
        else
            at++;
        if (count > size - len)
            return (struct json_slice){NULL, 0};
        memcpy(out + len, bytes, count);
        len += count;
    }
    return (struct json_slice){out, len};
}
