#include "controller/engine/watch_text.h"

#include "controller/engine/object_head.h"
#include "kubeclient/base/json_scan.h"
#include "kubeclient/base/json_unescape.h"

#include <string.h>

static const char *const VERSION_PATH[] = {"metadata", "resourceVersion", NULL};
static const char *const INITIAL_END_PATH[] = {"metadata", "annotations",
                                               "k8s.io/initial-events-end", NULL};

static const char *const TYPES[] = {
    [WATCH_LINE_ADDED] = "ADDED",     [WATCH_LINE_MODIFIED] = "MODIFIED",
    [WATCH_LINE_DELETED] = "DELETED", [WATCH_LINE_BOOKMARK] = "BOOKMARK",
    [WATCH_LINE_ERROR] = "ERROR",
};

static bool equals(struct json_slice slice, const char *wanted)
{
    return slice.start && slice.len == strlen(wanted) &&
           memcmp(slice.start, wanted, slice.len) == 0;
}

/* Walks the members of one object and gives the slices of two of them, brackets and
 * quotes included. */
static bool find_two(struct json_slice text, const char *const names[2],
                     struct json_slice found[2], struct err *err)
{
    struct json_scan scan;
    struct json_slice name;
    found[0] = found[1] = (struct json_slice){NULL, 0};
    json_scan_init(&scan, text.start, text.len);
    if (json_scan_peek(&scan) != '{')
        return err_set(err, ERR_INVALID, "not a JSON object");
    if (!json_scan_enter(&scan))
        return json_scan_error(&scan, err);
    while (json_scan_member(&scan, &name)) {
        const char *from = scan.at;
        if (!json_scan_skip(&scan))
            return json_scan_error(&scan, err);
        for (int i = 0; i < 2; i++) {
            if (equals(name, names[i]))
                found[i] = (struct json_slice){from, (size_t)(scan.at - from)};
        }
    }
    return (!scan.problem && json_scan_finish(&scan)) || json_scan_error(&scan, err);
}

static bool parse_type(struct watch_line *line, struct json_slice quoted)
{
    if (!quoted.start || quoted.start[0] != '"')
        return false;
    struct json_slice type = {quoted.start + 1, quoted.len - 2};
    for (size_t i = 0; i < sizeof(TYPES) / sizeof(*TYPES); i++) {
        if (equals(type, TYPES[i])) {
            line->type = (enum watch_line_type)i;
            return true;
        }
    }
    return false;
}

bool watch_line_parse(struct watch_line *line, struct json_slice text, struct err *err)
{
    struct json_slice found[2];
    *line = (struct watch_line){.version = 0};
    if (!find_two(text, (const char *const[]){"type", "object"}, found, err))
        return err_wrap(err, "watch event");
    if (!parse_type(line, found[0]))
        return err_set(err, ERR_INVALID, "watch event of an unknown type");
    if (!found[1].start || found[1].start[0] != '{')
        return err_set(err, ERR_INVALID, "watch event without an object");

    line->object = found[1];
    if (line->type != WATCH_LINE_ERROR)
        line->version = object_version_parse(
            json_text_get(line->object.start, line->object.len, VERSION_PATH));
    if (line->type == WATCH_LINE_BOOKMARK)
        line->initial_end = equals(
            json_text_get(line->object.start, line->object.len, INITIAL_END_PATH),
            "true");
    return true;
}

static const char *token_of(struct arena *arena, struct json_slice metadata)
{
    static const char *const CONTINUE_PATH[] = {"continue", NULL};
    struct json_slice raw = json_text_get(metadata.start, metadata.len, CONTINUE_PATH);
    if (!raw.start || raw.len == 0)
        return NULL;
    char *decoded = arena_alloc(arena, raw.len + 1);
    struct json_slice token = json_unescape(raw, decoded, raw.len);
    return token.start && token.len ? decoded : NULL;
}

bool list_page_parse(struct list_page *page, struct arena *arena,
                     struct json_slice text, struct err *err)
{
    static const char *const LIST_VERSION_PATH[] = {"resourceVersion", NULL};
    struct json_slice found[2];
    *page = (struct list_page){.version = 0};
    if (!find_two(text, (const char *const[]){"metadata", "items"}, found, err))
        return err_wrap(err, "list");
    if (!found[0].start || found[0].start[0] != '{')
        return err_set(err, ERR_INVALID, "list without metadata");
    if (!found[1].start || (found[1].start[0] != '[' && !equals(found[1], "null")))
        return err_set(err, ERR_INVALID, "list without items");

    page->version = object_version_parse(
        json_text_get(found[0].start, found[0].len, LIST_VERSION_PATH));
    page->token = token_of(arena, found[0]);
    if (found[1].start[0] == '[')
        page->items = found[1];
    return true;
}

bool list_page_each(const struct list_page *page, list_item_fn *fn, void *ctx,
                    struct err *err)
{
    struct json_scan scan;
    if (!page->items.start)
        return true;
    json_scan_init(&scan, page->items.start, page->items.len);
    if (!json_scan_enter(&scan))
        return json_scan_error(&scan, err);
    while (json_scan_element(&scan)) {
        const char *from = scan.at;
        if (!json_scan_skip(&scan))
            return json_scan_error(&scan, err);
        struct json_slice item = {from, (size_t)(scan.at - from)};
        if (!fn(ctx, item, err))
            return false;
    }
    return !scan.problem || json_scan_error(&scan, err);
}
