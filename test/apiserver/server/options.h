/* options.h - the options that all writes share (CreateOptions, UpdateOptions,
 * PatchOptions of meta/v1): dryRun, fieldManager, fieldValidation. Pure.
 */
#ifndef BERTH_APISERVER_OPTIONS_H
#define BERTH_APISERVER_OPTIONS_H

#include "test/apiserver/server/call.h"

/* 422 for a value that none of them takes. */
WARN_UNUSED bool options_check(struct call *call);

/* 422 about one; `reason` as a metav1.CauseType. */
bool options_refuse(struct call *call, const char *field, const char *reason,
                    const char *message);

#endif
