#include "test/apiserver/server/json_path.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

enum { NAME_MAX_LEN = 320 };

struct search {
    const cJSON **out;
    size_t len, max;
};

static void walk(struct search *search, const cJSON *value, const char *path);

/* A name after a dot, up to the next '.' or '['; "\." is a dot of the name. */
static const char *read_name(const char *path, char name[NAME_MAX_LEN])
{
    size_t len = 0;
    for (; *path && *path != '.' && *path != '['; path++) {
        if (*path == '\\' && path[1])
            path++;
        if (len + 1 == NAME_MAX_LEN)
            return NULL;
        name[len++] = *path;
    }
    name[len] = '\0';
    return path;
}

/* Text in quotes of either kind; the place behind it, or NULL. */
static const char *read_quoted(const char *path, char text[NAME_MAX_LEN])
{
    char quote = *path;
    if (quote != '\'' && quote != '"')
        return NULL;
    const char *end = strchr(path + 1, quote);
    size_t len = end ? (size_t)(end - path - 1) : NAME_MAX_LEN;
    if (len >= NAME_MAX_LEN)
        return NULL;
    memcpy(text, path + 1, len);
    text[len] = '\0';
    return end + 1;
}

/* `?(@.NAME=="TEXT")]`; the place behind it, or NULL. */
static const char *read_filter(const char *path, char name[NAME_MAX_LEN],
                               char text[NAME_MAX_LEN])
{
    static const char HEAD[] = "?(@.";
    if (!ascii_has_prefix(path, HEAD))
        return NULL;
    path += strlen(HEAD);
    size_t len = strcspn(path, "= ");
    if (len >= NAME_MAX_LEN)
        return NULL;
    memcpy(name, path, len);
    name[len] = '\0';
    path += len;
    path += strspn(path, " ");
    if (!ascii_has_prefix(path, "=="))
        return NULL;
    path += 2;
    path += strspn(path, " ");
    path = read_quoted(path, text);
    return path && ascii_has_prefix(path, ")]") ? path + 2 : NULL;
}

static void walk_filter(struct search *search, const cJSON *value, const char *path)
{
    char name[NAME_MAX_LEN], text[NAME_MAX_LEN];
    const char *rest = read_filter(path, name, text);
    if (!rest)
        return;
    json_each (item, value) {
        if (strcmp(json_str_or(item, "", name), text) == 0)
            walk(search, item, rest);
    }
}

static void walk_index(struct search *search, const cJSON *value, const char *path)
{
    size_t index = 0;
    const char *end = path;
    for (; ascii_digit(*end) && index < 100000; end++)
        index = 10 * index + (size_t)(*end - '0');
    const cJSON *item = value->child;
    if (end == path || *end != ']')
        return;
    while (item && index--)
        item = item->next;
    if (item)
        walk(search, item, end + 1);
}

/* What stands in brackets. */
static void walk_bracket(struct search *search, const cJSON *value, const char *path)
{
    char name[NAME_MAX_LEN];
    if (ascii_has_prefix(path, "*]")) {
        json_each (item, value)
            walk(search, item, path + 2);
    } else if (*path == '?') {
        walk_filter(search, value, path);
    } else if (*path == '\'' || *path == '"') {
        const char *rest = read_quoted(path, name);
        const cJSON *member = rest ? json_at(value, name) : NULL;
        if (member && *rest == ']')
            walk(search, member, rest + 1);
    } else
        walk_index(search, value, path);
}

static void walk(struct search *search, const cJSON *value, const char *path)
{
    char name[NAME_MAX_LEN];
    if (!*path) {
        if (search->len < search->max)
            search->out[search->len++] = value;
        return;
    }
    if (*path == '[') {
        walk_bracket(search, value, path + 1);
        return;
    }
    if (*path != '.')
        return;
    const char *rest = read_name(path + 1, name);
    if (!rest)
        return;
    const cJSON *member = *name ? json_at(value, name) : value;
    if (member)
        walk(search, member, rest);
}

size_t json_path_find(const cJSON *object, const char *path, const cJSON **out,
                      size_t max)
{
    struct search search = {.out = out, .max = max};
    walk(&search, object, path);
    return search.len;
}
