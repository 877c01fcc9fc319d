#include "reconcilers/shared/image_reference.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

enum {
    NAME_MAX_LENGTH = 255, /* registry and repository together, by the grammar */
    TAG_MAX_LENGTH = 128,
    DIGEST_HEX_MIN = 32,
};

/* A reference cut into its parts; a part that is not there has start NULL. */
struct slice {
    const char *start;
    size_t len;
};

struct parts {
    struct slice name, tag, digest;
};

static struct parts cut(const char *reference)
{
    struct parts parts = {.name = {reference, strcspn(reference, "@")}};
    if (reference[parts.name.len] == '@') {
        parts.digest.start = reference + parts.name.len + 1;
        parts.digest.len = strlen(parts.digest.start);
    }
    for (size_t i = parts.name.len; i > 0 && reference[i - 1] != '/'; i--) {
        if (reference[i - 1] == ':') {
            parts.tag = (struct slice){reference + i, parts.name.len - i};
            parts.name.len = i - 1;
            break;
        }
    }
    return parts;
}

/* Lower case letters and digits, joined by '.', '_', '__' or any number of '-'. */
static bool valid_component(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        size_t word = i;
        while (i < len && (ascii_lower(text[i]) || ascii_digit(text[i])))
            i++;
        if (i == word)
            return false;
        if (i == len)
            return true;
        size_t joint = i;
        while (i < len && text[i] == text[joint] && strchr("._-", text[i]))
            i++;
        size_t run = i - joint;
        if (run == 0 || (text[joint] == '.' && run > 1) ||
            (text[joint] == '_' && run > 2))
            return false;
    }
    return false;
}

static bool valid_host(const char *text, size_t len)
{
    size_t label = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i == len || text[i] == '.') {
            if (i == label || text[label] == '-' || text[i - 1] == '-')
                return false;
            label = i + 1;
        } else if (!ascii_alnum(text[i]) && text[i] != '-')
            return false;
    }
    return true;
}

static bool valid_bracketed_address(const char *text, size_t len)
{
    if (len < 4 || text[0] != '[' || text[len - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < len; i++) {
        char c = ascii_to_lower(text[i]);
        if (!ascii_digit(c) && !(c >= 'a' && c <= 'f') && c != ':')
            return false;
    }
    return true;
}

static bool valid_registry(const char *text, size_t len)
{
    size_t host = len;
    while (host > 0 && ascii_digit(text[host - 1]))
        host--;
    if (host > 0 && host < len && text[host - 1] == ':')
        host--;
    else
        host = len;
    return valid_host(text, host) || valid_bracketed_address(text, host);
}

static bool valid_name(const char *text, size_t len)
{
    if (len == 0 || len > NAME_MAX_LENGTH)
        return false;
    for (size_t start = 0, end; start <= len; start = end + 1) {
        for (end = start; end < len && text[end] != '/';)
            end++;
        bool first_of_many = start == 0 && end < len;
        if (!valid_component(text + start, end - start) &&
            !(first_of_many && valid_registry(text, end)))
            return false;
    }
    return true;
}

static bool valid_tag(const char *text, size_t len)
{
    if (len == 0 || len > TAG_MAX_LENGTH || text[0] == '.' || text[0] == '-')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_alnum(text[i]) && !strchr("_.-", text[i]))
            return false;
    }
    return true;
}

/* Letters and digits joined by one of "-_+.", each part beginning with a letter. */
static bool valid_algorithm(const char *text, size_t len)
{
    bool begins = true;
    for (size_t i = 0; i < len; i++) {
        if (begins ? !ascii_alnum(text[i]) || ascii_digit(text[i])
                   : !ascii_alnum(text[i]) && !strchr("-_+.", text[i]))
            return false;
        begins = !ascii_alnum(text[i]);
    }
    return len > 0 && !begins;
}

static bool valid_digest(const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    if (!colon || !valid_algorithm(text, (size_t)(colon - text)))
        return false;
    size_t hex = len - (size_t)(colon + 1 - text);
    bool sha256 = strncmp(text, "sha256:", 7) == 0;
    if (sha256 ? hex != 64 : hex < DIGEST_HEX_MIN)
        return false;
    for (size_t i = len - hex; i < len; i++) {
        char c = ascii_to_lower(text[i]);
        if (!ascii_digit(c) && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return true;
}

bool image_reference_valid(const char *reference)
{
    struct parts parts = cut(reference);
    return valid_name(parts.name.start, parts.name.len) &&
           (!parts.tag.start || valid_tag(parts.tag.start, parts.tag.len)) &&
           (!parts.digest.start || valid_digest(parts.digest.start, parts.digest.len));
}

const char *image_default_pull_policy(const char *reference)
{
    struct parts parts = cut(reference);
    bool floating = parts.tag.start ? parts.tag.len == strlen("latest") &&
                                          strncmp(parts.tag.start, "latest", 6) == 0
                                    : !parts.digest.start;
    return floating ? "Always" : "IfNotPresent";
}
