#include "test/simulation/player.h"

#include "kubeclient/base/alloc.h"
#include "test/simulation/object_path.h"
#include "test/simulation/player_state.h"

#include <stdio.h>
#include <string.h>

enum { CONFIG_MAX = 64 * 1024 };

typedef bool step_fn(struct player *player, const cJSON *what, const cJSON *step);

/* ---- time and the controller */

void player_pass(struct player *player, int64_t ms)
{
    int64_t until = world_now_ms(player->world) + ms;
    while (world_step(player->world, until))
        ;
}

static bool do_tick(struct player *player, const cJSON *what, const cJSON *step)
{
    (void)what, (void)step;
    player_pass(player, 1000);
    return true;
}

static bool do_advance(struct player *player, const cJSON *what, const cJSON *step)
{
    (void)step;
    player_pass(player, 1000 * (int64_t)what->valuedouble);
    return true;
}

static bool do_settle(struct player *player, const cJSON *what, const cJSON *step)
{
    (void)what, (void)step;
    if (world_settle(player->world, SETTLE_MS))
        return true;
    strbuf_adds(player->options->why, "it does not come to rest\n");
    return player->options->lenient;
}

char *player_config(const cJSON *config)
{
    auto_json cJSON *document = config ? json_copy(config) : json_object();
    struct strbuf text;
    json_set_str(document, "berth.dev/v1alpha1", "apiVersion");
    json_set_str(document, "ControllerConfiguration", "kind");
    strbuf_init(&text, CONFIG_MAX);
    json_print(&text, document);
    return strbuf_detach(&text);
}

static bool do_config(struct player *player, const cJSON *settings, const cJSON *step)
{
    (void)step;
    free(player->config);
    player->config = player_config(settings);
    if (world_runs(player->world) || world_restarts(player->world))
        world_configure(player->world, player->config);
    return true;
}

static bool do_controller(struct player *player, const cJSON *what, const cJSON *step)
{
    (void)step;
    const char *word = what->valuestring;
    if (strcmp(word, "start") != 0)
        world_kill(player->world);
    if (strcmp(word, "stop") != 0 && strcmp(word, "kill") != 0)
        world_start(player->world, player->config);
    return true;
}

/* ---- looking */

static bool do_expect(struct player *player, const cJSON *expectations,
                      const cJSON *step)
{
    int64_t within_ms = 1000 * json_int(step, WITHIN_MS / 1000, "within");
    json_each (expectation, expectations) {
        if (!player_await(player, expectation, within_ms))
            return false;
    }
    if (player->options->lenient)
        world_settle(player->world, SETTLE_MS);
    return true;
}

static bool do_remember(struct player *player, const cJSON *variables,
                        const cJSON *step)
{
    (void)step;
    json_each (reference, variables) {
        const char *path = player_path(player, reference, false);
        auto_json cJSON *object = path ? world_get(player->world, path) : NULL;
        const cJSON *value =
            object_path_find(object, json_str_or(reference, "", "path"));
        if (value)
            json_set(player->variables, json_copy(value), reference->string);
        else if (!player->options->lenient) {
            strbuf_addf(player->options->why, "%s: nothing to remember\n",
                        reference->string);
            return false;
        }
    }
    return true;
}

static bool do_mark(struct player *player, const cJSON *what, const cJSON *step)
{
    (void)what, (void)step;
    player_mark(player);
    return true;
}

static bool do_writes(struct player *player, const cJSON *wanted, const cJSON *step)
{
    (void)step;
    return player_check_writes(player, wanted);
}

static bool do_quiet(struct player *player, const cJSON *what, const cJSON *step)
{
    (void)what, (void)step;
    return player_check_quiet(player);
}

/* ---- the order of things */

static const struct {
    const char *word;
    step_fn *play;
} VERBS[] = {
    {"apply", play_apply},     {"create", play_create},
    {"patch", play_patch},     {"delete", play_delete},
    {"scale", play_scale},     {"tick", do_tick},
    {"advance", do_advance},   {"config", do_config},
    {"settle", do_settle},     {"expect", do_expect},
    {"remember", do_remember}, {"rollout", play_rollout},
    {"mark", do_mark},         {"writes", do_writes},
    {"quiet", do_quiet},       {"controller", do_controller},
};

static bool play_steps(struct player *player, const cJSON *steps);

static bool repeat(struct player *player, const cJSON *step)
{
    int64_t turns = json_int(step, 1, "repeat");
    for (int64_t turn = 1; turn <= turns; turn++) {
        json_set(player->variables, json_number(turn), "turn");
        if (!play_steps(player, json_at(step, "steps")))
            return false;
    }
    return true;
}

static bool play_once(struct player *player, const cJSON *step)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        const cJSON *what = json_at(step, VERBS[i].word);
        if (!what)
            continue;
        world_note(player->world, "step %s", VERBS[i].word);
        return VERBS[i].play(player, what, step);
    }
    strbuf_adds(player->options->why, "a step that cannot be played here\n");
    return false;
}

/* `until`: the step is done again until the expectation holds. */
static bool play_step(struct player *player, const cJSON *step)
{
    enum { TRIES = 20 };
    const cJSON *until = json_at(step, "until");
    /* What went wrong is over before the user goes on, or the end would be another. */
    if (player->options->lenient)
        world_settle(player->world, SETTLE_MS);
    for (int i = 0; i < TRIES; i++) {
        size_t told = player->options->why->len;
        bool done = play_once(player, step);
        if (!until)
            return done;
        if (done && player_await(player, until, 1000))
            return true;
        if (i + 1 < TRIES)
            player->options->why->len = told;
    }
    return player->options->lenient;
}

static bool play_steps(struct player *player, const cJSON *steps)
{
    size_t number = 0;
    json_each (step, steps) {
        number++;
        bool played = json_at(step, "repeat")
                          ? repeat(player, step)
                          : play_step(player, player_fill(player, step));
        if (!played) {
            strbuf_addf(player->options->why, "at step %zu: ", number);
            json_print(player->options->why, step);
            strbuf_addc(player->options->why, '\n');
            return false;
        }
    }
    return true;
}

static bool runs_commands(const cJSON *steps)
{
    json_each (step, steps) {
        if (json_at(step, "run") || json_at(step, "fault") || json_at(step, "token") ||
            runs_commands(json_at(step, "steps")))
            return true;
    }
    return false;
}

const char *player_obstacle(const cJSON *scenario)
{
    if (json_at(scenario, "ground", "real"))
        return "needs the real API server";
    if (json_count(json_at(scenario, "apiServer")))
        return "needs an API server with other flags";
    return runs_commands(json_at(scenario, "steps")) ? "runs commands" : NULL;
}

static bool open_namespace(struct player *player)
{
    auto_json cJSON *object = json_object();
    json_set_str(object, PLAYER_NAMESPACE, "metadata", "name");
    const struct world_call call = {
        .method = "POST", .target = "/api/v1/namespaces", .body = object};
    int status = world_say(player->world, &call, NULL);
    while (world_step(player->world, world_now_ms(player->world)))
        ;
    return status == 201;
}

bool player_play(struct world *world, const struct player_options *options)
{
    const cJSON *scenario = options->scenario;
    struct player player = {
        .world = world,
        .options = options,
        .arena = arena_new(),
        .variables = json_object(),
        .config = player_config(json_at(scenario, "config")),
    };
    json_set_str(player.variables, PLAYER_NAMESPACE, "ns");
    json_set_str(player.variables, WORLD_SYSTEM, "system");
    cJSON *nothing = json_adopt(player.arena, json_object());
    bool played = open_namespace(&player);
    if (strcmp(json_str_or(scenario, "", "controller"), "none") != 0)
        world_start(world, player.config);
    played = played &&
             play_apply(&player, player_fill(&player, json_at(scenario, "given")),
                        nothing) &&
             play_steps(&player, json_at(scenario, "steps"));
    json_free(player.variables);
    free(player.config);
    arena_free(&player.arena);
    return played;
}
