/* player_state.h - the inside of a player, for player*.c only. */
#ifndef BERTH_SIMULATION_PLAYER_STATE_H
#define BERTH_SIMULATION_PLAYER_STATE_H

#include "kubeclient/base/arena.h"
#include "test/simulation/player.h"

enum { WITHIN_MS = 20 * 1000, SETTLE_MS = 60 * 1000 };

struct player {
    struct world *world;
    const struct player_options *options;
    struct arena *arena; /* of the whole play */
    cJSON *variables;    /* name -> value */
    char *config;        /* of the controller that runs or will */
    size_t mark;         /* audit entries before it do not count */
};

/* A copy of the tree with every ${variable} replaced; a text that is nothing but one
 * variable becomes its value. In the player's arena. */
const cJSON *player_fill(struct player *player, const cJSON *value);

/* Lets so much time pass. */
void player_pass(struct player *player, int64_t ms);

/* ---- player_changes.c, player_rollout.c: what a step does with its `what`. False: not
 * as it was wanted, and `why` says so. */

bool play_apply(struct player *player, const cJSON *objects, const cJSON *step);
bool play_create(struct player *player, const cJSON *objects, const cJSON *step);
bool play_patch(struct player *player, const cJSON *patch, const cJSON *step);
bool play_delete(struct player *player, const cJSON *reference, const cJSON *step);
bool play_scale(struct player *player, const cJSON *reference, const cJSON *step);
/* Plays the kubelet until the workload's rollout is complete. */
bool play_rollout(struct player *player, const cJSON *reference, const cJSON *step);

/* ---- player_places.c: paths of objects */

/* The path of an object or reference ({apiVersion, kind, name, namespace} or with
 * metadata); with `collection` that of all of its kind in its namespace. NULL: no such
 * kind. In the arena. */
const char *player_path(struct player *player, const cJSON *reference, bool collection);

/* ---- expect.c */

/* Whether it holds now; else `why` says what does not. */
bool player_holds(struct player *player, const cJSON *expectation, struct strbuf *why);

/* Waits until it holds. */
bool player_await(struct player *player, const cJSON *expectation, int64_t within_ms);

/* The pods of the namespace with these labels that are not being deleted. Owned. */
cJSON *player_pods(struct player *player, const cJSON *labels);

/* ---- player_counts.c: what the controller wrote */

void player_mark(struct player *player);
bool player_check_writes(struct player *player, const cJSON *wanted);
bool player_check_quiet(struct player *player);

#endif
