/* engine_state.h - the inside of the engine, for engine*.c only. */
#ifndef BERTH_ENGINE_ENGINE_STATE_H
#define BERTH_ENGINE_ENGINE_STATE_H

#include "controller/engine/collection.h"
#include "controller/engine/driver.h"

/* One watched collection of a controller. */
struct cache {
    struct controller *controller;
    struct collection *collection;
    enum watch_health health; /* as it was logged last */
};

/* A reconciler at work. */
struct controller {
    struct engine *engine;
    const struct reconciler *reconciler;
    struct object_source source;
    struct driver_env env;
    struct workqueue *queue;
    struct key_memory *memory;
    struct cache *caches;
    size_t cache_count;
    struct driver **drivers; /* the first `running` run, the others wait for work */
    size_t driver_count, running;
    size_t ready[READY_STATES]; /* primaries by their condition Ready */
    bool synced; /* its caches were complete once: from then on work is done */
};

struct engine {
    struct reconcile_config config; /* with what the server told of itself */
    char server_version[64];
    uint64_t version_request; /* GET /version; 0: none */
    int64_t version_due_ms;   /* when to ask again */
    bool version_asked;       /* an answer or a failure came once */
    struct metrics *metrics;
    struct log log;
    char **namespaces; /* watchNamespaces, NULL-terminated; empty: all */
    uint64_t random, last_id;
    struct outbox outbox;
    struct recorder *recorder;
    struct arena *scratch; /* while one change is mapped */
    struct arena *turn;    /* requests of the engine's own */
    struct controller *controllers;
    size_t controller_count;
    size_t next; /* the controller whose turn it is to begin something */
    size_t running, max_running;
    const struct driver *taking; /* whose write is being given to the caches */
    struct instant now;
    bool paused;
    bool more; /* work was left for the next turn, so that I/O has its own */
};

#define each_controller(c, engine)                                                     \
    struct controller *c = (engine)->controllers;                                      \
    c < (engine)->controllers + (engine)->controller_count;                            \
    c++

#define each_cache(cache, controller)                                                  \
    struct cache *cache = (controller)->caches;                                        \
    cache < (controller)->caches + (controller)->cache_count;                          \
    cache++

/* engine_caches.c: what the controllers see of the world, and what changes in it ask
 * for. */
void caches_open(struct controller *controller, const char *const *namespaces);
void caches_close(struct controller *controller);
/* Adds all primaries to the queue. */
void caches_add_primaries(struct controller *controller);
bool caches_are_synced(const struct controller *controller);
/* The cache that began the request, or NULL. */
struct cache *caches_find(struct engine *engine, uint64_t id);
bool caches_next_effect(struct engine *engine, struct engine_effect *effect);
void caches_on_timer(struct engine *engine);
/* Logs when the watch broke or came back. */
void cache_report_health(struct cache *cache);

/* The earlier of two deadlines, of which -1 is none. */
static inline int64_t earlier(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

#endif
