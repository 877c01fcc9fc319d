/* selector.h - which objects are meant: namespace, labels, fields.
 *
 * Matching reads the few members it needs from an object's text. A selection lives in
 * the arena that it was read into. Pure.
 */
#ifndef BERTH_APISERVER_SELECTOR_H
#define BERTH_APISERVER_SELECTOR_H

#include "test/apiserver/server/call.h"

enum selector_op {
    SELECT_IN,
    SELECT_NOT_IN, /* also where it is not set */
    SELECT_EXISTS,
    SELECT_NOT_EXISTS,
    SELECT_GREATER,
    SELECT_LESS,
};

struct requirement {
    const char *key;
    enum selector_op op;
    const char *const *values;      /* NULL-terminated */
    const char *const *path;        /* of a field; NULL: a label */
    const struct requirement *next; /* all must hold */
};

struct selection {
    const char *ns; /* "": all */
    const struct requirement *labels, *fields;
};

/* Reads labelSelector and fieldSelector of the call. */
WARN_UNUSED bool selection_read(struct call *call, struct arena *arena,
                                struct selection *selection);

bool selection_matches(const struct selection *selection,
                       const struct object_text *text);

/* Does it look at more than the namespace? */
bool selection_is_plain(const struct selection *selection);

/* Reads a label selector; NULL with *problem (in the arena) set. An empty text gives
 * NULL without a problem: everything. */
const struct requirement *selector_parse_labels(struct arena *arena, const char *text,
                                                const char **problem);

#endif
