#include "kubeclient/net/client.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/net/credentials.h"
#include "kubeclient/net/lane.h"

#include <assert.h>
#include <string.h>

enum {
    /* However long a server asks us to wait: it may have meant somebody else. */
    PAUSE_MAX_MS = 60 * 1000,
    /* Watches are quiet for a minute between bookmarks; a connection that has said
     * nothing for SILENCE_MS is asked, and cut when it does not answer. */
    SILENCE_MS = 20 * 1000,
    PROBE_MS = 10 * 1000,
    /* One for each kind of request, and more for watches as these get more: 4096 of
     * them, before the next ones wait. */
    CONNECTIONS_MAX = KUBE_LANES + 63,
};

struct connection {
    struct connection *next;
    struct lane lane;
    struct kube_client *client;
    enum kube_lane kind;
    bool probing;
};

struct kube_client {
    uv_loop_t *loop;
    struct log log;
    struct endpoint endpoint;
    struct wire wire;
    char *user_agent;
    kube_observe_fn *observe;
    void *observe_ctx;
    struct credentials *credentials;
    struct credential *used; /* for the latest request; NULL: none was sent */
    struct connection *first, *last;
    size_t count;
    uv_timer_t timer;
    uint64_t timer_due_ms; /* UINT64_MAX: not armed */
    uint64_t paused_until_ms;
    bool closing;
    size_t open_parts;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static void on_credentials(void *ctx, const struct err *err);
static void on_drained(void *ctx);
static void on_timer(uv_timer_t *timer);
static void on_probe_done(void *ctx, uint64_t id, const struct kube_response *response);
static void on_probe_failed(void *ctx, uint64_t id, const struct err *err);
static void on_part_closed(void *ctx);
static void on_timer_closed(uv_handle_t *handle);

/* Also those that are added meanwhile. */
#define each_connection(self, client)                                                  \
    struct connection *self = (client)->first;                                         \
    self;                                                                              \
    self = self->next

static struct connection *add_connection(struct kube_client *client,
                                         enum kube_lane kind)
{
    struct connection *connection = xcalloc(1, sizeof *connection);
    connection->client = client;
    connection->kind = kind;
    lane_open(&connection->lane, client->loop, &client->wire, on_drained, client);
    if (client->last)
        client->last->next = connection;
    else
        client->first = connection;
    client->last = connection;
    client->count++;
    client->open_parts++;
    return connection;
}

/* The one with room for another request. Watches have no end, so what waits behind them
 * might wait for ever: they get another connection. */
static struct lane *lane_for(struct kube_client *client, enum kube_lane kind)
{
    struct lane *full = NULL;
    for (each_connection(connection, client)) {
        if (connection->kind != kind)
            continue;
        if (lane_load(&connection->lane) < LANE_STREAMS)
            return &connection->lane;
        full = &connection->lane;
    }
    if (kind == KUBE_LANE_WATCH && client->count < CONNECTIONS_MAX)
        return &add_connection(client, kind)->lane;
    return full;
}

static struct kube_client *open_parts(uv_loop_t *loop,
                                      const struct kube_client_options *options,
                                      const struct endpoint *endpoint,
                                      struct credentials *credentials)
{
    struct kube_client *client = xcalloc(1, sizeof *client);
    client->loop = loop;
    client->log = options->log;
    client->endpoint = *endpoint;
    client->user_agent = xstrdup(options->user_agent);
    client->wire = (struct wire){.endpoint = &client->endpoint,
                                 .config = options->config,
                                 .user_agent = client->user_agent};
    client->observe = options->observe;
    client->observe_ctx = options->observe_ctx;
    client->credentials = credentials;
    for (int kind = 0; kind < KUBE_LANES; kind++)
        add_connection(client, (enum kube_lane)kind);
    uv_timer_init(loop, &client->timer);
    client->timer.data = client;
    client->timer_due_ms = UINT64_MAX;
    client->open_parts += 2; /* the timer, the credentials */
    return client;
}

struct kube_client *kube_client_open(uv_loop_t *loop,
                                     const struct kube_client_options *options,
                                     struct err *err)
{
    const struct kube_config *config = options->config;
    struct endpoint endpoint;
    if (!transport_supported(err))
        return NULL;
    if (!endpoint_parse(config->server, config->tls_server_name, &endpoint, err)) {
        err_wrap(err, "%s", config->source ? config->source : "configuration");
        return NULL;
    }
    struct credentials *credentials =
        credentials_open(loop, config, &options->log, err);
    if (!credentials) {
        endpoint_fini(&endpoint);
        return NULL;
    }
    return open_parts(loop, options, &endpoint, credentials);
}

const char *kube_client_host(const struct kube_client *client)
{
    return client->endpoint.authority;
}

/* ---- starting what waits */

static void wake_by(struct kube_client *client, uint64_t due_ms)
{
    if (due_ms >= client->timer_due_ms)
        return;
    uint64_t now_ms = uv_now(client->loop);
    client->timer_due_ms = due_ms;
    uv_timer_start(&client->timer, on_timer, due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

/* New connections are made with the new certificates; the old ones would be kept for
 * as long as a watch lives, whoever we are by now. */
static void use_credential(struct kube_client *client, struct credential *credential)
{
    if (client->used == credential)
        return;
    if (client->used && !credential_same_tls(client->used, credential)) {
        log_info(&client->log, "certificates have changed: connecting anew",
                 LOG_STR("server", client->endpoint.authority));
        for (each_connection(connection, client))
            transport_cut(connection->lane.transport);
    }
    credential_ref(credential);
    credential_unref(client->used);
    client->used = credential;
}

static bool anything_waits(const struct kube_client *client)
{
    for (each_connection(connection, client)) {
        if (!list_empty(&connection->lane.waiting))
            return true;
    }
    return false;
}

static bool watches(const struct connection *connection)
{
    return connection->kind == KUBE_LANE_WATCH &&
           !list_empty(&connection->lane.running);
}

static void start_waiting(struct kube_client *client)
{
    if (client->closing || !anything_waits(client))
        return;
    if (uv_now(client->loop) < client->paused_until_ms) {
        wake_by(client, client->paused_until_ms);
        return;
    }
    struct credential *credential = credentials_current(client->credentials);
    if (!credential) {
        credentials_fetch(client->credentials, on_credentials, client);
        return;
    }
    use_credential(client, credential);
    for (each_connection(connection, client)) {
        const struct exchange *exchange;
        while ((exchange = lane_start(&connection->lane, credential)))
            wake_by(client, exchange->due_ms);
    }
    for (each_connection(connection, client)) {
        if (watches(connection))
            wake_by(client, uv_now(client->loop) + SILENCE_MS);
    }
}

void kube_client_send(struct kube_client *client, uint64_t id,
                      const struct kube_request *request,
                      const struct kube_handlers *handlers)
{
    assert(!client->closing && (size_t)request->lane < KUBE_LANES);
    lane_add(lane_for(client, request->lane), id, request, handlers);
    start_waiting(client);
}

void kube_client_cancel(struct kube_client *client, uint64_t id)
{
    for (each_connection(connection, client)) {
        struct exchange *exchange = lane_find(&connection->lane, id);
        if (exchange) {
            exchange_free(exchange);
            break;
        }
    }
    start_waiting(client);
}

/* ---- settling what is over */

static void pause_for(struct kube_client *client, const struct kube_response *response)
{
    bool told =
        response->status == 429 || response->status == 503 || response->status == 504;
    if (!told || response->retry_after_ms <= 0)
        return;
    uint64_t wait_ms = response->retry_after_ms < PAUSE_MAX_MS
                           ? (uint64_t)response->retry_after_ms
                           : PAUSE_MAX_MS;
    uint64_t until_ms = uv_now(client->loop) + wait_ms;
    if (until_ms > client->paused_until_ms)
        client->paused_until_ms = until_ms;
}

/* Once more, when there is hope that it goes better. */
static bool worth_repeating(const struct kube_client *client,
                            const struct exchange *exchange, int status)
{
    if (exchange->repeated || exchange->failure)
        return false;
    if (status == 401)
        return credentials_refused(client->credentials,
                                   call_credential(exchange->call));
    return status == 0 && call_met_closing(exchange->call);
}

/* Hands the outcome out, or sends the request once more. The client may be closing
 * after it. */
static void settle(struct kube_client *client, struct exchange *exchange)
{
    const struct kube_handlers handlers = exchange->handlers;
    struct kube_response response = {0};
    struct err err;
    bool answered = exchange_answer(exchange, &response, &err);
    if (client->observe && exchange->call && !exchange->probe)
        client->observe(client->observe_ctx, &exchange->request, response.status,
                        call_seconds(exchange->call));
    if (answered)
        pause_for(client, &response);
    if (worth_repeating(client, exchange, response.status)) {
        lane_repeat(exchange);
        return;
    }
    if (answered)
        handlers.done(handlers.ctx, exchange->id, &response);
    else
        handlers.failed(handlers.ctx, exchange->id, &err);
    exchange_free(exchange);
}

static void settle_all(struct kube_client *client)
{
    for (each_connection(connection, client)) {
        struct exchange *exchange;
        while (!client->closing && (exchange = lane_take_over(&connection->lane)))
            settle(client, exchange);
    }
    start_waiting(client);
}

static void on_drained(void *ctx)
{
    settle_all(ctx);
}

/* Whoever waits for a credential that cannot be had is told why. */
static void on_credentials(void *ctx, const struct err *err)
{
    struct kube_client *client = ctx;
    for (each_connection(connection, client)) {
        if (err)
            lane_fail_waiting(&connection->lane, err);
    }
    settle_all(client);
}

/* ---- time */

/* Asks a silent watch connection for a sign of life; any answer is one. */
static void probe(struct connection *connection)
{
    static const struct kube_request ALIVE = {
        .method = KUBE_GET,
        .lane = KUBE_LANE_WATCH,
        .path = "/livez",
        .deadline_ms = PROBE_MS,
        .max_response = 64 * 1024,
        .verb = "get",
    };
    struct kube_client *client = connection->client;
    struct lane *lane = &connection->lane;
    uint64_t now_ms = uv_now(client->loop);
    uint64_t heard_ms = transport_heard_ms(lane->transport);
    if (!watches(connection))
        return;
    bool silent = now_ms >= heard_ms + SILENCE_MS;
    wake_by(client, (silent ? now_ms : heard_ms) + SILENCE_MS);
    if (!silent || connection->probing)
        return;
    connection->probing = true;
    lane_add(lane, 0, &ALIVE,
             &(struct kube_handlers){
                 .done = on_probe_done, .failed = on_probe_failed, .ctx = connection})
        ->probe = true;
}

static void on_probe_done(void *ctx, uint64_t id, const struct kube_response *response)
{
    struct connection *connection = ctx;
    (void)id, (void)response;
    connection->probing = false;
}

static void on_probe_failed(void *ctx, uint64_t id, const struct err *err)
{
    struct connection *connection = ctx;
    (void)id;
    connection->probing = false;
    log_warn(&connection->client->log, "the watches' connection does not answer",
             LOG_STR("error", err->msg));
}

static void on_timer(uv_timer_t *timer)
{
    struct kube_client *client = timer->data;
    client->timer_due_ms = UINT64_MAX;
    for (each_connection(connection, client))
        lane_expire(&connection->lane);
    for (each_connection(connection, client))
        probe(connection);
    settle_all(client);
    if (client->closing)
        return;
    for (each_connection(connection, client))
        wake_by(client, lane_next_due_ms(&connection->lane));
}

/* ---- closing */

void kube_client_close(struct kube_client **pointer, void (*closed)(void *), void *ctx)
{
    struct kube_client *client = *pointer;
    *pointer = NULL;
    if (!client)
        return;
    client->closing = true;
    client->closed = closed;
    client->closed_ctx = ctx;
    for (each_connection(connection, client))
        lane_close(&connection->lane, on_part_closed, client);
    credentials_close(&client->credentials, on_part_closed, client);
    uv_close((uv_handle_t *)&client->timer, on_timer_closed);
}

static void on_part_closed(void *ctx)
{
    struct kube_client *client = ctx;
    if (--client->open_parts)
        return;
    void (*closed)(void *) = client->closed;
    void *closed_ctx = client->closed_ctx;
    struct connection *next;
    for (struct connection *self = client->first; self; self = next) {
        next = self->next;
        free(self);
    }
    credential_unref(client->used);
    endpoint_fini(&client->endpoint);
    free(client->user_agent);
    free(client);
    if (closed)
        closed(closed_ctx);
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_part_closed(handle->data);
}
