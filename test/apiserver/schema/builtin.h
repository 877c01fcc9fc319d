/* builtin.h - the built-in resources that the server has, as a compact table.
 *
 * What Berth and kubectl touch of Kubernetes 1.37's own types: fields, list-map keys,
 * defaults that stand alone. The table is text (builtin_types.c) in a notation of its
 * own, parsed once into an arena. Pure.
 */
#ifndef BERTH_APISERVER_BUILTIN_H
#define BERTH_APISERVER_BUILTIN_H

#include "test/apiserver/schema/schema.h"

enum builtin_verbs { /* what is not simply create/get/list/watch/update/patch/delete */
                     BUILTIN_STORED,      /* all of them */
                     BUILTIN_CREATE_ONLY, /* reviews: answered, not stored */
};

struct builtin_column { /* of the Table that kubectl prints */
    const char *name;
    const char *type;      /* "string", "integer", "date" */
    const char *json_path; /* ".status.phase"; NULL: computed by table.c */
    int priority;          /* 1: only with -o wide */
};

struct builtin_resource {
    const char *group, *version, *plural, *singular, *kind;
    const char *const *short_names; /* NULL-terminated, or NULL */
    const char *const *categories;
    bool namespaced;
    bool has_status; /* a status subresource */
    bool has_scale;
    bool has_generation; /* raised when spec changes */
    enum builtin_verbs verbs;
    const struct builtin_column
        *columns;          /* ends with a zeroed entry; NULL: name, age */
    const char *stored_as; /* "group/version/plural" that holds it (events.k8s.io: core
                              events); NULL: itself */
};

extern const struct builtin_resource builtin_resources[]; /* ends with a zeroed entry */

struct builtin_types; /* the parsed table */

struct builtin_types *builtin_types_new(void);
void builtin_types_free(struct builtin_types **types);

/* NULL: the kind is not in the table. */
const struct schema *builtin_schema(const struct builtin_types *types,
                                    const char *group, const char *version,
                                    const char *kind);

/* The one schema of metadata, of all kinds; schema_parse() takes it. */
const struct schema *builtin_object_meta(const struct builtin_types *types);

/* Defaults that schema_default() cannot say (imagePullPolicy by tag, a Deployment's
 * labels as selector it has not, protocol of ports is a plain default, ...), applied
 * after it, when an object is created or changed. */
void builtin_default(const char *kind, cJSON *object);

/* Rules of validation that a schema cannot say and that Berth's work can run into:
 * selector against template labels, a volumeMount without its volume, duplicate
 * mountPaths, immutable fields (`former` NULL: created). */
WARN_UNUSED bool builtin_validate(const char *kind, const cJSON *former,
                                  const cJSON *object, cJSON **refusal);

#endif
