/* managed_patch.h - a JSON patch (RFC 6902) that moves ownership of field paths.
 *
 * The patch touches metadata.managedFields alone and begins with a test on the uid and
 * the resourceVersion that it was made from, so that indexes and paths are those of the
 * live object. The API server keeps a managedFields that a patch changes by hand
 * (KEP-555, "Updating metadata.managedFields").
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_MANAGED_PATCH_H
#define BERTH_RECONCILERS_AGENTRUNTIME_MANAGED_PATCH_H

#include "kubeclient/base/json.h"
#include "reconcilers/agentruntime/ownership.h"

struct managed_patch {
    struct arena *arena;
    const cJSON *object;
    cJSON *operations; /* owned until managed_patch_finish() */
    cJSON *mine;       /* Berth's field set as it becomes */
    int mine_index;    /* of Berth's entry; -1: it has none yet */
};

struct managed_patch managed_patch_begin(struct arena *arena, const cJSON *object);

/* Takes the path from the entry at `index` of managedFields, which owns it. */
void managed_patch_remove(struct managed_patch *patch, size_t index,
                          const struct field_path *path);

/* Gives the path to Berth; nothing happens where Berth has it. */
void managed_patch_add(struct managed_patch *patch, const struct field_path *path);

/* The patch, owned by the caller; NULL where nothing was moved. A new entry of Berth
 * bears `api_version` and the time. */
cJSON *managed_patch_finish(struct managed_patch *patch, const char *api_version,
                            int64_t now_ms);

#endif
