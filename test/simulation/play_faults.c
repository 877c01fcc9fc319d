/* play_faults.c - `berth-faults FILE SHARD SHARDS [NAME WRITE WAY]`: plays each
 * scenario again and again, and each time something else goes wrong at one of its
 * writes: the controller crashes in one of three ways, or the request fails in one of
 * several. What the cluster holds in the end must be what it holds when nothing goes
 * wrong. With a name, a write and a way only that, with its trace. */
#include "kubeclient/base/ascii.h"
#include "test/simulation/end_state.h"
#include "test/simulation/manifests.h"
#include "test/simulation/player.h"
#include "test/simulation/scenario_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRACE_MAX = 16 * 1024 * 1024,
    WHY_MAX = 256 * 1024,
    CRASHES = 3,       /* of the ways; each is tried at each write */
    WRITES_MANY = 100, /* a scenario of scale: only its first writes are tried */
    WRITES_FEW = 3,
    EXTRA_WRITES = 40,     /* that a fault may cost */
    RETRY_MS = 330 * 1000, /* every failed reconcile was tried again by then */
    REST_MS = 180 * 1000,  /* with it less than any progress deadline */
};

static const struct {
    const char *name;
    struct world_ruling ruling;
} WAYS[] = {
    {"crash-answered", {.fate = FATE_ANSWERED, .crash = true}},
    {"crash-unanswered", {.fate = FATE_UNANSWERED, .crash = true}},
    {"crash-refused", {.fate = FATE_REFUSED, .status = 500, .crash = true}},
    {"unanswered", {.fate = FATE_UNANSWERED}},
    {"lost", {.fate = FATE_LOST}},
    {"conflict", {.fate = FATE_REFUSED, .status = 409}},
    {"throttled", {.fate = FATE_REFUSED, .status = 429, .retry_after_s = 2}},
    {"internal-error", {.fate = FATE_REFUSED, .status = 500}},
    {"unavailable", {.fate = FATE_REFUSED, .status = 503}},
    {"late", {.fate = FATE_ANSWERED, .delay_ms = 5000}},
};

enum { WAY_COUNT = sizeof WAYS / sizeof *WAYS };

/* One run: what goes wrong, and what came of it. */
struct run {
    const cJSON *scenario;
    size_t write; /* that it goes wrong at; 0: nothing does */
    size_t way;
    struct strbuf *trace;
    struct strbuf *why;
    bool played, quiet;
    size_t writes;
    cJSON *state, *events;
};

static void judge(void *ctx, const struct world_request *request,
                  struct world_ruling *ruling)
{
    const struct run *run = ctx;
    if (request->write && request->number == run->write)
        *ruling = WAYS[run->way].ruling;
}

static void pass(struct world *world, int64_t ms)
{
    int64_t until = world_now_ms(world) + ms;
    while (world_step(world, until))
        ;
}

static void run_it(struct run *run)
{
    struct world *world = world_new(&(struct world_options){
        .seed = 1, .judge = judge, .judge_ctx = run, .trace = run->trace});
    run->played = player_play(world, &(struct player_options){.scenario = run->scenario,
                                                              .lenient = true,
                                                              .why = run->why});
    pass(world, RETRY_MS);
    run->writes = world_writes(world);
    run->state = end_state(world);
    run->events = end_events(world);
    pass(world, REST_MS);
    run->quiet = world_writes(world) == run->writes;
    world_free(&world);
}

static void run_end(struct run *run)
{
    json_free(run->state);
    json_free(run->events);
    run->state = run->events = NULL;
}

/* ---- what must be the same */

static void tell_value(struct strbuf *why, const char *what, const cJSON *value)
{
    strbuf_addf(why, " %s ", what);
    if (value)
        json_canonical(why, value);
    else
        strbuf_adds(why, "nothing");
}

/* Says where `seen` is not as `wanted`, at the end of the path that `why` ends with. */
static void tell_difference(const char *path, const cJSON *wanted, const cJSON *seen,
                            struct strbuf *why)
{
    char below[1024];
    if (wanted && seen && json_equal(wanted, seen))
        return;
    if (!cJSON_IsObject(wanted) || !cJSON_IsObject(seen)) {
        strbuf_addf(why, "  %s:", path);
        tell_value(why, "wanted", wanted);
        tell_value(why, "saw", seen);
        strbuf_addc(why, '\n');
        return;
    }
    json_each (member, wanted) {
        snprintf(below, sizeof below, "%s %s", path, member->string);
        tell_difference(below, member, json_at(seen, member->string), why);
    }
    json_each (member, seen) {
        snprintf(below, sizeof below, "%s %s", path, member->string);
        if (!json_at(wanted, member->string))
            tell_difference(below, NULL, member, why);
    }
}

static bool is_as_clean(const struct run *clean, const struct run *run)
{
    bool ok = run->played;
    if (!json_equal(clean->state, run->state)) {
        tell_difference("", clean->state, run->state, run->why);
        ok = false;
    }
    if (!run->quiet) {
        strbuf_adds(run->why, "  it goes on writing at rest\n");
        ok = false;
    }
    if (run->writes > clean->writes + EXTRA_WRITES) {
        strbuf_addf(run->why, "  %zu writes instead of %zu\n", run->writes,
                    clean->writes);
        ok = false;
    }
    return ok;
}

/* ---- all of a scenario */

struct tally {
    size_t passed, failed, left;
};

static void try_way(const struct run *clean, size_t write, size_t way,
                    struct tally *tally)
{
    struct strbuf why;
    strbuf_init(&why, WHY_MAX);
    struct run run = {
        .scenario = clean->scenario, .write = write, .way = way, .why = &why};
    run_it(&run);
    if (is_as_clean(clean, &run)) {
        tally->passed++;
    } else {
        tally->failed++;
        printf("not ok %s, write %zu, %s\n%s", json_str(clean->scenario, "name"), write,
               WAYS[way].name, why.len ? why.text : "");
    }
    run_end(&run);
    strbuf_fini(&why);
}

/* A scenario that cannot be played here is named, with what keeps it. */
static bool is_left(const cJSON *scenario, struct tally *tally)
{
    const char *obstacle = player_obstacle(scenario);
    if (!obstacle)
        return false;
    tally->left++;
    printf("left   %s: %s\n", json_str(scenario, "name"), obstacle);
    return true;
}

/* Crashes at every write in each way; of the other ways one at each, in turn. */
static void try_all(const cJSON *scenario, size_t place, struct tally *tally)
{
    struct strbuf why;
    strbuf_init(&why, WHY_MAX);
    struct run clean = {.scenario = scenario, .why = &why};
    run_it(&clean);
    if (!clean.played || !clean.quiet) {
        tally->failed++;
        printf("not ok %s, undisturbed\n%s", json_str(scenario, "name"),
               why.len ? why.text : "  it goes on writing at rest\n");
    }
    size_t last = clean.writes < WRITES_MANY ? clean.writes : WRITES_FEW;
    for (size_t write = 1; clean.played && write <= last; write++) {
        for (size_t way = 0; way < CRASHES; way++)
            try_way(&clean, write, way, tally);
        try_way(&clean, write, CRASHES + (write + place) % (WAY_COUNT - CRASHES),
                tally);
    }
    printf("# %s: %zu writes\n", json_str(scenario, "name"), clean.writes);
    run_end(&clean);
    strbuf_fini(&why);
}

static int try_one(const cJSON *scenarios, char **what)
{
    const cJSON *scenario = json_find(scenarios, "name", what[0]);
    uint64_t write;
    size_t way = 0;
    while (way < WAY_COUNT && strcmp(WAYS[way].name, what[2]) != 0)
        way++;
    if (!scenario || way == WAY_COUNT || !ascii_parse_u64(what[1], &write)) {
        fprintf(stderr, "no such scenario, write or way\n");
        return 2;
    }
    struct strbuf why, trace;
    strbuf_init(&why, WHY_MAX);
    strbuf_init(&trace, TRACE_MAX);
    struct run clean = {.scenario = scenario, .why = &why};
    struct run run = {
        .scenario = scenario, .write = write, .way = way, .why = &why, .trace = &trace};
    run_it(&clean);
    run_it(&run);
    bool ok = is_as_clean(&clean, &run);
    printf("%s%s%s\n", trace.text, why.len ? why.text : "", ok ? "ok" : "not ok");
    run_end(&clean);
    run_end(&run);
    strbuf_fini(&why);
    strbuf_fini(&trace);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    uint64_t shard, shards;
    struct tally tally = {0};
    size_t place = 0;
    if ((argc != 4 && argc != 7) || !ascii_parse_u64(argv[2], &shard) ||
        !ascii_parse_u64(argv[3], &shards) || shards == 0) {
        fprintf(stderr, "usage: berth-faults FILE SHARD SHARDS [NAME WRITE WAY]\n");
        return 2;
    }
    cJSON *scenarios = scenarios_read(argv[1]);
    int status = EXIT_SUCCESS;
    if (argc == 7) {
        status = try_one(scenarios, argv + 4);
    } else {
        json_each (scenario, scenarios) {
            if (place++ % shards == shard && !is_left(scenario, &tally))
                try_all(scenario, place, &tally);
        }
        printf("# %zu are played elsewhere\n", tally.left);
        printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
        status = tally.failed || !tally.passed ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    json_free(scenarios);
    manifests_free();
    return status;
}
