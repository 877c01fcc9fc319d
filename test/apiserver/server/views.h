/* views.h - what clients read about resources rather than of them.
 *
 * Discovery (plain and aggregated), OpenAPI v3 as far as kubectl asks, and the
 * Tables that kubectl prints. All from the registry. Results are owned. Pure.
 */
#ifndef BERTH_APISERVER_VIEWS_H
#define BERTH_APISERVER_VIEWS_H

#include "test/apiserver/server/resource_def.h"

/* /api, /apis, /api/v1, /apis/GROUP, /apis/GROUP/VERSION; with an Accept header that
 * names the aggregated form (v2), /api and /apis answer that. NULL: no such path. The
 * content type is set where it is not plain JSON. */
cJSON *discovery_answer(const struct registry *registry, const char *path,
                        const char *accept, const char **content_type);

/* /openapi/v3 and /openapi/v3/PATH. NULL: no such path, as is /openapi/v2: kubectl 1.37
 * asks for it (in protobuf alone) when it makes a strategic patch or --validate=true is
 * given, and at 404 takes the types that it is built with and the server's validation.
 */
cJSON *openapi_answer(const struct registry *registry, const char *path);

enum table_object { TABLE_OBJECT_METADATA, TABLE_OBJECT_NONE, TABLE_OBJECT_FULL };

/* A Table (meta.k8s.io/v1) of the items (an array of objects); `list_meta` is copied to
 * its metadata (NULL: none). `now_ms` for ages, which the server renders. */
struct table_options {
    const struct resource_def *def;
    enum table_object include;
    bool headers; /* columnDefinitions: false for later events of a watch */
    int64_t now_ms;
};
cJSON *table_of(const struct table_options *options, const cJSON *items,
                const cJSON *list_meta);

/* "PartialObjectMetadata" of an object; "...List" of items. */
cJSON *metadata_of(const cJSON *object);
cJSON *metadata_list_of(const cJSON *items, const cJSON *list_meta);

#endif
