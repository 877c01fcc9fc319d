#include "test/apiserver/server/events.h"

#include "test/apiserver/server/auth.h"
#include "test/apiserver/server/commit.h"
#include "test/apiserver/server/server_state.h"

#include <string.h>

static const int64_t EVENT_TTL_MS = 3600 * 1000;
static const int64_t LOOK_EVERY_MS = 10 * 1000;

/* Of the same meaning in both; the rest is named alike. */
static const struct {
    const char *core, *events;
} names[] = {
    {"involvedObject", "regarding"},
    {"message", "note"},
    {"reportingComponent", "reportingController"},
    {"source", "deprecatedSource"},
    {"firstTimestamp", "deprecatedFirstTimestamp"},
    {"lastTimestamp", "deprecatedLastTimestamp"},
    {"count", "deprecatedCount"},
};

static void rename_member(cJSON *object, const char *from, const char *to)
{
    cJSON *member = json_member(object, from);
    if (member)
        json_set(object, json_take(object, member), to);
}

void events_to_core(cJSON *event)
{
    json_set_str(event, "v1", "apiVersion");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        rename_member(event, names[i].events, names[i].core);
}

void events_from_core(cJSON *event)
{
    json_set_str(event, "events.k8s.io/v1", "apiVersion");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        rename_member(event, names[i].core, names[i].events);
}

bool expire_step(struct api_server *server, struct instant now)
{
    if (now.wall_ms < server->next_expiry)
        return false;
    auth_expire(server->auth, now);
    struct storage *storage = server_storage_named(server, "/events");
    struct stored *at = storage ? storage_seek(storage, "") : NULL;
    for (; at; at = stored_next(at)) {
        if (at->now->written_ms + EVENT_TTL_MS <= now.wall_ms) {
            commit_removal(server, registry_find(server->registry, "", "v1", "events"),
                           at);
            return true;
        }
    }
    server->next_expiry = now.wall_ms + LOOK_EVERY_MS;
    return false;
}
