/* delete.h - deletion: preconditions, grace, finalizers, propagation. Pure. */
#ifndef BERTH_APISERVER_DELETE_H
#define BERTH_APISERVER_DELETE_H

#include "test/apiserver/server/call.h"

struct delete_options {
    const char *uid, *version; /* preconditions; NULL: none */
    const char *propagation;   /* "Background", ...; NULL: the default */
    int64_t grace_s;           /* -1: not given */
    bool dry_run;
};

/* The options of the call's body and query. */
WARN_UNUSED bool delete_options_read(struct call *call, struct delete_options *options);

/* Deletes, or marks as being deleted. *left: the object as it is now or was last, in
 * the arena; *gone: nothing is left of it. */
struct delete_result {
    const cJSON *left;
    bool gone;
};
WARN_UNUSED bool delete_object(struct call *call, struct stored *stored,
                               const struct delete_options *options,
                               struct delete_result *result);

#endif
