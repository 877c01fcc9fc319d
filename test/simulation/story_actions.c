#include "test/simulation/story.h"

#include <stdio.h>

const char *story_config(const struct story *story)
{
    static char text[768];
    snprintf(text, sizeof text,
             "{apiVersion: berth.dev/v1alpha1, kind: ControllerConfiguration, "
             "featureGates: {skillImageVolumes: %s, openShell: %s}, "
             "session: {runnerImage: 'registry.example/runner:%d', "
             "podIPFamily: IPv4, imagePullGracePeriod: 20s, sidecarStartTimeout: 30s, "
             "credentialProviders: {github: {image: 'registry.example/github:1'}}}}",
             story->skills_on ? "true" : "false", story->sandbox_on ? "true" : "false",
             story->runner_image);
    return text;
}

static void change_config(struct story *story)
{
    int what = story->has_sessions ? story_random(story, 3) : 0;
    if (what == 0)
        story->skills_on = !story->skills_on;
    else if (what == 1)
        story->sandbox_on = !story->sandbox_on;
    else
        story->runner_image = 1 + story_random(story, 3);
    if (world_runs(story->world) || world_restarts(story->world))
        world_configure(story->world, story_config(story));
}

static void trouble_controller(struct story *story)
{
    switch (story_random(story, 6)) {
    case 0:
        world_kill(story->world);
        world_note(story->world, "the controller is killed");
        world_start(story->world, story_config(story));
        break;
    case 1:
        world_freeze(story->world, 1000 * (1 + story_random(story, 60)));
        break;
    case 2:
        world_cut_streams(story->world, false);
        break;
    case 3:
        world_cut_streams(story->world, true);
        break;
    case 4:
        world_stall_streams(story->world, 1000 * (1 + story_random(story, 30)));
        break;
    default:
        world_forget_history(story->world);
        world_cut_streams(story->world, false);
        break;
    }
}

static void act_on_population(struct story *story)
{
    bool sessions = story->has_sessions;
    if (sessions && story->has_runtimes)
        sessions = story_random(story, 2) == 0;
    if (sessions)
        story_act_on_sessions(story);
    else
        story_act_on_runtimes(story);
}

void story_act(struct story *story)
{
    int what = story_random(story, 100);
    int project = story->has_sessions ? 20 : 6;
    if (what < 6)
        change_config(story);
    else if (what < 6 + project)
        story_act_on_projects(story);
    else if (what < 86)
        act_on_population(story);
    else if (world_runs(story->world))
        trouble_controller(story);
}

void story_populate(struct story *story)
{
    auto_json cJSON *ns = story_head("v1", "Namespace", STORY_SHARED);
    auto_json cJSON *secret = story_head("v1", "Secret", "held");
    json_set_str(secret, STORY_SECRET, "data", "key");
    story_say(story, "user", "POST", "/api/v1/namespaces", ns);
    story_say(story, "user", "POST", "/api/v1/namespaces/" STORY_SHARED "/secrets",
              secret);
    if (story->has_runtimes)
        story_populate_runtimes(story);
    if (story->has_sessions)
        story_populate_projects(story);
    if (story->has_sessions)
        story_populate_sessions(story);
}
