#include "controller/engine/collection_state.h"

const struct reconciler_watch *collection_watch(const struct collection *self)
{
    return self->watch;
}

const struct store *collection_store(const struct collection *self)
{
    return self->store;
}

bool collection_complete(const struct collection *self, const char *ns)
{
    const struct stream *stream = collection_stream(self, ns);
    return stream && stream->fsm.complete;
}

bool collection_served(const struct collection *self)
{
    for (size_t i = 0; i < self->len; i++) {
        if (self->streams[i]->fsm.health == WATCH_NOT_SERVED)
            return false;
    }
    return true;
}

static bool stream_synced(const struct collection *self, const struct stream *stream)
{
    enum watch_health health = stream->fsm.health;
    return stream->fsm.complete || health == WATCH_NOT_SERVED ||
           (health == WATCH_FORBIDDEN && self->watch->optional);
}

bool collection_synced(const struct collection *self)
{
    for (size_t i = 0; i < self->len; i++) {
        if (!self->streams[i]->dropped && !stream_synced(self, self->streams[i]))
            return false;
    }
    return true;
}

const struct err *collection_error(const struct collection *self)
{
    for (size_t i = 0; i < self->len; i++) {
        const struct watch_fsm *fsm = &self->streams[i]->fsm;
        if (fsm->health != WATCH_HEALTHY && fsm->last_error.kind != ERR_NONE)
            return &fsm->last_error;
    }
    return NULL;
}

struct collection_stats collection_stats(const struct collection *self)
{
    struct collection_stats stats = {.streams = self->len, .last_event_ms = -1};
    for (size_t i = 0; i < self->len; i++) {
        const struct watch_fsm *fsm = &self->streams[i]->fsm;
        if (i == 0 || fsm->last_event_ms < stats.last_event_ms)
            stats.last_event_ms = fsm->last_event_ms;
        if (i == 0 || fsm->health > stats.health)
            stats.health = fsm->health;
        stats.restarts += fsm->restarts;
        for (size_t k = 0; k < WATCH_RELIST_REASONS; k++)
            stats.relists[k] += fsm->relists[k];
    }
    return stats;
}
