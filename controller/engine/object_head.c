#include "controller/engine/object_head.h"

#include "kubeclient/base/ascii.h"
#include "kubeclient/base/json_scan.h"
#include "kubeclient/base/json_unescape.h"

#include <stdio.h>
#include <string.h>

/* An integer as digits, terminated, so that ascii_parse_*() can read it. */
enum { DIGITS_MAX = 20 };

static bool copy_digits(char out[DIGITS_MAX + 1], struct json_slice text)
{
    if (!text.start || text.len == 0 || text.len > DIGITS_MAX)
        return false;
    memcpy(out, text.start, text.len);
    out[text.len] = '\0';
    return true;
}

uint64_t object_version_parse(struct json_slice text)
{
    char digits[DIGITS_MAX + 1];
    uint64_t version;
    if (!copy_digits(digits, text) || !ascii_parse_u64(digits, &version))
        return 0;
    return version;
}

static int64_t parse_generation(struct json_slice text)
{
    char digits[DIGITS_MAX + 1];
    int64_t generation;
    if (!copy_digits(digits, text) || !ascii_parse_i64(digits, &generation))
        return 0;
    return generation;
}

/* A name is part of keys and of URLs' paths: it holds neither slash nor NUL. */
static bool copy_name(char out[OBJECT_NAME_MAX + 1], struct json_slice raw)
{
    struct json_slice name = json_unescape(raw, out, OBJECT_NAME_MAX);
    if (!name.start || memchr(out, '/', name.len) || memchr(out, '\0', name.len))
        return false;
    out[name.len] = '\0';
    return true;
}

static bool is(struct json_slice name, const char *wanted)
{
    return name.len == strlen(wanted) && memcmp(name.start, wanted, name.len) == 0;
}

/* The inside of a string, "not there" for other values. */
static struct json_slice string_inside(const char *from, const char *to)
{
    if (*from != '"')
        return (struct json_slice){NULL, 0};
    return (struct json_slice){from + 1, (size_t)(to - from) - 2};
}

static bool read_member(struct object_head *head, struct json_slice name,
                        const char *from, const char *to)
{
    struct json_slice text = string_inside(from, to);
    if (is(name, "name"))
        return text.start && copy_name(head->name, text);
    if (is(name, "namespace"))
        return text.start && copy_name(head->ns, text);
    if (is(name, "resourceVersion"))
        head->version = object_version_parse(text);
    else if (is(name, "generation"))
        head->generation =
            parse_generation((struct json_slice){from, (size_t)(to - from)});
    return true;
}

/* Stands on the value of the object's member `metadata`. */
static bool find_metadata(struct json_scan *scan)
{
    struct json_slice name;
    if (json_scan_peek(scan) != '{' || !json_scan_enter(scan))
        return false;
    while (json_scan_member(scan, &name)) {
        if (is(name, "metadata"))
            return true;
        if (!json_scan_skip(scan))
            return false;
    }
    return false;
}

static bool read_metadata(struct object_head *head, struct json_scan *scan)
{
    struct json_slice name;
    if (json_scan_peek(scan) != '{' || !json_scan_enter(scan))
        return false;
    while (json_scan_member(scan, &name)) {
        const char *from = scan->at;
        if (!json_scan_skip(scan) || !read_member(head, name, from, scan->at))
            return false;
    }
    return !scan->problem;
}

bool object_head_read(struct object_head *head, struct json_slice text, struct err *err)
{
    struct json_scan scan;
    head->ns[0] = head->name[0] = '\0';
    head->version = 0;
    head->generation = 0;
    json_scan_init(&scan, text.start ? text.start : "", text.len);
    if (!find_metadata(&scan) || !read_metadata(head, &scan) || head->name[0] == '\0')
        return err_set(err, ERR_INVALID, "not an object with metadata and a name");
    if (head->version == 0)
        return err_set(err, ERR_INVALID, "%s has no integer resourceVersion",
                       head->name);
    return true;
}

void object_key_write(char key[OBJECT_KEY_SIZE], const char *ns, const char *name)
{
    snprintf(key, OBJECT_KEY_SIZE, "%s%s%s", ns, ns[0] ? "/" : "", name);
}
