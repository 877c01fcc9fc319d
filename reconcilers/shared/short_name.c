#include "reconcilers/shared/short_name.h"

#include "kubeclient/base/ascii.h"
#include "kubeclient/base/sha256.h"

#include <stdbool.h>
#include <string.h>

enum { HASH_DIGITS = 10 };

static bool fits(char c)
{
    return ascii_digit(c) || ascii_lower(c) || c == '-';
}

/* Lower case, and '-' for what a DNS label has not. True: nothing was changed. */
static bool tame(char *text)
{
    bool same = true;
    for (char *c = text; *c; c++) {
        char tamed = ascii_to_lower(*c);
        if (!fits(tamed))
            tamed = '-';
        same = same && tamed == *c;
        *c = tamed;
    }
    return same;
}

const char *short_name(struct arena *arena, const char *prefix, const char *text,
                       const char *suffix, const char *identity)
{
    size_t around = strlen(prefix) + strlen(suffix);
    char *middle = arena_strdup(arena, text);
    bool same = tame(middle);
    size_t len = strlen(middle);
    bool edges = len > 0 && middle[0] != '-' && middle[len - 1] != '-';
    if (same && edges && around + len <= DNS_LABEL_MAX)
        return arena_printf(arena, "%s%s%s", prefix, middle, suffix);
    char hash[SHA256_HEX_SIZE];
    sha256_hex(identity, strlen(identity), hash);
    size_t room = DNS_LABEL_MAX - around - HASH_DIGITS - 1;
    if (len > room)
        middle[len = room] = '\0';
    while (*middle == '-') {
        middle++;
        len--;
    }
    while (len > 0 && middle[len - 1] == '-')
        middle[--len] = '\0';
    return arena_printf(arena, "%s%s%s%.*s%s", prefix, middle, len ? "-" : "",
                        HASH_DIGITS, hash, suffix);
}
