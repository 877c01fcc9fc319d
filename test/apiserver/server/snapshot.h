/* snapshot.h - walks the objects of a storage as they are, or as they were at a
 * version.
 *
 * The past is the present with the changes since then undone: for each object that
 * changed, the history has what it was before. Pure.
 */
#ifndef BERTH_APISERVER_SNAPSHOT_H
#define BERTH_APISERVER_SNAPSHOT_H

#include "test/apiserver/server/selector.h"

struct undone {
    const char *key;
    struct object_text *before; /* NULL: did not exist */
};

struct snapshot {
    struct api_server *server;
    const struct resource_def *def;
    const struct selection *selection;
    struct stored *at;
    struct undone *undone; /* sorted by key, in the arena */
    size_t undone_count, undone_at;
};

struct snapshot_start {
    uint64_t version;  /* not above the server's */
    const char *after; /* the key that was last; NULL: from the beginning */
};

/* False: the version is forgotten. The storage must not change while it is walked. */
WARN_UNUSED bool snapshot_open(struct snapshot *snapshot, struct call *call,
                               const struct selection *selection,
                               const struct snapshot_start *start);

/* The next object that is selected; NULL: the end. Borrowed. */
struct object_text *snapshot_next(struct snapshot *snapshot);

#endif
