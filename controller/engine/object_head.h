/* object_head.h - the few members of an object's metadata that are kept beside its
 * text.
 *
 * Read from the JSON as the server sent it, without building a tree.
 */
#ifndef BERTH_ENGINE_OBJECT_HEAD_H
#define BERTH_ENGINE_OBJECT_HEAD_H

#include "kubeclient/base/err.h"
#include "kubeclient/base/json_text.h"

#include <stdint.h>

enum {
    OBJECT_NAME_MAX = 253, /* DNS subdomain, RFC 1123; namespaces are shorter */
    OBJECT_KEY_SIZE = 2 * OBJECT_NAME_MAX + 2,
};

struct object_head {
    char ns[OBJECT_NAME_MAX + 1]; /* "" for cluster scope */
    char name[OBJECT_NAME_MAX + 1];
    uint64_t version;   /* resourceVersion, never 0 (KEP-5504) */
    int64_t generation; /* 0: none */
};

/* Fails with INVALID when the text has no name or no integer resourceVersion. Does not
 * validate the rest of the text. */
WARN_UNUSED bool object_head_read(struct object_head *head, struct json_slice text,
                                  struct err *err);

/* "ns/name" or "name", terminated. */
void object_key_write(char key[OBJECT_KEY_SIZE], const char *ns, const char *name);

/* An integer resourceVersion, 0 where the slice is none. */
uint64_t object_version_parse(struct json_slice text);

#endif
