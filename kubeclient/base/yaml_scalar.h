/* yaml_scalar.h - what a YAML scalar means, and which strings need quotes.
 *
 * Reading follows the core schema of YAML 1.2 as yaml.h narrows it. Writing is wary of
 * YAML 1.1 too, for kubectl's and Python's parsers still read by it: what either would
 * take for something else is quoted. Pure text: no libyaml here.
 */
#ifndef BERTH_BASE_YAML_SCALAR_H
#define BERTH_BASE_YAML_SCALAR_H

#include "kubeclient/base/strbuf.h"

#include <stdbool.h>

enum yaml_type {
    YAML_STRING,
    YAML_NULL,
    YAML_TRUE,
    YAML_FALSE,
    YAML_INT,
    YAML_FLOAT,
    YAML_NOT_FINITE, /* .inf and .nan: JSON has no such number */
};

/* The type of a plain (unquoted) scalar. */
enum yaml_type yaml_plain_type(const char *text);

/* The value of a YAML_INT or YAML_FLOAT; an integer may be outside 2^53. */
double yaml_number(const char *text);

/* True when `text` reads back as this very string without quotes, in block context. */
bool yaml_plain_safe(const char *text);

/* True when `text` can be a literal block (`|`): lines of printable text, the first not
 * empty and not indented. */
bool yaml_literal_safe(const char *text);

/* Appends `text` in double quotes on one line. Invalid UTF-8 becomes U+FFFD. */
void yaml_add_quoted(struct strbuf *out, const char *text);

#endif
