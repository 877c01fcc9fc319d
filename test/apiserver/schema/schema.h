/* schema.h - structural schemas: what an object may hold, and how its lists merge.
 *
 * Read from a CRD's openAPIV3Schema, or from the compact table of built-in types
 * (builtin.h). A schema tells what is pruned, defaulted and validated, which lists are
 * maps and by which keys (x-kubernetes-list-type), and what OpenAPI says of it.
 *
 * Schemas are immutable and live in the arena that they were read into; built-in ones
 * refer to each other, also in circles. Pure.
 */
#ifndef BERTH_APISERVER_SCHEMA_H
#define BERTH_APISERVER_SCHEMA_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/json.h"

enum schema_type {
    SCHEMA_ANY, /* no type given: anything */
    SCHEMA_OBJECT,
    SCHEMA_ARRAY,
    SCHEMA_STRING,
    SCHEMA_INTEGER,
    SCHEMA_NUMBER,
    SCHEMA_BOOLEAN,
    SCHEMA_INT_OR_STRING,
};

enum schema_list {
    SCHEMA_LIST_ATOMIC, /* one value; the default */
    SCHEMA_LIST_SET,    /* of scalars */
    SCHEMA_LIST_MAP,    /* of objects, named by `keys` */
};

struct schema;
struct schema_rules; /* what validation reads of a CRD's schema, compiled */

struct schema_property {
    const char *name;
    const struct schema *schema;
    bool required;
    bool non_empty; /* required, and "" and [] are as good as absent */
    bool
        omit_empty; /* false, 0, "", [] and {} are as good as absent (Go's omitempty) */
    bool pointer;   /* of Go: an empty struct around it does not hold it */
};

struct schema {
    enum schema_type type;
    enum schema_list list;
    const char *const *keys; /* of a list map, NULL-terminated */
    bool atomic;             /* an object that is owned as one value (map-type) */
    bool nullable;
    bool preserve_unknown;
    bool embedded;               /* x-kubernetes-embedded-resource */
    const struct schema *items;  /* of an array */
    const struct schema *values; /* additionalProperties of an object; NULL: none */
    const struct schema_property *properties; /* sorted by name */
    size_t property_count;
    const cJSON *fallback; /* `default`; NULL: none. Borrowed from the source */
    const cJSON *openapi;  /* the source: enum, pattern, minimum, ...; NULL: built in */
    const char *merge_key; /* x-kubernetes-patch-merge-key where it is not keys[0] */
    const char *format;    /* "int32", "date-time", "quantity", ...; NULL: none */
    const char *patch_strategy;       /* x-kubernetes-patch-strategy; NULL: replace */
    const struct schema_rules *rules; /* NULL: none */
    const char *definition;           /* "io.k8s.api.core.v1.Container"; NULL: inline */
};

/* Reads an openAPIV3Schema, which must outlive the arena's content. The root is a whole
 * object: its apiVersion and kind are strings, its metadata has the schema
 * `object_meta` (builtin_object_meta()), whatever the source says of them. NULL with
 * INVALID names the path of what is not understood. */
WARN_UNUSED const struct schema *schema_parse(struct arena *arena, const cJSON *openapi,
                                              const struct schema *object_meta,
                                              struct err *err);

/* The schema of a member: a property, or `values`; NULL: not known. */
const struct schema *schema_member(const struct schema *schema, const char *name);

/* Removes what the schema does not name (but below preserve_unknown), as a CRD's
 * pruning and the decoding of built-in types do; apiVersion, kind and metadata stay.
 * The paths of what went are pushed to `dropped` as strings (NULL: not wanted). */
void schema_prune(const struct schema *schema, cJSON *object, cJSON *dropped);

/* Sets defaults where nothing is set, depth first, as the API server does. What depends
 * on other fields (imagePullPolicy on the tag, ...) is in builtin.h. */
void schema_default(const struct schema *schema, cJSON *object);

/* Types, required, enum, pattern, bounds, duplicates in sets and list maps. On failure
 * `*refusal` is an Invalid Status with a cause for each fault. CEL rules are not
 * evaluated: the README says so. */
WARN_UNUSED bool schema_validate(const struct schema *schema, const cJSON *object,
                                 cJSON **refusal);

/* The same of an update: faults in what a custom resource held before, and still holds
 * unchanged, are let pass (ratcheting, KEP-4008). `former` NULL: created. */
WARN_UNUSED bool schema_validate_update(const struct schema *schema,
                                        const cJSON *former, const cJSON *object,
                                        cJSON **refusal);

/* The schema as OpenAPI v3, for explain and for clients that read list-map keys; nested
 * definitions become "$ref": "#/components/schemas/NAME". Owned. */
cJSON *schema_openapi(const struct schema *schema);

#endif
