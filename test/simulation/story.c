#include "test/simulation/story.h"

#include "kubeclient/base/backoff.h"
#include "test/simulation/oracle.h"

enum {
    ACTIONS_MIN = 4,
    ACTIONS_MORE = 9,
    SESSION_ACTIONS = 6,   /* more of them, where there are sessions */
    PAUSE_MS = 4000,       /* between actions, at most */
    LONG_PAUSE_MS = 60000, /* what waits for a time does not wait in vain */
    RETRY_MS = 330 * 1000, /* every failed reconcile was tried again by then */
    DELAY_MS = 3000,
};

int story_random(struct story *story, int below)
{
    return (int)(random_next(&story->random) % (uint64_t)below);
}

static void pass(struct story *story, int64_t ms)
{
    int64_t until = world_now_ms(story->world) + ms;
    while (world_step(story->world, until))
        oracle_of_writes(story);
}

static void on_log(void *ctx, const char *line)
{
    oracle_of_log(ctx, line);
}

/* What goes wrong with a request, while things go wrong. */
static void judge(void *ctx, const struct world_request *request,
                  struct world_ruling *ruling)
{
    static const int STATUSES[] = {409, 429, 500, 503, 403};
    struct story *story = ctx;
    if (story_random(story, 100) >= story->fault_percent)
        return;
    switch (story_random(story, 6)) {
    case 0:
        ruling->fate = FATE_LOST;
        break;
    case 1:
        ruling->fate = FATE_UNANSWERED;
        break;
    case 2:
        ruling->fate = FATE_REFUSED;
        ruling->status = STATUSES[story_random(story, 5)];
        ruling->retry_after_s = ruling->status == 429 ? story_random(story, 3) : 0;
        break;
    case 3:
        ruling->late_ms = story_random(story, DELAY_MS);
        break;
    case 4:
        ruling->delay_ms = story_random(story, DELAY_MS);
        break;
    default:
        ruling->crash = request->write && story_random(story, 3) == 0;
        ruling->fate = story_random(story, 2) ? FATE_ANSWERED : FATE_UNANSWERED;
        break;
    }
}

/* The faults are over, and everything that was put off is done. */
static void end_trouble(struct story *story)
{
    story->fault_percent = 0;
    if (!world_runs(story->world) && !world_restarts(story->world))
        world_start(story->world, story_config(story));
    pass(story, RETRY_MS);
    if (story->has_sessions) /* what could start only now has its own delays */
        pass(story, RETRY_MS);
}

static bool play(struct story *story)
{
    int actions = ACTIONS_MIN + story_random(story, ACTIONS_MORE) +
                  (story->has_sessions ? SESSION_ACTIONS : 0);
    story_populate(story);
    world_start(story->world, story_config(story));
    for (int i = 0; i < actions; i++) {
        bool waits = story->has_sessions && story_random(story, 8) == 0;
        pass(story, story_random(story, waits ? LONG_PAUSE_MS : PAUSE_MS));
        story_act(story);
        story->actions++;
    }
    end_trouble(story);
    return oracle_of_state(story) && oracle_of_rest(story);
}

bool story_play(uint64_t seed, struct strbuf *trace, struct strbuf *why)
{
    struct story story = {.seed = seed,
                          .random = seed,
                          .why = why,
                          .skills_on = true,
                          .runner_image = 1,
                          .pods = json_object(),
                          .sessions_seen = json_object(),
                          .ok = true};
    int cast = story_random(&story, 10);
    story.has_runtimes = cast < 5;
    story.has_sessions = cast >= 4;
    story.fault_percent = 5 * story_random(&story, 5);
    story.world = world_new(&(struct world_options){.seed = seed,
                                                    .judge = judge,
                                                    .judge_ctx = &story,
                                                    .log = on_log,
                                                    .log_ctx = &story,
                                                    .trace = trace,
                                                    .kubelet = story.has_sessions});
    bool ok = play(&story);
    world_free(&story.world);
    json_free(story.pods);
    json_free(story.sessions_seen);
    return ok;
}
