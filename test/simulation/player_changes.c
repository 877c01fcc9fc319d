#include "kubeclient/api/object.h"
#include "test/simulation/object_path.h"
#include "test/simulation/player_state.h"

#include <string.h>

#define APPLY_TYPE "application/apply-patch+yaml"
#define USER "user" /* who does a step that names nobody */

static bool refused_as_wanted(struct player *player, const cJSON *wanted, int status,
                              const cJSON *answer)
{
    const cJSON *message = json_at(wanted, "message");
    const char *said = json_str_or(answer, "", "message");
    char *pattern =
        arena_printf(player->arena, "re:%s", message ? message->valuestring : "");
    auto_json cJSON *expression = json_string(pattern);
    auto_json cJSON *text = json_string(said);
    bool code = json_int(wanted, status, "code") == status;
    if (code && object_text_matches(expression, text))
        return true;
    strbuf_addf(player->options->why, "refused with %d: %s\n", status, said);
    return false;
}

/* Sends what the step may expect to be refused. */
static bool change(struct player *player, const cJSON *step,
                   const struct world_call *call)
{
    const cJSON *wanted = json_at(step, "refused");
    cJSON *answer = NULL;
    int status = world_say(player->world, call, &answer);
    bool ok = wanted
                  ? status >= 400 && refused_as_wanted(player, wanted, status, answer)
                  : status < 400;
    if (!ok && !(wanted && status >= 400))
        strbuf_addf(player->options->why, "%s %s: %d: %s\n", call->method, call->target,
                    status, json_str_or(answer, "accepted", "message"));
    json_free(answer);
    return ok;
}

static const char *manager_of(const cJSON *step)
{
    return json_str_or(step, USER, "as");
}

static bool no_such_kind(struct player *player, const cJSON *reference)
{
    strbuf_addf(player->options->why, "no kind %s\n",
                json_str_or(reference, "?", "kind"));
    return false;
}

bool play_apply(struct player *player, const cJSON *objects, const cJSON *step)
{
    json_each (object, objects) {
        const char *path = player_path(player, object, false);
        if (!path)
            return no_such_kind(player, object);
        const struct world_call call = {
            .manager = manager_of(step),
            .method = "PATCH",
            .target = arena_printf(player->arena, "%s?fieldManager=%s&force=%s", path,
                                   manager_of(step),
                                   json_bool(step, false, "force") ? "true" : "false"),
            .content_type = APPLY_TYPE,
            .body = object,
        };
        if (!change(player, step, &call))
            return false;
    }
    return true;
}

bool play_create(struct player *player, const cJSON *objects, const cJSON *step)
{
    json_each (object, objects) {
        const char *path = player_path(player, object, true);
        if (!path)
            return no_such_kind(player, object);
        const struct world_call call = {
            .method = "POST",
            .target = arena_printf(player->arena, "%s?fieldManager=%s", path,
                                   manager_of(step)),
            .body = object,
        };
        if (!change(player, step, &call))
            return false;
    }
    return true;
}

static bool patch_one(struct player *player, const cJSON *patch, const cJSON *step,
                      const char *name)
{
    static const struct {
        const char *word, *type;
    } TYPES[] = {
        {"merge", "application/merge-patch+json"},
        {"json", "application/json-patch+json"},
        {"strategic", "application/strategic-merge-patch+json"},
    };
    size_t how = 0;
    while (!json_at(patch, TYPES[how].word))
        how++;
    const char *place = player_path(player, patch, true);
    const char *subresource = json_str_or(patch, "", "subresource");
    if (!place)
        return no_such_kind(player, patch);
    const struct world_call call = {
        .manager = manager_of(step),
        .method = "PATCH",
        .target = arena_printf(player->arena, "%s/%s%s%s?fieldManager=%s", place, name,
                               *subresource ? "/" : "", subresource, manager_of(step)),
        .content_type = TYPES[how].type,
        .body = json_at(patch, TYPES[how].word),
    };
    return change(player, step, &call);
}

bool play_patch(struct player *player, const cJSON *patch, const cJSON *step)
{
    const char *name = json_str(patch, "name");
    if (name)
        return patch_one(player, patch, step, name);
    auto_json cJSON *pods = player_pods(player, json_at(patch, "labels"));
    bool all = pods->child != NULL;
    json_each (pod, pods)
        all = all && patch_one(player, patch, step, kube_name(pod));
    return all;
}

bool play_delete(struct player *player, const cJSON *reference, const cJSON *step)
{
    const char *path = player_path(player, reference, false);
    if (!path)
        return no_such_kind(player, reference);
    const struct world_call call = {.method = "DELETE", .target = path};
    if (!change(player, step, &call))
        return false;
    if (!json_bool(step, false, "wait"))
        return true;
    cJSON *gone = json_adopt(player->arena, json_object());
    json_set(gone, json_copy(reference), "object");
    json_set(gone, json_boolean(true), "absent");
    return player_await(player, gone, WITHIN_MS);
}

bool play_scale(struct player *player, const cJSON *reference, const cJSON *step)
{
    auto_json cJSON *body = json_object();
    json_set(body, json_copy(json_at(reference, "replicas")), "spec", "replicas");
    const struct world_call call = {
        .manager = manager_of(step),
        .method = "PATCH",
        .target = arena_printf(player->arena, "%s/scale?fieldManager=%s",
                               player_path(player, reference, false), manager_of(step)),
        .content_type = "application/merge-patch+json",
        .body = body,
    };
    return change(player, step, &call);
}
