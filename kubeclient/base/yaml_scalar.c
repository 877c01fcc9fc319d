#include "kubeclient/base/yaml_scalar.h"
#include "kubeclient/base/ascii.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

static bool is_word(const char *text, const char *lower, const char *title,
                    const char *upper)
{
    return is_one_of(text, (const char *const[]){lower, title, upper, NULL});
}

static const char *past_digits(const char *at)
{
    while (ascii_digit(*at))
        at++;
    return at;
}

static const char *past_sign(const char *at)
{
    return *at == '-' || *at == '+' ? at + 1 : at;
}

static bool is_hex_int(const char *text)
{
    return ascii_has_prefix(text, "0x") && text[2] &&
           text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0';
}

static enum yaml_type number_type(const char *text)
{
    const char *from = past_sign(text), *at = past_digits(from);
    bool digits = at > from;
    if (is_hex_int(text))
        return YAML_INT;
    /* 0644 is octal to YAML 1.1 and decimal to 1.2: to us it is neither. */
    if (*at == '\0')
        return digits && (*from != '0' || at - from == 1) ? YAML_INT : YAML_STRING;
    if (*at == '.') {
        const char *fraction = at + 1;
        at = past_digits(fraction);
        digits |= at > fraction;
    }
    if (*at == 'e' || *at == 'E') {
        const char *exponent = past_sign(at + 1);
        at = past_digits(exponent);
        digits &= at > exponent;
    }
    return digits && *at == '\0' ? YAML_FLOAT : YAML_STRING;
}

enum yaml_type yaml_plain_type(const char *text)
{
    if (*text == '\0' || strcmp(text, "~") == 0 ||
        is_word(text, "null", "Null", "NULL"))
        return YAML_NULL;
    if (is_word(text, "true", "True", "TRUE"))
        return YAML_TRUE;
    if (is_word(text, "false", "False", "FALSE"))
        return YAML_FALSE;
    if (is_word(past_sign(text), ".inf", ".Inf", ".INF") ||
        is_word(text, ".nan", ".NaN", ".NAN"))
        return YAML_NOT_FINITE;
    return number_type(text);
}

double yaml_number(const char *text)
{
    return strtod(text, NULL); /* hexadecimal too; the locale is always "C" */
}

/* Decodes the UTF-8 character at `at`; returns its length, 0 where it is invalid. */
static size_t decode_utf8(const char *at, uint32_t *rune)
{
    const unsigned char *byte = (const unsigned char *)at;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = *byte < 0x80       ? 1
                 : *byte >> 5 == 6  ? 2
                 : *byte >> 4 == 14 ? 3
                 : *byte >> 3 == 30 ? 4
                                    : 0;
    if (len == 0)
        return 0;
    *rune = len == 1 ? *byte : *byte & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if (byte[i] >> 6 != 2) /* the terminator too */
            return 0;
        *rune = *rune << 6 | (byte[i] & 0x3f);
    }
    bool surrogate = *rune >= 0xd800 && *rune < 0xe000;
    return *rune < least[len] || *rune > 0x10ffff || surrogate ? 0 : len;
}

/* Line ends of YAML 1.1 are not among the printable ones, nor is the byte order mark.
 */
static bool is_printable(uint32_t rune)
{
    return (rune >= 0x20 && rune < 0x7f) ||
           (rune >= 0xa0 && rune != 0x2028 && rune != 0x2029 && rune != 0xfeff &&
            rune != 0xfffe && rune != 0xffff);
}

static bool all_printable(const char *text, const char *besides)
{
    while (*text) {
        uint32_t rune = 0;
        size_t len = decode_utf8(text, &rune);
        if (len == 0 || (!is_printable(rune) && (len > 1 || !strchr(besides, *text))))
            return false;
        text += len;
    }
    return true;
}

/* Numbers, dates, times and their like, of YAML 1.1 and 1.2, consist of these. */
static bool looks_numeric(const char *text)
{
    return (ascii_digit(*text) || *text == '-') &&
           text[strspn(text, "0123456789+-.:_eExXoOabcdefABCDEFTtZz ")] == '\0';
}

static bool is_reserved_word(const char *text)
{
    static const char *const words[] = {"null", "true", "false", "yes", "no",
                                        "on",   "off",  "y",     "n"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (ascii_equal_ignore_case(text, words[i]))
            return true;
    }
    return false;
}

static bool starts_plain(const char *text)
{
    if (*text == '-')
        return ascii_alnum(text[1]) || (text[1] == '-' && ascii_alnum(text[2]));
    return ascii_alnum(*text) || *text == '_' || *text == '/' ||
           (unsigned char)*text >= 0x80;
}

bool yaml_plain_safe(const char *text)
{
    size_t len = strlen(text);
    return starts_plain(text) && text[len - 1] != ' ' && text[len - 1] != ':' &&
           !strstr(text, ": ") && !strstr(text, " #") && !looks_numeric(text) &&
           !is_reserved_word(text) && all_printable(text, "");
}

bool yaml_literal_safe(const char *text)
{
    return *text && !strchr(" \t\n", *text) && strchr(text, '\n') &&
           all_printable(text, "\t\n");
}

void yaml_add_quoted(struct strbuf *out, const char *text)
{
    strbuf_addc(out, '"');
    while (*text) {
        uint32_t rune = 0xfffd;
        size_t len = decode_utf8(text, &rune);
        if (len == 0)
            strbuf_adds(out, "\xef\xbf\xbd");
        else if (*text == '"' || *text == '\\')
            strbuf_addf(out, "\\%c", *text);
        else if (*text == '\n')
            strbuf_adds(out, "\\n");
        else if (*text == '\r')
            strbuf_adds(out, "\\r");
        else if (*text == '\t')
            strbuf_adds(out, "\\t");
        else if (!is_printable(rune))
            strbuf_addf(out, "\\u%04X", (unsigned)rune);
        else
            strbuf_add(out, text, len);
        text += len ? len : 1;
    }
    strbuf_addc(out, '"');
}
