#include "kubeclient/base/json_text.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/json_scan.h"
#include "kubeclient/base/json_unescape.h"

#include <assert.h>
#include <string.h>

/* No path has a longer segment: label keys have at most 317 bytes. */
#define MAX_SEGMENT 512

/* One member name of the paths; the root is the value as a whole. */
struct json_projection {
    char *name;
    size_t name_len;
    bool whole;                       /* all of the value is kept */
    bool hidden;                      /* null stands for the value */
    struct json_projection *any;      /* `*` */
    struct json_projection *children; /* by name; linked by `next` */
    struct json_projection *next;
};

struct projector {
    struct json_scan scan;
    struct strbuf *out;
};

static struct json_projection *child_of(struct json_projection *node, const char *name,
                                        size_t len)
{
    struct json_projection **link = &node->children;
    if (len == 1 && *name == '*')
        link = &node->any;
    for (; *link; link = &(*link)->next) {
        if ((*link)->name_len == len && memcmp((*link)->name, name, len) == 0)
            return *link;
    }
    *link = xcalloc(1, sizeof(**link));
    (*link)->name = xstrndup(name, len);
    (*link)->name_len = len;
    return *link;
}

static void add_path(struct json_projection *node, const char *path)
{
    for (;;) {
        size_t len = strcspn(path, " ");
        bool last = path[len] == '\0';
        assert(len > 0 && len <= MAX_SEGMENT);
        if (len == 2 && memcmp(path, "**", 2) == 0) {
            assert(last);
            break;
        }
        if (len == 1 && *path == '!') {
            assert(last);
            node->hidden = true;
            return;
        }
        node = child_of(node, path, len);
        if (last)
            break;
        path += len + 1;
    }
    node->whole = true;
}

static void merge(struct json_projection *into, const struct json_projection *from)
{
    into->whole |= from->whole;
    into->hidden |= from->hidden;
    if (from->any)
        merge(child_of(into, "*", 1), from->any);
    for (const struct json_projection *child = from->children; child;
         child = child->next)
        merge(child_of(into, child->name, child->name_len), child);
}

/* A named member is kept by its own paths and by those with `*` in its place: one node
 * for both, so that projecting looks at one node a value. */
static void spread_any(struct json_projection *node)
{
    struct json_projection *child;
    for (child = node->children; child; child = child->next) {
        if (node->any)
            merge(child, node->any);
        spread_any(child);
    }
    if (node->any)
        spread_any(node->any);
}

struct json_projection *json_projection_new(const char *const *paths)
{
    struct json_projection *root = xcalloc(1, sizeof(*root));
    for (; *paths; paths++)
        add_path(root, *paths);
    spread_any(root);
    return root;
}

void json_projection_free(struct json_projection **projection)
{
    struct json_projection *node = *projection;
    *projection = NULL;
    while (node) {
        struct json_projection *next = node->next;
        json_projection_free(&node->any);
        json_projection_free(&node->children);
        free(node->name);
        free(node);
        node = next;
    }
}

static const struct json_projection *named(const struct json_projection *node,
                                           struct json_slice name)
{
    for (node = node->children; node; node = node->next) {
        if (node->name_len == name.len && memcmp(node->name, name.start, name.len) == 0)
            return node;
    }
    return NULL;
}

/* The node for a member, or NULL where the member is dropped. */
static const struct json_projection *lookup(const struct json_projection *node,
                                            struct json_slice name)
{
    const struct json_projection *found = named(node, name);
    if (!found && memchr(name.start, '\\', name.len)) {
        char decoded[MAX_SEGMENT];
        found = named(node, json_unescape(name, decoded, sizeof(decoded)));
    }
    return found ? found : node->any;
}

/* Copies validated text without its insignificant spaces. */
static void add_compact(struct strbuf *out, const char *at, const char *end)
{
    while (at < end) {
        const char *from = at;
        while (at < end && !json_scan_is_space(*at))
            at = *at == '"' ? json_scan_past_string(at, end) : at + 1;
        strbuf_add(out, from, (size_t)(at - from));
        while (at < end && json_scan_is_space(*at))
            at++;
    }
}

static bool keep_whole(struct projector *p)
{
    const char *from = p->scan.at;
    size_t spaces = p->scan.spaces;
    if (!json_scan_value(&p->scan))
        return false;
    if (p->scan.spaces == spaces)
        strbuf_add(p->out, from, (size_t)(p->scan.at - from));
    else
        add_compact(p->out, from, p->scan.at);
    return true;
}

static bool project(struct projector *p, const struct json_projection *node);

static bool project_object(struct projector *p, const struct json_projection *node)
{
    struct json_slice name;
    char before = '{';
    if (!json_scan_enter(&p->scan))
        return false;
    while (json_scan_member(&p->scan, &name)) {
        const struct json_projection *child = lookup(node, name);
        if (!child) {
            if (!json_scan_value(&p->scan))
                return false;
            continue;
        }
        strbuf_addc(p->out, before);
        strbuf_add(p->out, name.start - 1, name.len + 2);
        strbuf_addc(p->out, ':');
        before = ',';
        if (!project(p, child))
            return false;
    }
    strbuf_adds(p->out, before == '{' ? "{}" : "}");
    return !p->scan.problem;
}

static bool project_array(struct projector *p, const struct json_projection *node)
{
    char before = '[';
    if (!json_scan_enter(&p->scan))
        return false;
    while (json_scan_element(&p->scan)) {
        strbuf_addc(p->out, before);
        before = ',';
        if (!project(p, node))
            return false;
    }
    strbuf_adds(p->out, before == '[' ? "[]" : "]");
    return !p->scan.problem;
}

/* A scalar where the paths go on is kept: nothing in it can be dropped, and the reader
 * sees the wrong type instead of nothing. */
static bool project(struct projector *p, const struct json_projection *node)
{
    char first = json_scan_peek(&p->scan);
    if (node->hidden) {
        strbuf_adds(p->out, "null");
        return json_scan_value(&p->scan);
    }
    if (first == '{' && !node->whole)
        return project_object(p, node);
    if (first == '[' && !node->whole)
        return project_array(p, node);
    return keep_whole(p);
}

bool json_project(const struct json_projection *projection, const char *text,
                  size_t len, struct strbuf *out, struct err *err)
{
    struct projector p = {.out = out};
    json_scan_init(&p.scan, text, len);
    if (!project(&p, projection) || !json_scan_finish(&p.scan))
        return json_scan_error(&p.scan, err);
    if (out->overflow)
        return err_set(err, ERR_INVALID, "projected JSON is over %zu bytes", out->max);
    return true;
}

static bool name_equals(struct json_slice name, const char *wanted)
{
    size_t len = strlen(wanted);
    assert(len <= MAX_SEGMENT);
    if (name.len == len)
        return memcmp(name.start, wanted, len) == 0;
    if (!memchr(name.start, '\\', name.len))
        return false;
    char decoded[MAX_SEGMENT];
    name = json_unescape(name, decoded, sizeof(decoded));
    return name.len == len && memcmp(name.start, wanted, len) == 0;
}

static bool find_member(struct json_scan *scan, const char *wanted)
{
    struct json_slice name;
    if (json_scan_peek(scan) != '{' || !json_scan_enter(scan))
        return false;
    while (json_scan_member(scan, &name)) {
        if (name_equals(name, wanted))
            return true;
        if (!json_scan_skip(scan))
            return false;
    }
    return false;
}

struct json_slice json_text_get(const char *text, size_t len, const char *const *path)
{
    struct json_slice none = {NULL, 0};
    struct json_scan scan;
    json_scan_init(&scan, text, len);
    for (; *path; path++) {
        if (!find_member(&scan, *path))
            return none;
    }
    const char *from = scan.at;
    if (!json_scan_skip(&scan))
        return none;
    struct json_slice value = {from, (size_t)(scan.at - from)};
    if (*from == '"')
        value = (struct json_slice){from + 1, value.len - 2};
    return value;
}
