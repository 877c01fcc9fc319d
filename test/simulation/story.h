/* story.h - one run of the simulation: what a seed makes happen.
 *
 * A small population of runtimes and workloads, users who change and delete them, other
 * appliers, another configuration, crashes, and faults between controller and server.
 * Then the faults end, everything comes to rest, and oracles (oracle.h) look at it.
 */
#ifndef BERTH_SIMULATION_STORY_H
#define BERTH_SIMULATION_STORY_H

#include "test/simulation/world.h"

enum { STORY_TARGETS = 4, STORY_RUNTIMES = 3, STORY_MARKS = 3 };

/* What users asked for last: what must be true in the end. */
struct story_target {
    bool exists;
    bool stateful; /* a StatefulSet, else a Deployment */
    int image;     /* of its container: registry.example/agent:IMAGE */
    int mark;      /* value of the label that another applier set; 0: none */
    bool unmarked; /* somebody took Berth's mark off by hand, at some time */
};

struct story_runtime {
    bool exists;
    int target; /* that it names */
    int skills; /* bits: which of the skills it has */
    bool suspended;
};

struct story {
    uint64_t seed, random;
    struct world *world;
    struct story_target targets[STORY_TARGETS];
    struct story_runtime runtimes[STORY_RUNTIMES];
    bool project;       /* there should be one */
    bool skills_on;     /* the feature gate */
    size_t actions;     /* of users, so far */
    int fault_percent;  /* of requests that something happens to */
    struct strbuf *why; /* what an oracle found, for people */
};

/* Plays the seed. False: an oracle objects, and `why` says what. `trace` NULL: none. */
bool story_play(uint64_t seed, struct strbuf *trace, struct strbuf *why);

/* ---- for story*.c and oracle.c */

/* A number in [0, below). */
int story_random(struct story *story, int below);
/* Does one thing, chosen by the seed, as a user would. */
void story_act(struct story *story);
/* Makes the population that the story begins with. */
void story_populate(struct story *story);
/* The configuration document as it is now. Static text. */
const char *story_config(const struct story *story);
/* The path of a target or runtime. In a static buffer, valid until the next call. */
const char *story_target_path(const struct story *story, int target);
const char *story_runtime_path(int runtime);

#endif
