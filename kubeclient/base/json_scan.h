/* json_scan.h - a validating cursor over JSON text (RFC 8259).
 *
 * It copies and allocates nothing: it moves over values, checks them on the way, and
 * remembers the first problem with its place. json_text.[ch] is made of it. Containers
 * are walked by hand,
 *
 *     if (!json_scan_enter(&scan))
 *         return false;
 *     while (json_scan_member(&scan, &name))
 *         ... move over the value ...
 *     return !scan.problem;
 *
 * or skipped whole. UTF-8 is passed through unchecked: what reads strings decides.
 */
#ifndef BERTH_BASE_JSON_SCAN_H
#define BERTH_BASE_JSON_SCAN_H

#include "kubeclient/base/err.h"
#include "kubeclient/base/json_text.h"

#include <stdbool.h>
#include <stddef.h>

/* Containers inside containers. No Kubernetes object comes near, and the scanner's
 * stack stays small. */
#define JSON_SCAN_MAX_DEPTH 200

struct json_scan {
    const char *start, *at, *end;
    const char *problem; /* static text; NULL: none so far. `at` is where it stands */
    size_t spaces;       /* insignificant bytes passed: none, and a slice is compact */
    unsigned depth;
    bool fresh; /* a container was entered and nothing of it read yet */
};

/* Stands on the first byte that is not white space. `text` is borrowed. */
void json_scan_init(struct json_scan *scan, const char *text, size_t len);

/* The byte under the cursor; NUL at the end, where no value can begin. */
static inline char json_scan_peek(const struct json_scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

/* Moves over one value of any type, validating all of it. */
WARN_UNUSED bool json_scan_value(struct json_scan *scan);

/* Moves over one value; of an object or array only the end is looked for. */
WARN_UNUSED bool json_scan_skip(struct json_scan *scan);

/* Enters the object or array under the cursor. */
WARN_UNUSED bool json_scan_enter(struct json_scan *scan);

/* Stands on the next member's value or on the next element. False behind the closing
 * bracket, and on a problem. `name` is as in json_text_get(): raw, without quotes. */
bool json_scan_member(struct json_scan *scan, struct json_slice *name);
bool json_scan_element(struct json_scan *scan);

/* True when nothing but white space is left. */
WARN_UNUSED bool json_scan_finish(struct json_scan *scan);

/* Sets err to INVALID with the problem and its byte offset; returns false. */
bool json_scan_error(const struct json_scan *scan, struct err *err);

/* Behind the string that opens at `at`, or NULL where it does not end. */
const char *json_scan_past_string(const char *at, const char *end);

static inline bool json_scan_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

#endif
