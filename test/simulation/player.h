/* player.h - plays a scenario in a world.
 *
 * Scenarios are the files of test/scenarios, compiled to JSON (test/e2e/compile.py);
 * the same words mean the same as on a real API server (test/e2e/steps.py), but that a
 * second takes no time. Steps that run commands are not played: such scenarios are left
 * to the grounds with sockets.
 */
#ifndef BERTH_SIMULATION_PLAYER_H
#define BERTH_SIMULATION_PLAYER_H

#include "test/simulation/world.h"

struct player_options {
    const cJSON *scenario; /* as compile.py prints it; borrowed */
    bool
        lenient; /* expectations are only waited for: what must hold is the end state */
    struct strbuf *why; /* what did not come true, for people */
};

#define PLAYER_NAMESPACE "t" /* ${ns} */

/* Why the scenario cannot be played here, or NULL. Static. */
const char *player_obstacle(const cJSON *scenario);

/* Plays it in a fresh world. False: a step failed, `why` says which and how. */
bool player_play(struct world *world, const struct player_options *options);

/* The configuration document of the scenario's controller. Owned text. */
char *player_config(const cJSON *config);

#endif
