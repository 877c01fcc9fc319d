/* protobuf_types.h - the messages of Kubernetes' API that the front can read. Pure.
 *
 * The numbers are those of the generated.proto files of k8s.io/api. A message is a
 * line:
 *
 *     ObjectMeta 1=name 7=generation:count 11=labels:map 14=finalizers:text*
 *
 * A field's type is text (the default), count, flag (all three are left out when empty,
 * as JSON leaves them out), int, bool (kept), bytes, time (left out: the server sets
 * times), status (left out), map (of texts), bytemap, intstr, or another message; * is
 * a list.
 */
#ifndef BERTH_APISERVER_PROTOBUF_TYPES_H
#define BERTH_APISERVER_PROTOBUF_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* The fields of a message, after its name; NULL: not in the table. */
const char *protobuf_message(const char *name, size_t len);

struct protobuf_field {
    const char *name, *type; /* in the table, not terminated */
    size_t name_len, type_len;
    int list; /* 1: repeated */
};

/* Finds a field by its number; 0: the message has none. */
int protobuf_find(const char *fields, uint64_t number, struct protobuf_field *field);

#endif
