#include "kubeclient/base/json_scan.h"

#include <stdint.h>
#include <string.h>

#define EVERY_BYTE(value) (UINT64_MAX / 255 * (value))
/* Nonzero when a byte of `word` is zero, or below `limit` (at most 128). */
#define ANY_BELOW(word, limit) (((word)-EVERY_BYTE(limit)) & ~(word)&EVERY_BYTE(0x80))
#define ANY_EQUAL(word, byte) ANY_BELOW((word) ^ EVERY_BYTE(byte), 1)

static bool fail(struct json_scan *scan, const char *problem)
{
    scan->problem = scan->at < scan->end ? problem : "text ends early";
    return false;
}

static void skip_space(struct json_scan *scan)
{
    const char *from = scan->at;
    while (scan->at < scan->end && json_scan_is_space(*scan->at))
        scan->at++;
    scan->spaces += (size_t)(scan->at - from);
}

void json_scan_init(struct json_scan *scan, const char *text, size_t len)
{
    *scan = (struct json_scan){.start = text, .at = text, .end = text + len};
    skip_space(scan);
}

/* The first byte of a string's inside that is not plain: a quote, a backslash, a
 * control character, or the end. Eight bytes at a time, for strings are most of every
 * object. */
static const char *past_plain(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        if (ANY_BELOW(word, 0x20) || ANY_EQUAL(word, '"') || ANY_EQUAL(word, '\\'))
            break;
    }
    while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
        at++;
    return at;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The length of the escape that begins at `at` with a backslash; 0: not one. */
static size_t escape_len(const char *at, const char *end)
{
    if (end - at < 2)
        return 0;
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return 2;
    case 'u':
        if (end - at < 6)
            return 0;
        return is_hex(at[2]) && is_hex(at[3]) && is_hex(at[4]) && is_hex(at[5]) ? 6 : 0;
    default:
        return 0;
    }
}

static bool scan_string(struct json_scan *scan)
{
    scan->at++;
    for (;;) {
        scan->at = past_plain(scan->at, scan->end);
        switch (json_scan_peek(scan)) {
        case '"':
            scan->at++;
            return true;
        case '\\': {
            size_t len = escape_len(scan->at, scan->end);
            if (len == 0)
                return fail(scan, "bad escape in a string");
            scan->at += len;
            break;
        }
        default:
            return fail(scan, "control character in a string");
        }
    }
}

const char *json_scan_past_string(const char *at, const char *end)
{
    at++;
    while (at < end && *at != '"') {
        if (*at == '\\')
            at += end - at > 1 ? 2 : 1;
        else if ((unsigned char)*at < 0x20)
            at++;
        else
            at = past_plain(at, end);
    }
    return at < end ? at + 1 : NULL;
}

static bool scan_digits(struct json_scan *scan)
{
    const char *from = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return scan->at > from || fail(scan, "digit expected");
}

static bool scan_number(struct json_scan *scan)
{
    if (json_scan_peek(scan) == '-')
        scan->at++;
    if (json_scan_peek(scan) == '0')
        scan->at++; /* a digit behind it is then found where none may stand */
    else if (!scan_digits(scan))
        return false;
    if (json_scan_peek(scan) == '.') {
        scan->at++;
        if (!scan_digits(scan))
            return false;
    }
    if (json_scan_peek(scan) == 'e' || json_scan_peek(scan) == 'E') {
        scan->at++;
        if (json_scan_peek(scan) == '+' || json_scan_peek(scan) == '-')
            scan->at++;
        return scan_digits(scan);
    }
    return true;
}

static bool scan_word(struct json_scan *scan, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, word, len) != 0)
        return fail(scan, "value expected");
    scan->at += len;
    return true;
}

static bool scan_container(struct json_scan *scan)
{
    bool object = json_scan_peek(scan) == '{';
    struct json_slice name;
    if (!json_scan_enter(scan))
        return false;
    while (object ? json_scan_member(scan, &name) : json_scan_element(scan)) {
        if (!json_scan_value(scan))
            return false;
    }
    return !scan->problem;
}

bool json_scan_value(struct json_scan *scan)
{
    char first = json_scan_peek(scan);
    switch (first) {
    case '"':
        return scan_string(scan);
    case '{':
    case '[':
        return scan_container(scan);
    case 't':
        return scan_word(scan, "true");
    case 'f':
        return scan_word(scan, "false");
    case 'n':
        return scan_word(scan, "null");
    default:
        if (first == '-' || (first >= '0' && first <= '9'))
            return scan_number(scan);
        return fail(scan, "value expected");
    }
}

bool json_scan_skip(struct json_scan *scan)
{
    if (json_scan_peek(scan) != '{' && json_scan_peek(scan) != '[')
        return json_scan_value(scan);
    size_t open = 0;
    for (; scan->at < scan->end; scan->at++) {
        char c = *scan->at;
        if (c == '"') {
            const char *past = json_scan_past_string(scan->at, scan->end);
            if (!past)
                break;
            scan->at = past - 1;
        } else if (c == '{' || c == '[') {
            open++;
        } else if ((c == '}' || c == ']') && --open == 0) {
            scan->at++;
            return true;
        }
    }
    scan->at = scan->end;
    return fail(scan, "closing bracket expected");
}

bool json_scan_enter(struct json_scan *scan)
{
    if (scan->depth == JSON_SCAN_MAX_DEPTH)
        return fail(scan, "nested too deeply");
    scan->depth++;
    scan->at++;
    scan->fresh = true;
    return true;
}

/* Stands on what follows the comma; false, behind the bracket, at the container's end.
 */
static bool next_item(struct json_scan *scan, char closing)
{
    bool fresh = scan->fresh;
    scan->fresh = false;
    skip_space(scan);
    char c = json_scan_peek(scan);
    if (c == closing) {
        scan->at++;
        scan->depth--;
        return false;
    }
    if (fresh)
        return true;
    if (c != ',')
        return fail(scan, "comma or closing bracket expected");
    scan->at++;
    skip_space(scan);
    return true;
}

bool json_scan_element(struct json_scan *scan)
{
    return next_item(scan, ']');
}

bool json_scan_member(struct json_scan *scan, struct json_slice *name)
{
    if (!next_item(scan, '}'))
        return false;
    if (json_scan_peek(scan) != '"')
        return fail(scan, "member name expected");
    const char *opening = scan->at;
    if (!scan_string(scan))
        return false;
    *name = (struct json_slice){opening + 1, (size_t)(scan->at - opening) - 2};
    skip_space(scan);
    if (json_scan_peek(scan) != ':')
        return fail(scan, "colon expected");
    scan->at++;
    skip_space(scan);
    return true;
}

bool json_scan_finish(struct json_scan *scan)
{
    skip_space(scan);
    return scan->at == scan->end || fail(scan, "text goes on after the value");
}

bool json_scan_error(const struct json_scan *scan, struct err *err)
{
    return err_set(err, ERR_INVALID, "JSON, byte %zu: %s",
                   (size_t)(scan->at - scan->start), scan->problem);
}
