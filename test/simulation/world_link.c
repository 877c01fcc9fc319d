#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/schema/refusal.h"
#include "test/simulation/world_state.h"

#include <string.h>

enum { LATENCY_MS = 1, RESTART_MS = 1000, LINE_MAX_BYTES = 4 * 1024 * 1024 };

static const char *const METHODS[] = {
    [KUBE_GET] = "GET",     [KUBE_POST] = "POST",     [KUBE_PUT] = "PUT",
    [KUBE_PATCH] = "PATCH", [KUBE_DELETE] = "DELETE",
};

static const char *const GROUPS[] = {"system:serviceaccounts",
                                     "system:serviceaccounts:" WORLD_SYSTEM,
                                     "system:authenticated", NULL};
static const struct api_user BERTH = {"system:serviceaccount:" WORLD_SYSTEM ":berth",
                                      GROUPS};

/* ---- requests */

static char *copy_or_null(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static void send_request(struct world *world, uint64_t id,
                         const struct kube_request *request)
{
    struct exchange *exchange = xcalloc(1, sizeof *exchange);
    exchange->id = id;
    exchange->method = request->method;
    exchange->path = xstrdup(request->path);
    exchange->content_type = copy_or_null(request->content_type);
    exchange->accept = copy_or_null(request->accept);
    exchange->verb = copy_or_null(request->verb);
    exchange->body = request->body ? xstrndup(request->body, request->body_len) : NULL;
    exchange->body_len = request->body_len;
    exchange->stream = request->stream;
    exchange->write = request->method != KUBE_GET && !strstr(request->path, "dryRun=");
    exchange->due_ms = world->now.mono_ms + LATENCY_MS;
    world->exchanges = xreallocarray(world->exchanges, world->exchange_count + 1,
                                     sizeof(struct exchange *));
    world->exchanges[world->exchange_count++] = exchange;
}

static void exchange_free(struct exchange *exchange)
{
    api_watch_close(&exchange->watch);
    if (exchange->answer)
        api_answer_fini(exchange->answer);
    free(exchange->answer);
    free(exchange->path);
    free(exchange->content_type);
    free(exchange->accept);
    free(exchange->verb);
    free(exchange->body);
    free(exchange);
}

static void cancel(struct world *world, uint64_t id)
{
    for (size_t i = 0; i < world->exchange_count; i++) {
        if (world->exchanges[i]->id == id)
            world->exchanges[i]->over = true;
    }
}

static void sweep(struct world *world)
{
    size_t kept = 0;
    for (size_t i = 0; i < world->exchange_count; i++) {
        struct exchange *exchange = world->exchanges[i];
        if (exchange->over)
            exchange_free(exchange);
        else
            world->exchanges[kept++] = exchange;
    }
    world->exchange_count = kept;
}

void link_drain(struct world *world)
{
    struct engine_effect effect;
    while (world->engine && engine_next_effect(world->engine, &effect)) {
        if (effect.kind == ENGINE_REQUEST)
            send_request(world, effect.id, &effect.request);
        else
            cancel(world, effect.id);
    }
    sweep(world);
}

void link_drop_all(struct world *world)
{
    for (size_t i = 0; i < world->exchange_count; i++)
        exchange_free(world->exchanges[i]);
    free(world->exchanges);
    world->exchanges = NULL;
    world->exchange_count = 0;
}

/* ---- answers */

static void fail(struct world *world, struct exchange *exchange, const char *why)
{
    struct err err;
    uint64_t id = exchange->id;
    err_set(&err, ERR_UNAVAILABLE, "%s", why);
    exchange->over = true;
    engine_on_failure(world->engine, id, &err, world->now);
    link_drain(world);
}

static void respond(struct world *world, struct exchange *exchange, int status,
                    const struct strbuf *body, int64_t retry_after_s)
{
    const struct kube_response response = {
        .status = status,
        .body = body && body->len ? body->text : "",
        .len = body ? body->len : 0,
        .retry_after_ms = 1000 * retry_after_s,
    };
    uint64_t id = exchange->id;
    exchange->over = true;
    engine_on_response(world->engine, id, &response, world->now);
    link_drain(world);
}

static void refuse(struct world *world, struct exchange *exchange, int status,
                   int64_t retry_after_s)
{
    static const struct {
        int status;
        const char *reason;
    } REASONS[] = {{403, "Forbidden"},     {409, "Conflict"},
                   {410, "Expired"},       {429, "TooManyRequests"},
                   {500, "InternalError"}, {503, "ServiceUnavailable"}};
    const char *reason = "InternalError";
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++) {
        if (REASONS[i].status == status)
            reason = REASONS[i].reason;
    }
    auto_json cJSON *refusal = refusal_new(status, reason, "the world says %d", status);
    struct strbuf body;
    strbuf_init(&body, 4096);
    json_print(&body, refusal);
    respond(world, exchange, status, &body, retry_after_s);
    strbuf_fini(&body);
}

/* Tells of a request in a line: of its query only which objects of which version. */
static void tell(struct world *world, const struct exchange *exchange,
                 const char *outcome, int status)
{
    static const char *const KEPT[] = {
        "labelSelector=", "fieldSelector=", "resourceVersion="};
    const char *path = exchange->path, *query = strchr(path, '?');
    size_t len = query ? (size_t)(query - path) : strlen(path);
    struct strbuf line;
    if (!world->options.trace)
        return;
    strbuf_init(&line, 8192);
    strbuf_addf(&line, "berth %s %.*s", exchange->verb, (int)len, path);
    for (size_t i = 0; query && i < sizeof KEPT / sizeof *KEPT; i++) {
        const char *found = strstr(query, KEPT[i]);
        if (found)
            strbuf_addf(&line, " %.*s", (int)strcspn(found, "&"), found);
    }
    strbuf_addf(&line, ": %s", outcome);
    if (status)
        strbuf_addf(&line, "%d", status);
    world_note(world, "%s", line.text);
    strbuf_fini(&line);
}

static void handle(struct world *world, const struct exchange *exchange,
                   struct api_answer *answer)
{
    const struct api_request request = {
        .method = METHODS[exchange->method],
        .target = exchange->path,
        .content_type = exchange->content_type ? exchange->content_type : "",
        .accept = exchange->accept ? exchange->accept : "",
        .user = &BERTH,
        .user_agent = "berth",
        .body = exchange->body ? exchange->body : "",
        .body_len = exchange->body_len,
    };
    api_server_handle(world->server, &request, world->now, answer);
    tell(world, exchange, "", answer->status);
}

static void judge(struct world *world, struct exchange *exchange)
{
    const struct world_request request = {
        .method = METHODS[exchange->method],
        .path = exchange->path,
        .verb = exchange->verb ? exchange->verb : "",
        .write = exchange->write,
        .stream = exchange->stream,
        .number = exchange->write ? ++world->writes : 0,
    };
    exchange->judged = true;
    if (exchange->stream && world->expire_next &&
        strstr(exchange->path, "resourceVersion=") &&
        !strstr(exchange->path, "sendInitialEvents"))
        exchange->ruling = (struct world_ruling){.fate = FATE_REFUSED, .status = 410};
    else if (world->options.judge)
        world->options.judge(world->options.judge_ctx, &request, &exchange->ruling);
    exchange->due_ms += exchange->ruling.delay_ms;
}

static void keep_answer(struct world *world, struct exchange *exchange,
                        const struct api_answer *answer)
{
    exchange->answer = xmalloc(sizeof *answer);
    *exchange->answer = *answer;
    exchange->due_ms = world->now.mono_ms + exchange->ruling.late_ms;
    world_note(world, "  and the answer is late");
}

static void answer_exchange(struct world *world, struct exchange *exchange)
{
    struct api_answer answer;
    if (exchange->answer) {
        answer = *exchange->answer;
        free(exchange->answer);
        exchange->answer = NULL;
    } else {
        handle(world, exchange, &answer);
        if (exchange->ruling.late_ms && !answer.watch) {
            keep_answer(world, exchange, &answer);
            return;
        }
    }
    if (exchange->ruling.fate == FATE_UNANSWERED) {
        api_watch_close(&answer.watch);
        world_note(world, "  but the answer is lost");
        fail(world, exchange, "the connection broke before the answer");
    } else if (answer.watch) {
        exchange->watch = answer.watch;
    } else
        respond(world, exchange, answer.status, &answer.body, answer.retry_after_s);
    api_answer_fini(&answer);
}

static void deliver(struct world *world, struct exchange *exchange)
{
    struct world_ruling ruling = exchange->ruling;
    switch (ruling.fate) {
    case FATE_LOST:
        tell(world, exchange, "lost", 0);
        fail(world, exchange, "the connection broke");
        break;
    case FATE_REFUSED:
        tell(world, exchange, "refused with ", ruling.status);
        refuse(world, exchange, ruling.status, ruling.retry_after_s);
        break;
    case FATE_ANSWERED:
    case FATE_UNANSWERED:
        answer_exchange(world, exchange);
        break;
    }
    if (ruling.crash) {
        world_note(world, "the controller crashes");
        world_kill(world);
        world->restart_at_ms = world->now.mono_ms + RESTART_MS;
    }
}

/* ---- streams */

static bool pull_line(struct world *world, struct exchange *exchange)
{
    struct strbuf line;
    strbuf_init(&line, LINE_MAX_BYTES);
    bool any = api_watch_next(exchange->watch, world->now, &line);
    if (any) {
        size_t len =
            line.len && line.text[line.len - 1] == '\n' ? line.len - 1 : line.len;
        line.text[len] = '\0';
        engine_on_line(world->engine, exchange->id, line.text, len, world->now);
        link_drain(world);
    }
    strbuf_fini(&line);
    return any;
}

static bool step_stream(struct world *world, struct exchange *exchange)
{
    if (exchange->cut) {
        fail(world, exchange, "the stream was cut");
        return true;
    }
    if (exchange->due_ms > world->now.mono_ms)
        return false;
    if (pull_line(world, exchange))
        return true;
    if (!api_watch_ended(exchange->watch, world->now))
        return false;
    respond(world, exchange, 200, NULL, 0);
    return true;
}

bool link_step(struct world *world)
{
    if (!world->engine || world->now.mono_ms < world->frozen_until_ms)
        return false;
    for (size_t i = 0; i < world->exchange_count; i++) {
        struct exchange *exchange = world->exchanges[i];
        if (exchange->watch) {
            if (step_stream(world, exchange))
                return true;
            continue;
        }
        if (!exchange->judged)
            judge(world, exchange);
        if (exchange->due_ms <= world->now.mono_ms) {
            deliver(world, exchange);
            return true;
        }
    }
    int64_t deadline = engine_deadline(world->engine);
    if (deadline < 0 || deadline > world->now.mono_ms)
        return false;
    engine_on_timer(world->engine, world->now);
    link_drain(world);
    return true;
}

static int64_t sooner(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

int64_t link_deadline(const struct world *world)
{
    if (!world->engine)
        return -1;
    int64_t deadline = engine_deadline(world->engine);
    for (size_t i = 0; i < world->exchange_count; i++) {
        const struct exchange *exchange = world->exchanges[i];
        bool lives = exchange->watch && exchange->due_ms <= world->now.mono_ms;
        deadline = sooner(deadline, lives ? api_watch_deadline(exchange->watch)
                                          : exchange->due_ms);
    }
    if (deadline >= 0 && deadline < world->frozen_until_ms)
        deadline = world->frozen_until_ms;
    return deadline;
}

bool link_busy(const struct world *world)
{
    for (size_t i = 0; i < world->exchange_count; i++) {
        if (!world->exchanges[i]->watch)
            return true;
    }
    return false;
}

void world_stall_streams(struct world *world, int64_t ms)
{
    world_note(world, "streams stall for %lld ms", (long long)ms);
    for (size_t i = 0; i < world->exchange_count; i++) {
        struct exchange *exchange = world->exchanges[i];
        if (exchange->watch)
            exchange->due_ms = world->now.mono_ms + ms;
    }
}

void world_cut_streams(struct world *world, bool expired)
{
    world->expire_next = expired;
    for (size_t i = 0; i < world->exchange_count; i++) {
        struct exchange *exchange = world->exchanges[i];
        exchange->cut = exchange->watch != NULL;
    }
}
