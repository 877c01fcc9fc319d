/* client_rig.h - a client, a server and what became of the requests, for tests. */
#ifndef BERTH_TEST_CLIENT_RIG_H
#define BERTH_TEST_CLIENT_RIG_H

#include "kubeclient/net/client.h"
#include "test/support/check_main.h"
#include "test/support/test_server.h"

#include <stdio.h>

/* What became of the requests, in the order it did. */
struct rig {
    uv_loop_t loop;
    struct test_server *server;
    struct kube_config config;
    char url[64];
    struct kube_client *client;
    struct kube_handlers handlers;
    struct strbuf events; /* "done 1 200 body;", "failed 1;", "line 1 text;" */
    struct strbuf logged; /* all log lines */
    struct err failure;   /* the latest */
    size_t outcomes;      /* done and failed */
    bool closed;
};

static inline void rig_done(void *ctx, uint64_t id,
                            const struct kube_response *response)
{
    struct rig *rig = ctx;
    ck_assert_uint_eq(response->len, strlen(response->body));
    strbuf_addf(&rig->events, "done %d %d %s;", (int)id, response->status,
                response->body);
    rig->outcomes++;
}

static inline void rig_failed(void *ctx, uint64_t id, const struct err *err)
{
    struct rig *rig = ctx;
    strbuf_addf(&rig->events, "failed %d;", (int)id);
    rig->failure = *err;
    rig->outcomes++;
}

static inline void rig_line(void *ctx, uint64_t id, const char *line, size_t len)
{
    struct rig *rig = ctx;
    strbuf_addf(&rig->events, "line %d %.*s;", (int)id, (int)len, line);
}

static inline void rig_log(void *ctx, enum log_level level, const char *msg,
                           const struct log_field *fields, size_t count)
{
    struct rig *rig = ctx;
    log_format_line(&rig->logged, LOG_TEXT,
                    &(struct log_entry){0, level, msg, fields, count});
}

/* Starts a server; `identity` NULL: without TLS. The client comes with rig_connect(),
 * once the test has put what it wants into rig->config. */
static inline void rig_init(struct rig *rig,
                            void (*handle)(void *, const struct test_request *),
                            const struct test_identity *identity)
{
    memset(rig, 0, sizeof *rig);
    strbuf_init(&rig->events, 64 * 1024);
    strbuf_init(&rig->logged, 64 * 1024);
    rig->handlers = (struct kube_handlers){
        .done = rig_done, .failed = rig_failed, .line = rig_line, .ctx = rig};
    ck_assert_int_eq(uv_loop_init(&rig->loop), 0);
    rig->server = test_server_open(
        &rig->loop, &(struct test_server_options){
                        .handle = handle, .ctx = rig, .identity = identity});
    snprintf(rig->url, sizeof rig->url, "%s://127.0.0.1:%d",
             identity ? "https" : "http", test_server_port(rig->server));
    rig->config.server = rig->url;
}

static inline bool rig_open(struct rig *rig, kube_observe_fn *observe, struct err *err)
{
    rig->client = kube_client_open(&rig->loop,
                                   &(struct kube_client_options){
                                       .config = &rig->config,
                                       .user_agent = "rig/1",
                                       .log = {LOG_DEBUG, rig_log, rig},
                                       .observe = observe,
                                       .observe_ctx = rig,
                                   },
                                   err);
    return rig->client != NULL;
}

static inline void rig_connect(struct rig *rig)
{
    struct err err;
    ck_assert_msg(rig_open(rig, NULL, &err), "%s", err.msg);
}

static inline struct kube_request rig_get(const char *path)
{
    return (struct kube_request){
        .method = KUBE_GET,
        .lane = KUBE_LANE_WRITE,
        .path = path,
        .deadline_ms = 60 * 1000,
        .max_response = 1024,
        .verb = "get",
    };
}

static inline void rig_send(struct rig *rig, uint64_t id, const char *path)
{
    struct kube_request request = rig_get(path);
    kube_client_send(rig->client, id, &request, &rig->handlers);
}

static inline void rig_send_stream(struct rig *rig, uint64_t id, const char *path)
{
    struct kube_request request = rig_get(path);
    request.lane = KUBE_LANE_WATCH;
    request.stream = true;
    kube_client_send(rig->client, id, &request, &rig->handlers);
}

/* Runs the loop until so many requests are over. */
static inline void rig_wait(struct rig *rig, size_t outcomes)
{
    while (rig->outcomes < outcomes)
        uv_run(&rig->loop, UV_RUN_ONCE);
}

static inline void rig_closed(void *ctx)
{
    struct rig *rig = ctx;
    rig->closed = true;
}

/* Closes all and checks that nothing is left on the loop. */
static inline void rig_fini(struct rig *rig)
{
    if (rig->client)
        kube_client_close(&rig->client, rig_closed, rig);
    if (rig->server)
        test_server_close(&rig->server);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&rig->loop), 0);
    strbuf_fini(&rig->events);
    strbuf_fini(&rig->logged);
}

#endif
