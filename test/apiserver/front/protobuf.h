/* protobuf.h - request bodies in Kubernetes' protobuf encoding, as JSON trees.
 *
 * kubectl's typed clients (`auth can-i`, `create`) send nothing else. The kinds that it
 * sends so are in protobuf_types.c, with the fields that it fills; a body with any
 * other kind or field is not decoded at all, so that nothing of it is lost silently.
 * Pure.
 */
#ifndef BERTH_APISERVER_PROTOBUF_H
#define BERTH_APISERVER_PROTOBUF_H

#include "kubeclient/base/json.h"

#define PROTOBUF_CONTENT_TYPE "application/vnd.kubernetes.protobuf"

/* Owned. NULL: malformed, or not in the table. */
cJSON *protobuf_decode(const char *bytes, size_t len);

#endif
