/* storage.h - the objects of one resource, sorted by key, and what happened to them.
 *
 * An object is kept as the compact JSON text that answers carry, with its key beside
 * it. Texts are shared by reference between the present and the history, and never
 * change. Keys are "namespace/name", or "name" for cluster scope, in byte order, which
 * is the order of lists.
 *
 * The history is a ring of the last changes with the text before and after each, so
 * that a watch can resume from any version that it still reaches, and that a list can
 * be read as it was at one. Owned by the server. Pure.
 */
#ifndef BERTH_APISERVER_STORAGE_H
#define BERTH_APISERVER_STORAGE_H

#include "kubeclient/base/json.h"
#include "kubeclient/base/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One state of one object. Immutable but for the count. */
struct object_text {
    unsigned refs;
    unsigned schema_age; /* of the resource's schema when it was made: see crd.h */
    uint64_t version;    /* its resourceVersion, which is in the text too */
    int64_t written_ms;  /* wall clock */
    size_t ns_len;       /* 0: cluster scope */
    size_t len;
    const char *key;
    char text[]; /* terminated; the key stands behind it */
};

/* With one reference. `ns` "" for cluster scope. */
struct object_text *object_text_new(const char *ns, const char *name, const char *text,
                                    size_t len);
struct object_text *object_text_ref(struct object_text *text);
void object_text_unref(struct object_text *text); /* NULL is allowed */
const char *object_text_name(const struct object_text *text);
bool object_text_in(const struct object_text *text, const char *ns); /* "": always */

/* An object that exists. Gone with its removal. */
struct stored {
    struct object_text *now;
    struct storage *home;
    struct owner_edge *edges; /* collect.c: to the owners that it names */
    size_t edge_count;
    struct list queue; /* collect.c: what is to be looked at */
    cJSON *tree;       /* of `now`, where the storage keeps trees; NULL: not yet */
    unsigned levels;
    struct stored *next[]; /* of the skip list */
};

enum change_type { CHANGE_ADDED, CHANGE_MODIFIED, CHANGE_DELETED };

struct change {
    enum change_type type;
    uint64_t version;
    struct object_text *before; /* NULL: added */
    struct object_text *after;  /* of a deletion: the last state, with its version */
};

struct storage {
    char *name; /* "group/plural" */
    struct stored *head;
    size_t count;
    uint64_t random;
    struct change *ring;
    size_t ring_cap, ring_max, first, changes;
    uint64_t forgotten; /* versions below cannot be resumed from */
    uint64_t version;   /* of the last change */
    unsigned schema_age;
    bool keep_trees; /* read at every request: roles and bindings */
    unsigned era;    /* rises when its CRD goes: watches of before end */
};

/* `version`: the server's, from which it can be watched. */
struct storage *storage_new(const char *name, size_t history_max, uint64_t version);
void storage_free(struct storage **storage);

/* NULL: no such object. */
struct stored *storage_get(const struct storage *storage, const char *ns,
                           const char *name);
/* The first object whose key is not below `key`; then stored_next(). NULL: the end. */
struct stored *storage_seek(const struct storage *storage, const char *key);

static inline struct stored *stored_next(const struct stored *object)
{
    return object->next[0];
}

/* Adds the object or puts a new state in the old one's place; takes the reference. */
struct stored *storage_put(struct storage *storage, struct object_text *text);

/* Removes it; `last` (the reference is taken) is what watches are told. Its edges must
 * be gone. */
void storage_remove(struct storage *storage, struct stored *object,
                    struct object_text *last);

/* Puts an equal state in the present one's place, which is no change: defaults that a
 * newer schema adds on reading. Takes the reference. */
void stored_refresh(struct stored *object, struct object_text *text);

/* The index of the first change after `version`; false: it is forgotten. Indexes run up
 * to storage->changes and hold until the next change. */
bool storage_changes_after(const struct storage *storage, uint64_t version,
                           size_t *index);
const struct change *storage_change(const struct storage *storage, size_t index);

/* Forgets all changes up to `version`. */
void storage_compact(struct storage *storage, uint64_t version);

#endif
