#include "kubeclient/base/ascii.h"
#include "test/apiserver/schema/schema_rules.h"

#include <string.h>

static bool refuse(const char *what, const char *pattern, struct err *err)
{
    return err_set(err, ERR_INVALID, "%s in pattern \"%s\" is not understood", what,
                   pattern);
}

/* The inside of a bracket expression for a class like \d; NULL: no class. */
static const char *class_of(char letter)
{
    switch (letter) {
    case 'd':
        return "0-9";
    case 'w':
        return "0-9A-Za-z_";
    case 's':
        return " \t\n\f\r";
    default:
        return NULL;
    }
}

static bool add_escape(struct strbuf *out, char letter, const char *pattern,
                       struct err *err)
{
    const char *class = class_of(ascii_to_lower(letter));
    if (class) {
        strbuf_addf(out, "[%s%s]", ascii_upper(letter) ? "^" : "", class);
        return true;
    }
    if (letter == 'A' || letter == 'z') {
        strbuf_addc(out, letter == 'A' ? '^' : '$');
        return true;
    }
    if (!letter || ascii_alnum(letter))
        return refuse("an escape", pattern, err);
    if (strchr("-/_~ '\"#%&,:;<=>@!`", letter)) /* mean themselves */
        strbuf_addc(out, letter);
    else
        strbuf_addf(out, "\\%c", letter);
    return true;
}

/* In POSIX a backslash is no escape inside brackets; what has a meaning there is kept
 * from it by its place: ] first, - last. */
struct bracket {
    bool closing, dash, caret;
};

static bool add_member(struct strbuf *out, struct bracket *bracket, const char **at,
                       const char *pattern, struct err *err)
{
    char letter = **at;
    if (letter != '\\') {
        strbuf_addc(out, letter);
        return true;
    }
    letter = *++*at;
    if (class_of(letter))
        strbuf_adds(out, class_of(letter));
    else if (letter == ']')
        bracket->closing = true;
    else if (letter == '-')
        bracket->dash = true;
    else if (letter == '^')
        bracket->caret = true;
    else if (letter == 't' || letter == 'n' || letter == 'r')
        strbuf_addc(out, letter == 't' ? '\t' : letter == 'n' ? '\n' : '\r');
    else if (!letter || ascii_alnum(letter))
        return refuse("an escape", pattern, err);
    else
        strbuf_addc(out, letter);
    return true;
}

/* `*at` stands on the [ and is left on the ]. */
static bool add_bracket(struct strbuf *out, const char **at, const char *pattern,
                        struct err *err)
{
    struct strbuf body;
    strbuf_init(&body, 4096);
    struct bracket bracket = {0};
    bool negated = (*at)[1] == '^';
    *at += 1 + negated;
    bool good = true;
    for (bool first = true; good && **at && (**at != ']' || first); first = false) {
        if (**at == ']')
            bracket.closing = true;
        else if (**at == '[' && (*at)[1] != ':' && strchr(".=", (*at)[1]))
            good = refuse("a bracket", pattern, err);
        else
            good = add_member(&body, &bracket, at, pattern, err);
        (*at)++;
        /* [:alpha:] has a ] of its own. */
        if (good && body.len > 1 && strcmp(body.text + body.len - 2, "[:") == 0) {
            size_t len = strcspn(*at, "]");
            strbuf_add(&body, *at, len + ((*at)[len] == ']'));
            *at += len + ((*at)[len] == ']');
        }
    }
    if (good && **at != ']')
        good = refuse("an open bracket", pattern, err);
    if (good && bracket.caret && !body.len && !bracket.closing && !negated)
        good = refuse("a lone ^ in brackets", pattern, err);
    if (good)
        strbuf_addf(out, "[%s%s%s%s%s]", negated ? "^" : "", bracket.closing ? "]" : "",
                    body.text, bracket.caret ? "^" : "", bracket.dash ? "-" : "");
    strbuf_fini(&body);
    return good;
}

static bool add_one(struct strbuf *out, const char **at, const char *pattern,
                    struct err *err)
{
    char letter = **at;
    if (letter == '\\')
        return add_escape(out, *++*at, pattern, err);
    if (letter == '[')
        return add_bracket(out, at, pattern, err);
    if (letter == '(' && (*at)[1] == '?') {
        if ((*at)[2] != ':')
            return refuse("a group", pattern, err);
        *at += 2;
    }
    if (strchr("*+?}", letter) && ((*at)[1] == '?' || (*at)[1] == '+'))
        return refuse("a lazy repetition", pattern, err);
    strbuf_addc(out, letter);
    return true;
}

bool schema_pattern_translate(struct strbuf *out, const char *pattern, struct err *err)
{
    for (const char *at = pattern; *at; at++) {
        if (!add_one(out, &at, pattern, err))
            return false;
    }
    return true;
}
