/* patch_kind.h - the kinds of patches, by content type. Pure. */
#ifndef BERTH_APISERVER_PATCH_KIND_H
#define BERTH_APISERVER_PATCH_KIND_H

#include "test/apiserver/server/call.h"

enum patch_kind {
    PATCH_UNKNOWN,
    PATCH_APPLY,
    PATCH_MERGE,
    PATCH_JSON,
    PATCH_STRATEGIC
};

enum patch_kind patch_kind_of(const struct call *call);

/* `live` with the patch in it (not PATCH_APPLY). Owned; NULL with call->refusal. */
cJSON *patch_merged(struct call *call, enum patch_kind kind, const cJSON *live,
                    const cJSON *patch);

#endif
