#include "controller/engine/outbox.h"

#include "kubeclient/base/alloc.h"

#include <string.h>

void outbox_init(struct outbox *outbox, uint64_t *last_id)
{
    *outbox = (struct outbox){.last_id = last_id};
}

void outbox_fini(struct outbox *outbox)
{
    free(outbox->effects);
    *outbox = (struct outbox){0};
}

static void put(struct outbox *outbox, const struct engine_effect *effect)
{
    if (outbox->len == outbox->cap) {
        outbox->cap = outbox->cap ? outbox->cap * 2 : 16;
        outbox->effects =
            xreallocarray(outbox->effects, outbox->cap, sizeof(*outbox->effects));
    }
    outbox->effects[outbox->len++] = *effect;
}

uint64_t outbox_request(struct outbox *outbox, const struct kube_request *request)
{
    uint64_t id = ++*outbox->last_id;
    put(outbox,
        &(struct engine_effect){.kind = ENGINE_REQUEST, .id = id, .request = *request});
    return id;
}

void outbox_cancel(struct outbox *outbox, uint64_t id)
{
    for (size_t i = outbox->head; i < outbox->len; i++) {
        if (outbox->effects[i].id != id)
            continue;
        memmove(&outbox->effects[i], &outbox->effects[i + 1],
                (outbox->len - i - 1) * sizeof(*outbox->effects));
        outbox->len--;
        return;
    }
    put(outbox, &(struct engine_effect){.kind = ENGINE_CANCEL, .id = id});
}

bool outbox_next(struct outbox *outbox, struct engine_effect *effect)
{
    if (outbox->head == outbox->len) {
        outbox->head = outbox->len = 0;
        return false;
    }
    *effect = outbox->effects[outbox->head++];
    return true;
}

bool outbox_is_empty(const struct outbox *outbox)
{
    return outbox->head == outbox->len;
}
