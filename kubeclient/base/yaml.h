/* yaml.h - YAML text to cJSON trees, with the place of every value.
 *
 * The YAML that Kubernetes files use: several documents, block and flow style, plain
 * scalars typed by the YAML 1.2 core schema (true, 1, 1.5, null; `yes` and `on` stay
 * strings, as do octal and sexagesimal forms). Refused with line and column: duplicate
 * keys, keys that are not scalars, aliases and anchors (a billion laughs), tags other
 * than the core ones, more than 100 levels.
 */
#ifndef BERTH_BASE_YAML_H
#define BERTH_BASE_YAML_H

#include "kubeclient/base/err.h"
#include "kubeclient/base/json.h"

#include <stddef.h>

struct yaml_doc; /* owns its trees and their places */

struct yaml_mark {
    size_t line, column; /* from 1; 0: unknown */
};

/* Parses all documents; empty ones are dropped. `source` names the text in messages
 * ("FILE:LINE:COLUMN: what"). Returns NULL with err INVALID. */
WARN_UNUSED struct yaml_doc *yaml_parse(const char *source, const char *text,
                                        size_t len, struct err *err);
void yaml_close(struct yaml_doc **doc);

size_t yaml_count(const struct yaml_doc *doc);
const cJSON *yaml_root(const struct yaml_doc *doc, size_t index); /* borrowed */
cJSON *yaml_detach(struct yaml_doc *doc, size_t index); /* owned by the caller; once */

/* Where a value (for object members: its key) stands in the text. */
struct yaml_mark yaml_mark(const struct yaml_doc *doc, const cJSON *value);

/* Appends `value` as block-style YAML, strings quoted where they must be: for people.
 */
void yaml_print(struct strbuf *out, const cJSON *value);

#endif
