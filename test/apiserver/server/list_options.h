/* list_options.h - from which version, how many, and where to go on: the options that
 * lists, gets and watches share (meta/v1 ListOptions). Pure.
 */
#ifndef BERTH_APISERVER_LIST_OPTIONS_H
#define BERTH_APISERVER_LIST_OPTIONS_H

#include "test/apiserver/server/call.h"

struct list_options {
    uint64_t version;  /* that is listed: the server's, or an older one exactly */
    bool exact;        /* of a continued list, or asked for */
    const char *after; /* the key behind which to go on; NULL: from the beginning */
    int64_t limit;     /* 0: all */
};

/* Of a list or a get. Refuses what cannot be: 400, 422, 504 for a version to come. */
WARN_UNUSED bool list_options_read(struct call *call, struct list_options *options);

/* 410: the version is forgotten. A continued list gets a token to go on with, from what
 * is there now. */
bool list_refuse_expired(struct call *call, const struct list_options *options);

/* The token for what follows the key, in the arena. Version 0: of whatever is then. */
const char *list_continue(struct call *call, uint64_t version, const char *key);

/* resourceVersion as a number, 0 where it is not given; 400. */
WARN_UNUSED bool list_version_read(struct call *call, uint64_t *version);

/* 422 about an option. */
bool list_refuse_option(struct call *call, const char *field, const char *reason,
                        const char *message);

/* 504 for a version that is not reached yet. */
bool list_refuse_future(struct call *call, uint64_t version);

#endif
