/* compact.h - one object as the store holds it.
 *
 * Projected to what plans read, packed against its siblings (packer.h), in a single
 * allocation together with its key and the members that stand beside the text:
 * apiVersion and kind (the resource's), name and namespace (the key's), resourceVersion
 * and generation. Those are put back when a tree is read. A compactor does this for all
 * objects of one store; pure.
 */
#ifndef BERTH_ENGINE_COMPACT_H
#define BERTH_ENGINE_COMPACT_H

#include "controller/engine/object_head.h"
#include "reconcilers/reconciler.h"

/* What the condition Ready says. */
enum ready_state { READY_TRUE, READY_FALSE, READY_UNKNOWN, READY_STATES };

struct compact {
    uint64_t version;
    uint64_t index_hash; /* the store's: of its index values */
    int64_t generation;
    uint32_t mark;       /* the store's: of the last list that named it */
    uint32_t text_len;   /* of the projected text */
    uint32_t packed_len; /* of its packed form */
    uint16_t key_size;   /* with the terminator */
    uint8_t ready;       /* enum ready_state */
    bool forgotten;      /* the store's: the version means nothing any more */
    char bytes[];        /* the key, terminated; the packed text */
};

struct compactor;

/* `watch` must outlive the compactor. */
struct compactor *compactor_new(const struct reconciler_watch *watch);
void compactor_free(struct compactor **compactor);

/* Projects an object's JSON; the result is kept until the next call, for the functions
 * below. Fails with INVALID when it is not valid JSON. */
WARN_UNUSED bool compactor_project(struct compactor *compactor, struct json_slice text,
                                   struct err *err);

/* Whether the object held has the text that was projected last. */
bool compactor_is_same(const struct compactor *compactor, const struct compact *held);

/* The text that was projected last as an object of that head, and its tree, which lives
 * in the arena. The object is freed with free(). NULL with err INVALID where no tree
 * can be made of it: a string that is not Unicode. */
WARN_UNUSED struct compact *compactor_make(struct compactor *compactor,
                                           struct arena *arena,
                                           const struct object_head *head,
                                           const cJSON **tree, struct err *err);

const cJSON *compactor_tree(const struct compactor *compactor, struct arena *arena,
                            const struct compact *object);

/* The two halves of "ns/name", in the arena. */
struct kube_key compact_key(const struct compact *object, struct arena *arena);

size_t compact_size(const struct compact *object); /* bytes */

size_t compactor_overhead(const struct compactor *compactor); /* bytes of its own */

#endif
