/* world_state.h - the inside of a world, for world*.c only. */
#ifndef BERTH_SIMULATION_WORLD_STATE_H
#define BERTH_SIMULATION_WORLD_STATE_H

#include "controller/config/config.h"
#include "kubeclient/base/list.h"
#include "test/apiserver/cluster/cluster.h"
#include "test/simulation/world.h"

/* A request of the controller on its way, or a stream that is open. */
struct exchange {
    uint64_t id;
    enum kube_method method;
    char *path, *content_type, *accept, *body, *verb;
    size_t body_len;
    bool stream, write;
    bool judged; /* `ruling` is decided */
    bool over;   /* freed by the next sweep */
    bool cut;    /* a stream that breaks at the next step */
    struct world_ruling ruling;
    int64_t due_ms;            /* on its way, or stalled, until then */
    struct api_answer *answer; /* not NULL: given already, and late */
    struct api_watch *watch;   /* not NULL: lines come */
};

struct world {
    struct world_options options;
    struct instant now;
    uint64_t random;
    struct api_server *server;
    struct cluster *cluster;

    struct engine *engine; /* NULL: none runs */
    struct metrics *metrics;
    struct config *config;
    char *config_text;     /* of the last start, for one after a crash */
    int64_t restart_at_ms; /* after a crash; -1: nobody restarts it */
    struct reconcile_config reconcile;
    struct exchange **exchanges; /* in the order they were sent */
    size_t exchange_count;
    int64_t frozen_until_ms;
    bool expire_next; /* streams that resume are refused */
    size_t writes;    /* requests that would change something */
    cJSON *audit;     /* of the controller's user */
};

/* ---- world_link.c: between engine and server */

/* Takes the engine's effects. */
void link_drain(struct world *world);
/* Does one thing that is due; false: nothing is. */
bool link_step(struct world *world);
/* When the next thing is due; -1: nothing is. */
int64_t link_deadline(const struct world *world);
/* Something is on its way that is not an open stream. */
bool link_busy(const struct world *world);
void link_drop_all(struct world *world);

#endif
