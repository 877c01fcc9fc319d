#include "test/apiserver/server/api_server.h"
#include "test/apiserver/server/api_services.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/server/audit.h"
#include "test/apiserver/server/auth.h"
#include "test/apiserver/server/bootstrap.h"
#include "test/apiserver/server/collect.h"
#include "test/apiserver/server/ending.h"
#include "test/apiserver/server/events.h"
#include "test/apiserver/server/route.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/watch.h"

#include <string.h>

static const size_t HISTORY_MAX = 10000;
static const size_t REQUEST_MAX = 3 * 1024 * 1024; /* as kube-apiserver's */
static const size_t ANSWER_MAX = (size_t)2 * 1024 * 1024 * 1024; /* a list of all */

struct api_server *api_server_new(const struct api_server_options *options,
                                  struct instant now)
{
    struct api_server *server = xcalloc(1, sizeof *server);
    server->options = *options;
    if (!server->options.history_max)
        server->options.history_max = HISTORY_MAX;
    server->git_version =
        xstrdup(options->git_version ? options->git_version : "v1.37.2");
    server->random_state = options->seed;
    server->arena = arena_new();
    server->registry = registry_new();
    map_init_borrowed(&server->storages, options->seed);
    list_init(&server->watches);
    list_init(&server->ending);
    server->auth = auth_new(server_random(server));
    server->collector = collector_new(server_random(server));
    server->options.audit = NULL; /* what a cluster begins with is nobody's write */
    bootstrap(server, now);
    server->options.audit = options->audit;
    return server;
}

void api_server_free(struct api_server **server_ptr)
{
    struct api_server *server = *server_ptr;
    if (!server)
        return;
    watch_end_all(server);
    collector_free(server);
    ending_free_all(server);
    server_free_storages(server);
    auth_free(&server->auth);
    registry_free(&server->registry);
    arena_free(&server->arena);
    free(server->git_version);
    free(server);
    *server_ptr = NULL;
}

void api_server_add_token(struct api_server *server, const char *token,
                          const struct api_user *user)
{
    auth_add(server->auth, token, user);
}

void api_answer_fini(struct api_answer *answer)
{
    strbuf_fini(&answer->body);
}

/* ---- a request */

static bool check_size(struct call *call)
{
    if (call->request->body_len <= REQUEST_MAX)
        return true;
    return call_refuse(call, 413, "RequestEntityTooLarge",
                       "Request entity too large: limit is %zu", REQUEST_MAX);
}

static bool run(struct call *call)
{
    return route_parse(call) && auth_identify(call) && auth_authorize(call) &&
           check_size(call) && route_dispatch(call);
}

static void answer_refusal(struct call *call)
{
    struct api_answer *answer = call->answer;
    strbuf_reset(&answer->body);
    answer->content_type = "application/json";
    answer->retry_after_s =
        (int)json_int(call->refusal, 0, "details", "retryAfterSeconds");
    call_answer(call, refusal_code(call->refusal), call->refusal);
}

void api_server_handle(struct api_server *server, const struct api_request *request,
                       struct instant now, struct api_answer *answer)
{
    *answer = (struct api_answer){.content_type = "application/json"};
    strbuf_init(&answer->body, ANSWER_MAX);
    server_uuid(server, answer->audit_id);
    server->wall_ms = now.wall_ms;
    struct call call = {.server = server,
                        .request = request,
                        .answer = answer,
                        .arena = server->arena,
                        .now = now,
                        .user = {.name = ""},
                        .path = "/",
                        .verb = "",
                        .group = "",
                        .version = "",
                        .resource = "",
                        .subresource = "",
                        .ns = "",
                        .name = ""};
    if (!run(&call))
        answer_refusal(&call);
    audit_write(&call);
    json_free(call.refusal);
    arena_reset(server->arena); /* requests are never answered within another */
}

bool api_server_turn(struct api_server *server, struct instant now)
{
    return collect_step(server, now) || ending_step(server, now) ||
           api_services_step(server, now) || expire_step(server, now);
}

uint64_t api_server_version(const struct api_server *server)
{
    return server->version;
}

void api_server_compact(struct api_server *server)
{
    server->compacted = server->version;
    size_t at = 0;
    const char *name;
    void *storage;
    while (map_next(&server->storages, &at, &name, &storage))
        storage_compact(storage, server->version);
}
