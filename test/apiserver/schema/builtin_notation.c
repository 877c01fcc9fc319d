#include "test/apiserver/schema/builtin_notation.h"

#include <assert.h>
#include <string.h>

struct notation_type notation_head(struct arena *arena, const char *line)
{
    size_t len = strcspn(line, "*@:");
    assert(len && line[strcspn(line, ":")] == ':');
    return (struct notation_type){
        .name = arena_strndup(arena, line, len),
        .atomic = line[len] == '*',
        .kind = line[len] == '@',
    };
}

const char *const *notation_next(const char *const *lines)
{
    while (*++lines) {
        if (**lines != ' ')
            return lines;
    }
    return NULL;
}

/* Where the fields of a line begin: after the head, or at once. */
static const char *body_of(const char *line)
{
    return *line == ' ' ? line : strchr(line, ':') + 1;
}

static const char *next_token(const char **at, size_t *len)
{
    const char *token = *at + strspn(*at, " ");
    *len = strcspn(token, " ");
    *at = token + *len;
    return *len ? token : NULL;
}

static size_t count_tokens(const char *const *lines, const char *const *end)
{
    size_t count = 0, len = 0;
    for (; lines != end && *lines; lines++) {
        const char *at = body_of(*lines);
        while (next_token(&at, &len))
            count++;
    }
    return count;
}

static struct notation_field field_of(struct arena *arena, const char *token,
                                      size_t len)
{
    char *text = arena_strndup(arena, token, len);
    struct notation_field field = {0};
    char *equals = strchr(text, '=');
    if (equals) {
        *equals = 0;
        field.fallback = equals + 1;
    }
    char *tilde = strchr(text, '~');
    if (tilde) {
        *tilde = 0;
        field.strategy = tilde + 1;
    }
    size_t name = strcspn(text, "!?[{:");
    assert(name);
    field.name = arena_strndup(arena, text, name);
    char *at = text + name;
    field.required = *at == '!';
    at += field.required;
    field.keep_empty = *at == '?';
    at += field.keep_empty;
    field.shape = at;
    return field;
}

struct notation_field *notation_fields(struct arena *arena, const char *const *lines,
                                       size_t *count)
{
    const char *const *end = notation_next(lines);
    size_t total = count_tokens(lines, end), at = 0, len = 0;
    struct notation_field *fields = arena_alloc(arena, (total + 1) * sizeof *fields);
    for (; lines != end && *lines; lines++) {
        const char *text = body_of(*lines);
        for (const char *token; (token = next_token(&text, &len));)
            fields[at++] = field_of(arena, token, len);
    }
    *count = total;
    return fields;
}
