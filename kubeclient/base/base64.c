#include "kubeclient/base/base64.h"

#include "kubeclient/base/alloc.h"

#include <string.h>

static const char ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit(char c)
{
    const char *at = c ? strchr(ALPHABET, c) : NULL;
    return at ? (int)(at - ALPHABET) : -1;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Decodes into `out`, which has room. Returns the length, or -1. */
static long decode(const char *text, char *out)
{
    unsigned bits = 0;
    size_t digits = 0, padding = 0, len = 0;
    for (; *text; text++) {
        int value = digit(*text);
        if (is_space(*text))
            continue;
        if (*text == '=')
            padding++;
        else if (value < 0 || padding)
            return -1;
        bits = bits << 6 | (unsigned)(value < 0 ? 0 : value);
        if (++digits % 4 == 0) {
            if (padding > 2)
                return -1;
            for (size_t i = 0; i < 3 - padding; i++)
                out[len++] = (char)(bits >> (16 - 8 * i) & 0xFF);
            bits = 0;
        }
    }
    return digits % 4 == 0 ? (long)len : -1;
}

bool base64_decode(const char *text, char **bytes, size_t *len, struct err *err)
{
    size_t room = strlen(text) / 4 * 3 + 4;
    char *out = xmalloc(room);
    long decoded = decode(text, out);
    if (decoded < 0) {
        free_secret(out, room);
        return err_set(err, ERR_INVALID, "not valid base64");
    }
    out[decoded] = '\0';
    *bytes = out;
    *len = (size_t)decoded;
    return true;
}

char *base64_encode(const void *bytes, size_t len)
{
    const unsigned char *in = bytes;
    char *text = xmalloc((len + 2) / 3 * 4 + 1), *out = text;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        unsigned bits = (unsigned)in[i] << 16 |
                        (left > 1 ? (unsigned)in[i + 1] << 8 : 0) |
                        (left > 2 ? in[i + 2] : 0);
        *out++ = ALPHABET[bits >> 18 & 63];
        *out++ = ALPHABET[bits >> 12 & 63];
        *out++ = left > 1 ? ALPHABET[bits >> 6 & 63] : '=';
        *out++ = left > 2 ? ALPHABET[bits & 63] : '=';
    }
    *out = '\0';
    return text;
}
