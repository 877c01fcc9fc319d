/* watch_text.h - the texts that watches and lists bring, cut without building trees.
 *
 * A line of a watch is {"type":…,"object":…}; a page is a List with its items. Objects
 * stay slices of the text, for the store to project. Pure.
 */
#ifndef BERTH_ENGINE_WATCH_TEXT_H
#define BERTH_ENGINE_WATCH_TEXT_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/json_text.h"

#include <stdbool.h>
#include <stdint.h>

enum watch_line_type {
    WATCH_LINE_ADDED,
    WATCH_LINE_MODIFIED,
    WATCH_LINE_DELETED,
    WATCH_LINE_BOOKMARK,
    WATCH_LINE_ERROR,
};

struct watch_line {
    enum watch_line_type type;
    struct json_slice object; /* of the line; for ERROR a Status */
    uint64_t version;         /* its resourceVersion; 0: none */
    bool initial_end; /* BOOKMARK: annotated k8s.io/initial-events-end (KEP-3157) */
};

/* Fails with INVALID when it is no event of a known type with an object. The object is
 * only skipped over, not validated. */
WARN_UNUSED bool watch_line_parse(struct watch_line *line, struct json_slice text,
                                  struct err *err);

struct list_page {
    uint64_t version;        /* the list's resourceVersion; 0: none */
    const char *token;       /* `continue`, in the arena; NULL: the last page */
    struct json_slice items; /* the array; "not there" for null */
};

WARN_UNUSED bool list_page_parse(struct list_page *page, struct arena *arena,
                                 struct json_slice text, struct err *err);

/* Calls fn for each item until it returns false; false then, and for a malformed array
 * (err is set). */
typedef bool list_item_fn(void *ctx, struct json_slice item, struct err *err);
WARN_UNUSED bool list_page_each(const struct list_page *page, list_item_fn *fn,
                                void *ctx, struct err *err);

#endif
