#include "test/simulation/oracle.h"

#include <stdio.h>
#include <string.h>

enum {
    WRITES_PER_ACTION = 60, /* faults included */
    EVENTS_MAX = 60,        /* about one object */
    TEXT_MAX = 16 * 1024 * 1024,
    REST_MS = 180 * 1000,
};

bool object_to(struct story *story, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_addv(story->why, format, args);
    va_end(args);
    strbuf_addc(story->why, '\n');
    return false;
}

static size_t population(const struct story *story)
{
    return (story->has_runtimes ? (size_t)STORY_RUNTIMES : 0) +
           (story->has_sessions ? (size_t)STORY_SESSIONS : 0);
}

static bool events_are_few(struct story *story)
{
    auto_json cJSON *list = world_get(story->world, "/apis/events.k8s.io/v1/events");
    size_t count = json_count(json_at(list, "items"));
    return count <= EVENTS_MAX * (population(story) + 2) ||
           object_to(story, "%zu events", count);
}

static bool shows_secret(const char *text)
{
    return strstr(text, STORY_SECRET) || strstr(text, "marked-secret");
}

static bool no_secret_shows(struct story *story)
{
    static const char *const PATHS[] = {
        "/apis/events.k8s.io/v1/events",
        "/apis/agent.kagenti.dev/v1alpha1/agentruntimes",
        "/apis/apps/v1/deployments",
        "/apis/vteam.ambient-code/v1alpha1/projects",
        "/apis/vteam.ambient-code/v1alpha1/projectsettings",
        "/apis/vteam.ambient-code/v1alpha1/agenticsessions",
        "/api/v1/pods",
        "/api/v1/configmaps",
        "/api/v1/services",
    };
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        auto_json cJSON *list = world_get(story->world, PATHS[i]);
        struct strbuf text;
        strbuf_init(&text, TEXT_MAX);
        json_print(&text, list);
        bool shows = shows_secret(text.text);
        strbuf_fini(&text);
        if (shows)
            return object_to(story, "%s shows a secret", PATHS[i]);
    }
    return true;
}

void oracle_of_log(struct story *story, const char *line)
{
    if (story->ok && shows_secret(line))
        story->ok = object_to(story, "the log shows a secret: %s", line);
}

bool oracle_of_state(struct story *story)
{
    bool ok = story->ok && oracle_of_projects(story) && events_are_few(story) &&
              no_secret_shows(story);
    ok = ok && (!story->has_runtimes || oracle_of_runtimes(story));
    ok = ok && (!story->has_sessions || oracle_of_sessions(story));
    size_t writes = world_writes(story->world);
    size_t most = WRITES_PER_ACTION * (story->actions + population(story));
    return ok && (writes <= most || object_to(story, "%zu writes for %zu actions",
                                              writes, story->actions));
}

bool oracle_of_rest(struct story *story)
{
    size_t before = world_writes(story->world);
    world_kill(story->world);
    world_note(story->world, "a fresh controller looks at it");
    world_start(story->world, story_config(story));
    int64_t until = world_now_ms(story->world) + REST_MS;
    while (world_step(story->world, until))
        ;
    size_t more = world_writes(story->world) - before;
    return more == 0 || object_to(story, "a fresh controller writes %zu times", more);
}
