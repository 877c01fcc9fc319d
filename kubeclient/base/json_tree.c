#include "kubeclient/base/json_tree.h"

#include "kubeclient/base/json_scan.h"
#include "kubeclient/base/json_unescape.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct arena *arena;
    struct json_scan scan;
};

static bool read_value(struct reader *reader, cJSON *node);

/* cJSON's lists: the first node's `prev` is the last. */
static void append(cJSON *parent, cJSON *node)
{
    cJSON *first = parent->child;
    if (!first) {
        parent->child = node;
        node->prev = node;
        return;
    }
    node->prev = first->prev;
    first->prev->next = node;
    first->prev = node;
}

static void set_number(cJSON *node, double number)
{
    node->type = cJSON_Number;
    node->valuedouble = number;
    if (number >= INT_MAX)
        node->valueint = INT_MAX;
    else
        node->valueint = number <= INT_MIN ? INT_MIN : (int)number;
}

static bool fail(struct reader *reader, const char *at, const char *problem)
{
    reader->scan.at = at;
    reader->scan.problem = problem;
    return false;
}

/* UTF-8 that is only there to hold half of a pair: ED A0 80 to ED BF BF. */
static bool has_surrogate(struct json_slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if ((unsigned char)text.start[i] == 0xED &&
            (unsigned char)text.start[i + 1] >= 0xA0)
            return true;
    }
    return false;
}

/* The text of a string that was scanned, without its quotes. NULL: it is no text. */
static char *decode(struct reader *reader, struct json_slice raw)
{
    if (!memchr(raw.start, '\\', raw.len))
        return arena_strndup(reader->arena, raw.start, raw.len);
    char *out = arena_alloc(reader->arena, raw.len + 1);
    struct json_slice text = json_unescape(raw, out, raw.len);
    return text.start && !has_surrogate(text) ? out : NULL;
}

static bool read_object(struct reader *reader, cJSON *node)
{
    struct json_slice name;
    node->type = cJSON_Object;
    if (!json_scan_enter(&reader->scan))
        return false;
    while (json_scan_member(&reader->scan, &name)) {
        cJSON *member = arena_alloc(reader->arena, sizeof *member);
        member->string = decode(reader, name);
        if (!member->string)
            return fail(reader, name.start, "a name that is no text");
        append(node, member);
        if (!read_value(reader, member))
            return false;
    }
    return !reader->scan.problem;
}

static bool read_array(struct reader *reader, cJSON *node)
{
    node->type = cJSON_Array;
    if (!json_scan_enter(&reader->scan))
        return false;
    while (json_scan_element(&reader->scan)) {
        cJSON *element = arena_alloc(reader->arena, sizeof *element);
        append(node, element);
        if (!read_value(reader, element))
            return false;
    }
    return !reader->scan.problem;
}

static bool read_scalar(struct reader *reader, cJSON *node)
{
    const char *from = reader->scan.at;
    if (!json_scan_value(&reader->scan))
        return false;
    size_t len = (size_t)(reader->scan.at - from);
    switch (*from) {
    case '"':
        node->type = cJSON_String;
        node->valuestring = decode(reader, (struct json_slice){from + 1, len - 2});
        return node->valuestring || fail(reader, from, "a string that is no text");
    case 't':
        node->type = cJSON_True;
        node->valueint = 1;
        return true;
    case 'f':
        node->type = cJSON_False;
        return true;
    case 'n':
        node->type = cJSON_NULL;
        return true;
    default:
        set_number(node, strtod(arena_strndup(reader->arena, from, len), NULL));
        return true;
    }
}

static bool read_value(struct reader *reader, cJSON *node)
{
    switch (json_scan_peek(&reader->scan)) {
    case '{':
        return read_object(reader, node);
    case '[':
        return read_array(reader, node);
    default:
        return read_scalar(reader, node);
    }
}

cJSON *json_tree_read(struct arena *arena, const char *text, size_t len,
                      struct err *err)
{
    struct reader reader = {.arena = arena};
    cJSON *root = arena_alloc(arena, sizeof *root);
    json_scan_init(&reader.scan, text, len);
    if (read_value(&reader, root) && json_scan_finish(&reader.scan))
        return root;
    json_scan_error(&reader.scan, err);
    return NULL;
}

static cJSON *add_member(struct arena *arena, cJSON *object, const char *name)
{
    cJSON *member = arena_alloc(arena, sizeof *member);
    /* cJSON's nodes do not say const; nothing of this tree is ever written to. */
    member->string = (char *)(uintptr_t)name;
    append(object, member);
    return member;
}

cJSON *json_tree_add_string(struct arena *arena, cJSON *object, const char *name,
                            const char *text)
{
    cJSON *member = add_member(arena, object, name);
    member->type = cJSON_String;
    member->valuestring = (char *)(uintptr_t)text;
    return member;
}

cJSON *json_tree_add_number(struct arena *arena, cJSON *object, const char *name,
                            int64_t number)
{
    cJSON *member = add_member(arena, object, name);
    set_number(member, (double)number);
    return member;
}

cJSON *json_tree_object(struct arena *arena, cJSON *object, const char *name)
{
    for (cJSON *member = object->child; member; member = member->next) {
        if (strcmp(member->string, name) == 0 && cJSON_IsObject(member))
            return member;
    }
    cJSON *made = add_member(arena, object, name);
    made->type = cJSON_Object;
    return made;
}
