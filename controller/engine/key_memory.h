/* key_memory.h - what is remembered of a key from one reconcile to the next.
 *
 * Two things: when its status was last written, so that changes within a second become
 * one write; and which objects are in doubt, because a write to them got no answer. The
 * next reconcile reads those live before it trusts the cache. A key with neither takes
 * no memory. Pure.
 */
#ifndef BERTH_ENGINE_KEY_MEMORY_H
#define BERTH_ENGINE_KEY_MEMORY_H

#include "kubeclient/api/resource.h"

#include <stdint.h>

enum { STATUS_QUIET_MS = 1000 }; /* between two status writes of a key */

struct key_memory;

struct key_memory *key_memory_new(uint64_t seed);
void key_memory_free(struct key_memory **memory);

/* Notes a status write. */
void key_memory_wrote_status(struct key_memory *memory, const struct kube_key *key,
                             int64_t now_ms);

/* Until when the next one should wait; 0: it need not. */
int64_t key_memory_quiet_until(struct key_memory *memory, const struct kube_key *key,
                               int64_t now_ms);

struct doubt {
    const struct kube_resource *resource;
    struct doubt *next;
    struct kube_key object; /* points into `text` */
    char text[];
};

/* The objects in doubt, borrowed until the next change; NULL: none. */
const struct doubt *key_memory_doubts(const struct key_memory *memory,
                                      const struct kube_key *key);
void key_memory_doubt(struct key_memory *memory, const struct kube_key *key,
                      const struct kube_resource *resource,
                      const struct kube_key *object);
void key_memory_trust(struct key_memory *memory, const struct kube_key *key,
                      const struct kube_resource *resource,
                      const struct kube_key *object);

size_t key_memory_count(const struct key_memory *memory);

#endif
