/* play_scenarios.c - `berth-scenarios [--trace] FILE`: plays compiled scenarios in
 * virtual time and says how each went, and with --trace what happened. */
#include "test/simulation/manifests.h"
#include "test/simulation/player.h"
#include "test/simulation/scenario_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRACE_MAX = 16 * 1024 * 1024, WHY_MAX = 256 * 1024 };

static bool play(const cJSON *scenario, bool tell)
{
    struct strbuf why, trace;
    strbuf_init(&why, WHY_MAX);
    strbuf_init(&trace, TRACE_MAX);
    struct world *world =
        world_new(&(struct world_options){.seed = 1, .trace = tell ? &trace : NULL});
    const struct player_options options = {.scenario = scenario, .why = &why};
    bool passed = player_play(world, &options);
    printf("%s %s\n", passed ? "ok    " : "not ok", json_str(scenario, "name"));
    if (!passed)
        printf("%s", why.text);
    if (trace.len)
        printf("%s", trace.text);
    world_free(&world);
    strbuf_fini(&why);
    strbuf_fini(&trace);
    return passed;
}

int main(int argc, char **argv)
{
    size_t passed = 0, failed = 0, left = 0;
    bool tell = argc == 3 && strcmp(argv[1], "--trace") == 0;
    if (argc != 2 && !tell) {
        fprintf(stderr, "usage: berth-scenarios [--trace] FILE\n");
        return 2;
    }
    cJSON *scenarios = scenarios_read(argv[argc - 1]);
    json_each (scenario, scenarios) {
        const char *obstacle = player_obstacle(scenario);
        if (obstacle) {
            left++;
            printf("left   %s: %s\n", json_str(scenario, "name"), obstacle);
        } else if (play(scenario, tell))
            passed++;
        else
            failed++;
    }
    printf("# %zu are played elsewhere\n", left);
    printf("%zu passed, %zu failed\n", passed, failed);
    json_free(scenarios);
    manifests_free();
    return failed || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
