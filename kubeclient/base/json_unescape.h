/* json_unescape.h - decodes the escapes of a JSON string (RFC 8259, section 7). */
#ifndef BERTH_BASE_JSON_UNESCAPE_H
#define BERTH_BASE_JSON_UNESCAPE_H

#include "kubeclient/base/json_text.h"

#include <stddef.h>

/* Decodes the inside of a validated string, as json_text_get() returns it, into `out`,
 * and returns what was written there, not terminated. A lone surrogate is encoded like
 * any other code point. A result of more than `size` bytes gives the slice "not there".
 */
struct json_slice json_unescape(struct json_slice raw, char *out, size_t size);

#endif
