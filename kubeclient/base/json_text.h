/* json_text.h - reads and projects JSON text without building a tree.
 *
 * Watch events are parsed once, on the bytes as they came: json_project() copies only
 * what the plans read, and json_text_get() finds the few members that the store keeps
 * beside the text. Both validate what they walk over (RFC 8259, at most 200 levels), so
 * that a malformed object is an error here and never later.
 */
#ifndef BERTH_BASE_JSON_TEXT_H
#define BERTH_BASE_JSON_TEXT_H

#include "kubeclient/base/err.h"
#include "kubeclient/base/strbuf.h"

#include <stddef.h>

/* A slice of the given text; not terminated. `start` NULL: not there. */
struct json_slice {
    const char *start;
    size_t len;
};

/* A projection: a tree of member names to keep, compiled from path strings. */
struct json_projection;

/* Compiles `paths` (ends with NULL). One path is segments separated by spaces, as JSON
 * member names hold neither; arrays are walked through; `*` stands for any member; `**`
 * at the end, or simply ending, keeps the whole value, and `!` at the end keeps null in
 * its place, for secrets, of which only names may be known: "metadata name",
 * "spec template spec containers name", "metadata annotations berth.dev/runtime",
 * "data * !".
 * Objects and arrays on the way are kept, so a list keeps its length. A path that is
 * malformed is a bug. Freed with json_projection_free(). A scalar where a path goes on
 * is kept, so that a wrong type is seen and not taken for an absence. */
struct json_projection *json_projection_new(const char *const *paths);
void json_projection_free(struct json_projection **projection);

/* Appends the projected compact form of `text` to `out`. Fails with INVALID when the
 * text is not valid JSON or `out` overflows. */
WARN_UNUSED bool json_project(const struct json_projection *projection,
                              const char *text, size_t len, struct strbuf *out,
                              struct err *err);

/* The raw slice of the value at a path of segments ("metadata", "uid", NULL), objects
 * only; a string's slice is without its quotes and with its escapes left as they are.
 * Skips quickly; does not validate what it skips beyond finding its end. */
struct json_slice json_text_get(const char *text, size_t len, const char *const *path);

#endif
