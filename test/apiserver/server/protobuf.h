/* protobuf.h - reads the bodies that kubectl writes in Kubernetes' protobuf.
 *
 * kubectl's typed commands (auth can-i, create namespace, create token, ...) send no
 * JSON. The kinds that they make are in a table (protobuf_kinds.c) with the numbers of
 * their fields from k8s.io/api; a kind or a field that is not there is refused, never
 * dropped. Answers are JSON, which those clients accept. Pure.
 */
#ifndef BERTH_APISERVER_PROTOBUF_H
#define BERTH_APISERVER_PROTOBUF_H

#include "kubeclient/base/err.h"
#include "kubeclient/base/json.h"

enum proto_type {
    PROTO_STRING,
    PROTO_BOOL,    /* false is left out */
    PROTO_INT,     /* zero is left out */
    PROTO_INT_SET, /* zero counts: a pointer in Go */
    PROTO_MESSAGE,
    PROTO_STRING_MAP,
    PROTO_BYTES_MAP, /* base64 in JSON */
    PROTO_IGNORED,   /* the server's own: status, timestamps */
};

struct proto_message;

struct proto_field {
    unsigned number;
    const char *name;
    enum proto_type type;
    bool repeated;
    const struct proto_message *message;
};

struct proto_message {
    const char *kind;                 /* of one that can be a body */
    const struct proto_field *fields; /* ends with a zeroed entry */
};

/* Those that can be bodies; ends with NULL. */
extern const struct proto_message *const proto_kinds[];

/* The object with its apiVersion and kind. Owned; NULL with INVALID. */
WARN_UNUSED cJSON *protobuf_read(const char *bytes, size_t len, struct err *err);

#endif
