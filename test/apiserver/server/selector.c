#include "test/apiserver/server/selector.h"

#include "kubeclient/base/ascii.h"
#include "kubeclient/base/json_text.h"
#include "test/apiserver/server/selectable.h"

#include <string.h>

/* ---- matching */

/* A string's content with its escapes undone, a number or boolean as it is written. */
static const char *text_of(struct arena *arena, struct json_slice slice)
{
    if (!memchr(slice.start, '\\', slice.len))
        return arena_strndup(arena, slice.start, slice.len);
    struct strbuf quoted;
    strbuf_init(&quoted, slice.len + 2);
    strbuf_addc(&quoted, '"');
    strbuf_add(&quoted, slice.start, slice.len);
    strbuf_addc(&quoted, '"');
    struct err err;
    cJSON *value = json_parse(quoted.text, quoted.len, &err);
    const char *text =
        cJSON_IsString(value) ? arena_strdup(arena, value->valuestring) : "";
    json_free(value);
    strbuf_fini(&quoted);
    return text;
}

static bool is_among(const char *const *values, const char *text)
{
    for (; *values; values++) {
        if (strcmp(*values, text) == 0)
            return true;
    }
    return false;
}

static bool compares(const struct requirement *it, const char *text)
{
    int64_t held, bound;
    if (!ascii_parse_i64(text, &held) || !ascii_parse_i64(it->values[0], &bound))
        return false;
    return it->op == SELECT_GREATER ? held > bound : held < bound;
}

/* `text` NULL: not set. */
static bool holds(const struct requirement *it, const char *text)
{
    switch (it->op) {
    case SELECT_IN:
        return text && is_among(it->values, text);
    case SELECT_NOT_IN:
        return !text || !is_among(it->values, text);
    case SELECT_EXISTS:
        return text;
    case SELECT_NOT_EXISTS:
        return !text;
    case SELECT_GREATER:
    case SELECT_LESS:
        return text && compares(it, text);
    }
    return false;
}

static bool requirement_holds(const struct requirement *it, struct arena *arena,
                              const struct object_text *object)
{
    struct json_slice slice =
        it->path ? json_text_get(object->text, object->len, it->path)
                 : json_text_get(object->text, object->len,
                                 JSON_PATH("metadata", "labels", it->key));
    const char *text = slice.start ? text_of(arena, slice) : NULL;
    if (!text && it->path)
        text = ""; /* a field that is not set is empty */
    return holds(it, text);
}

bool selection_is_plain(const struct selection *selection)
{
    return !selection->labels && !selection->fields;
}

bool selection_matches(const struct selection *selection,
                       const struct object_text *text)
{
    if (!object_text_in(text, selection->ns))
        return false;
    if (selection_is_plain(selection))
        return true;
    struct arena *arena = arena_new();
    bool all = true;
    for (const struct requirement *it = selection->labels; it && all; it = it->next)
        all = requirement_holds(it, arena, text);
    for (const struct requirement *it = selection->fields; it && all; it = it->next)
        all = requirement_holds(it, arena, text);
    arena_free(&arena);
    return all;
}

/* ---- field selectors: "a=b,c!=d", with backslashes before ',', '=' and '\' */

static size_t term_len(const char *text)
{
    size_t len = 0;
    while (text[len] && text[len] != ',')
        len += text[len] == '\\' && text[len + 1] ? 2 : 1;
    return len;
}

/* The first backslash that stands before something else; NULL: none. */
static const char *bad_escape(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\\')
            continue;
        if (i + 1 == len || !strchr("\\,=", text[i + 1]))
            return text + i;
        i++;
    }
    return NULL;
}

static const char *unescape(struct arena *arena, const char *text, size_t len)
{
    char *out = arena_alloc(arena, len + 1);
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\' && i + 1 < len)
            i++;
        out[at++] = text[i];
    }
    return out;
}

static struct requirement *parse_field(struct arena *arena, const char *term,
                                       size_t len)
{
    size_t at = 0;
    while (at < len && term[at] != '=' && !(term[at] == '!' && term[at + 1] == '='))
        at += term[at] == '\\' ? 2 : 1;
    if (at >= len)
        return NULL;
    struct requirement *it = arena_alloc(arena, sizeof *it);
    const char **values = arena_alloc(arena, 2 * sizeof *values);
    it->op = term[at] == '!' ? SELECT_NOT_IN : SELECT_IN;
    it->key = arena_strndup(arena, term, at);
    at += term[at] == '!' || (at + 1 < len && term[at + 1] == '=') ? 2 : 1;
    values[0] = unescape(arena, term + at, len - at);
    it->values = values;
    return it;
}

static bool read_fields(struct call *call, struct arena *arena,
                        struct selection *selection)
{
    const char *text = call_param(call, "fieldSelector");
    const struct requirement **last = &selection->fields;
    for (; text && *text;) {
        size_t len = term_len(text);
        const char *escape = bad_escape(text, len);
        if (escape)
            return call_refuse(call, 400, "BadRequest",
                               "invalid field selector: invalid escape sequence: %.2s",
                               escape);
        struct requirement *it = len ? parse_field(arena, text, len) : NULL;
        if (len && !it)
            return call_refuse(call, 400, "BadRequest",
                               "invalid selector: '%s'; can't understand '%.*s'", text,
                               (int)len, text);
        if (it) {
            it->path = selectable_path(arena, call->def, it->key);
            if (!it->path)
                return selectable_refuse(call, it->key);
            *last = it;
            last = &it->next;
        }
        text += len + (text[len] == ',');
    }
    return true;
}

static bool read_labels(struct call *call, struct arena *arena,
                        struct selection *selection)
{
    const char *text = call_param(call, "labelSelector");
    const char *problem = NULL;
    if (text && *text)
        selection->labels = selector_parse_labels(arena, text, &problem);
    if (problem)
        return call_refuse(call, 400, "BadRequest", "%s", problem);
    return true;
}

bool selection_read(struct call *call, struct arena *arena, struct selection *selection)
{
    *selection = (struct selection){
        .ns = call->def->namespaced ? arena_strdup(arena, call->ns) : ""};
    return read_labels(call, arena, selection) && read_fields(call, arena, selection);
}
