#include "controller/health.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/json.h"

#include <string.h>

/* A loop that stood still for longer than this is not alive. */
static const int64_t STALL_MS = 20 * 1000;

struct health {
    struct health_source source;
    struct http_server *probes;
    struct http_server *scrapes;
};

static void answer_healthz(void *ctx, const struct http_request *request,
                           struct http_answer *answer)
{
    (void)ctx;
    (void)request;
    strbuf_adds(&answer->body, "ok\n");
}

static void answer_readyz(void *ctx, const struct http_request *request,
                          struct http_answer *answer)
{
    (void)request;
    struct health *health = ctx;
    if (health->source.ready(health->source.ctx, &answer->body)) {
        strbuf_reset(&answer->body);
        strbuf_adds(&answer->body, "ok\n");
    } else
        answer->status = 503;
}

static void answer_livez(void *ctx, const struct http_request *request,
                         struct http_answer *answer)
{
    struct health *health = ctx;
    int64_t stall = health->source.worst_stall_ms(health->source.ctx);
    if (stall > STALL_MS)
        answer->status = 503;
    if (strstr(request->query, "verbose")) {
        struct strbuf why;
        strbuf_init(&why, 4096);
        bool ready = health->source.ready(health->source.ctx, &why);
        strbuf_addf(&answer->body,
                    "[%s] loop: longest stall %lld ms in the last minute\n",
                    stall > STALL_MS ? "-" : "+", (long long)stall);
        strbuf_addf(&answer->body, "[%s] caches: %s\n", ready ? "+" : "-",
                    ready ? "synced" : why.text);
        strbuf_fini(&why);
    }
    strbuf_adds(&answer->body, stall > STALL_MS ? "stalled\n" : "ok\n");
}

static void answer_state(void *ctx, const struct http_request *request,
                         struct http_answer *answer)
{
    (void)request;
    struct health *health = ctx;
    if (!answer->from_loopback &&
        !health->source.debug_from_anywhere(health->source.ctx)) {
        answer->status = 403;
        strbuf_adds(&answer->body, "answered to loopback only; set "
                                   "health.debugFromAnywhere to allow others\n");
        return;
    }
    auto_json cJSON *state = health->source.state(health->source.ctx);
    answer->content_type = "application/json";
    json_print(&answer->body, state);
    strbuf_addc(&answer->body, '\n');
}

static void answer_metrics(void *ctx, const struct http_request *request,
                           struct http_answer *answer)
{
    struct health *health = ctx;
    answer->content_type =
        request->openmetrics
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8";
    health->source.metrics(health->source.ctx, request->openmetrics, &answer->body);
}

static const struct http_route PROBES[] = {
    {"/healthz", answer_healthz},
    {"/readyz", answer_readyz},
    {"/livez", answer_livez},
    {"/debug/state", answer_state},
    {NULL, NULL},
};

static const struct http_route SCRAPES[] = {
    {"/metrics", answer_metrics},
    {NULL, NULL},
};

static bool open_server(uv_loop_t *loop, const char *address,
                        const struct http_route *routes, struct health *health,
                        struct http_server **server, struct err *err)
{
    if (strcmp(address, "0") == 0)
        return true;
    *server = http_server_open(loop, address, routes, health, err);
    return *server != NULL;
}

struct health *health_open(uv_loop_t *loop, const char *health_address,
                           const char *metrics_address,
                           const struct health_source *source, struct err *err)
{
    struct health *health = xcalloc(1, sizeof *health);
    health->source = *source;
    if (open_server(loop, health_address, PROBES, health, &health->probes, err) &&
        open_server(loop, metrics_address, SCRAPES, health, &health->scrapes, err))
        return health;
    health_close(&health);
    return NULL;
}

/* Connections never call back into the routes once the servers are closed. */
void health_close(struct health **health)
{
    if (!*health)
        return;
    http_server_close(&(*health)->probes);
    http_server_close(&(*health)->scrapes);
    free(*health);
    *health = NULL;
}

int health_port(const struct health *health)
{
    return health->probes ? http_server_port(health->probes) : 0;
}

int health_metrics_port(const struct health *health)
{
    return health->scrapes ? http_server_port(health->scrapes) : 0;
}
