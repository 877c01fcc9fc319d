/* outbox.h - requests to start and to cancel that the caller has not taken yet.
 *
 * First in, first out. A request that is cancelled before it was taken is never seen.
 * What a request points to belongs to whoever put it in, and must live until it is
 * taken or cancelled. Pure.
 */
#ifndef BERTH_ENGINE_OUTBOX_H
#define BERTH_ENGINE_OUTBOX_H

#include "controller/engine/engine.h"

struct outbox {
    struct engine_effect *effects;
    size_t head, len, cap; /* effects[head] to effects[len - 1] are left */
    uint64_t *last_id;     /* shared by all who start requests */
};

void outbox_init(struct outbox *outbox, uint64_t *last_id);
void outbox_fini(struct outbox *outbox);

/* Returns the id of the request. */
uint64_t outbox_request(struct outbox *outbox, const struct kube_request *request);
void outbox_cancel(struct outbox *outbox, uint64_t id);

bool outbox_next(struct outbox *outbox, struct engine_effect *effect);
bool outbox_is_empty(const struct outbox *outbox);

#endif
