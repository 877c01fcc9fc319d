/* story.h - one run of the simulation: what a seed makes happen.
 *
 * A small population of runtimes and workloads, or of sessions in their project, or of
 * both; users who change and delete them, other appliers, another configuration, pods
 * that end in many ways, crashes, and faults between controller and server. Then the
 * faults end, everything comes to rest, and oracles (oracle.h) look at it.
 */
#ifndef BERTH_SIMULATION_STORY_H
#define BERTH_SIMULATION_STORY_H

#include "test/simulation/world.h"

enum { STORY_TARGETS = 4, STORY_RUNTIMES = 3, STORY_MARKS = 3, STORY_SESSIONS = 4 };

#define STORY_SECRET "bWFya2VkLXNlY3JldA==" /* "marked-secret" */
#define STORY_SHARED "t"    /* the namespace of workloads, and of a session */
#define STORY_OWNED "story" /* the namespace of the Project */

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

struct story_session {
    bool exists;
    bool passes;  /* it goes by itself some time after its end */
    bool stopped; /* what was asked for last */
    bool unsure;  /* two wishes met: either may have won */
};

struct story {
    uint64_t seed, random;
    struct world *world;
    bool has_runtimes, has_sessions;
    struct story_target targets[STORY_TARGETS];
    struct story_runtime runtimes[STORY_RUNTIMES];
    struct story_session sessions[STORY_SESSIONS];
    bool project;             /* there should be one */
    bool projects_were_ended; /* by a user, at some time: then a namespace goes too */
    bool skills_on;           /* the feature gates */
    bool sandbox_on;
    int runner_image;       /* of the configuration: registry.example/runner:IMAGE */
    size_t actions;         /* of users, so far */
    int fault_percent;      /* of requests that something happens to */
    cJSON *pods;            /* that Berth made: "SESSION-UID ATTEMPT" -> true */
    cJSON *sessions_seen;   /* path -> uid, of those that Berth wrote */
    const cJSON *looked_at; /* the last of the controller's writes that was */
    bool ok;                /* nothing was seen that must never be */
    struct strbuf *why;     /* what an oracle found, for people */
};

/* Plays the seed. False: an oracle objects, and `why` says what. `trace` NULL: none. */
bool story_play(uint64_t seed, struct strbuf *trace, struct strbuf *why);

/* ---- for story*.c and oracle*.c */

/* A number in [0, below). */
int story_random(struct story *story, int below);
/* Does one thing, chosen by the seed, as a user would. */
void story_act(struct story *story);
/* Makes the population that the story begins with. */
void story_populate(struct story *story);
/* The configuration document as it is now. In a static buffer, valid until the next
 * call. */
const char *story_config(const struct story *story);

/* The parts of that, by what they concern. */
void story_populate_runtimes(struct story *story);
void story_act_on_runtimes(struct story *story);
void story_populate_sessions(struct story *story);
void story_act_on_sessions(struct story *story);
void story_populate_projects(struct story *story);
void story_act_on_projects(struct story *story);

/* The path of a target, runtime or session. In a static buffer, valid until the next
 * call. */
const char *story_target_path(const struct story *story, int target);
const char *story_runtime_path(int runtime);
const char *story_session_path(int session);
/* The namespace that a session is in. Static. */
const char *story_session_place(int session);

/* ---- story_requests.c: what users say to the API server */

/* An object with nothing but its head. Owned. */
cJSON *story_head(const char *version, const char *kind, const char *name);
/* PATCH is a server-side apply, forced. `body` NULL: none. Returns the status code. */
int story_say(struct story *story, const char *manager, const char *method,
              const char *target, const cJSON *body);
void story_merge(struct story *story, const char *manager, const char *target,
                 const cJSON *patch);
/* What is being deleted goes, whatever is applied to it. */
bool story_is_going(const struct story *story, const char *path);
/* It is there, and is to stay. */
bool story_is_there(const struct story *story, const char *path);

#endif
