#include "kubeclient/net/lane.h"

#include "kubeclient/base/alloc.h"

#include <string.h>

static void on_line(void *ctx, const char *line, size_t len);
static void on_finished(void *ctx);

static const struct call_events CALL_EVENTS = {.line = on_line,
                                               .finished = on_finished};

void lane_open(struct lane *lane, uv_loop_t *loop, const struct wire *wire,
               void (*drained)(void *ctx), void *ctx)
{
    *lane = (struct lane){.wire = wire, .loop = loop};
    list_init(&lane->waiting);
    list_init(&lane->running);
    list_init(&lane->over);
    lane->transport = transport_open(
        loop, &(struct transport_options){
                  .max_connections = LANE_STREAMS, .drained = drained, .ctx = ctx});
}

static void free_all(struct list *list)
{
    struct list *next;
    for (struct list *node = list->next; node != list; node = next) {
        next = node->next;
        exchange_free(LIST_ENTRY(node, struct exchange, node));
    }
}

void lane_close(struct lane *lane, void (*closed)(void *ctx), void *ctx)
{
    free_all(&lane->waiting);
    free_all(&lane->running);
    free_all(&lane->over);
    lane->closed = true;
    while (lane->spare_count)
        call_close(&lane->spare[--lane->spare_count]);
    transport_close(&lane->transport, closed, ctx);
}

/* ---- the exchange */

static const char *copy_text(char **at, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

struct exchange *lane_add(struct lane *lane, uint64_t id,
                          const struct kube_request *request,
                          const struct kube_handlers *handlers)
{
    size_t size = text_size(request->path) + text_size(request->content_type) +
                  text_size(request->accept) + text_size(request->verb) +
                  request->body_len + 1;
    struct exchange *self = xmalloc(sizeof *self + size);
    char *at = self->texts;
    *self = (struct exchange){
        .id = id, .request = *request, .handlers = *handlers, .lane = lane};
    self->request.path = copy_text(&at, request->path);
    self->request.content_type = copy_text(&at, request->content_type);
    self->request.accept = copy_text(&at, request->accept);
    self->request.verb = copy_text(&at, request->verb);
    if (request->body) {
        self->request.body = memcpy(at, request->body, request->body_len);
        at[request->body_len] = '\0';
    }
    list_append(&lane->waiting, &self->node);
    return self;
}

/* Stops the call and puts it by. */
static void put_call_by(struct exchange *exchange)
{
    struct lane *lane = exchange->lane;
    struct call *call = exchange->call;
    exchange->call = NULL;
    if (!call)
        return;
    call_stop(call);
    if (lane->closed || lane->spare_count == LANE_STREAMS)
        call_close(&call);
    else
        lane->spare[lane->spare_count++] = call;
}

static void leave_running(struct exchange *exchange)
{
    list_remove(&exchange->node);
    exchange->lane->busy--;
}

static bool is_running(const struct exchange *exchange)
{
    return exchange->call && call_is_running(exchange->call);
}

void exchange_free(struct exchange *exchange)
{
    if (is_running(exchange))
        leave_running(exchange);
    else
        list_remove(&exchange->node);
    put_call_by(exchange);
    free(exchange->failure);
    free(exchange);
}

bool exchange_answer(const struct exchange *exchange, struct kube_response *response,
                     struct err *err)
{
    if (!exchange->failure)
        return call_answer(exchange->call, response, err);
    *err = *exchange->failure;
    return false;
}

/* ---- running */

size_t lane_load(const struct lane *lane)
{
    size_t load = lane->busy;
    list_for_each (node, &lane->waiting)
        load++;
    return load;
}

struct exchange *lane_start(struct lane *lane, struct credential *credential)
{
    struct list *node = lane->busy < LANE_STREAMS ? list_pop(&lane->waiting) : NULL;
    if (!node)
        return NULL;
    struct exchange *exchange = LIST_ENTRY(node, struct exchange, node);
    exchange->call = lane->spare_count ? lane->spare[--lane->spare_count]
                                       : call_open(lane->wire, &CALL_EVENTS);
    exchange->started_ms = uv_now(lane->loop);
    exchange->due_ms = exchange->started_ms + (uint64_t)exchange->request.deadline_ms;
    list_append(&lane->running, node);
    lane->busy++;
    call_start(exchange->call, lane->transport, &exchange->request, credential,
               exchange);
    return exchange;
}

void lane_repeat(struct exchange *exchange)
{
    put_call_by(exchange);
    exchange->repeated = true;
    list_prepend(&exchange->lane->waiting, &exchange->node);
}

static void on_line(void *ctx, const char *line, size_t len)
{
    const struct exchange *exchange = ctx;
    if (exchange->handlers.line)
        exchange->handlers.line(exchange->handlers.ctx, exchange->id, line, len);
}

static void on_finished(void *ctx)
{
    struct exchange *exchange = ctx;
    leave_running(exchange);
    list_append(&exchange->lane->over, &exchange->node);
}

struct exchange *lane_take_over(struct lane *lane)
{
    struct list *node = list_pop(&lane->over);
    return node ? LIST_ENTRY(node, struct exchange, node) : NULL;
}

/* ---- ended by us */

static void end(struct exchange *exchange, const struct err *reason)
{
    exchange->failure = xmalloc(sizeof *reason);
    *exchange->failure = *reason;
    list_append(&exchange->lane->over, &exchange->node);
}

void lane_fail_waiting(struct lane *lane, const struct err *reason)
{
    struct list *node;
    while ((node = list_pop(&lane->waiting)))
        end(LIST_ENTRY(node, struct exchange, node), reason);
}

static void expire(struct exchange *exchange)
{
    struct err late;
    leave_running(exchange);
    call_stop(exchange->call);
    err_set(&late, ERR_UNAVAILABLE, "%s: no answer within %lld ms",
            exchange->lane->wire->endpoint->authority,
            (long long)exchange->request.deadline_ms);
    end(exchange, &late);
}

void lane_expire(struct lane *lane)
{
    uint64_t now_ms = uv_now(lane->loop);
    bool dead = false;
    struct list *next;
    for (struct list *node = lane->running.next; node != &lane->running; node = next) {
        struct exchange *exchange = LIST_ENTRY(node, struct exchange, node);
        next = node->next;
        if (exchange->due_ms > now_ms)
            continue;
        dead = dead || transport_heard_ms(lane->transport) < exchange->started_ms;
        expire(exchange);
    }
    if (dead)
        transport_cut(lane->transport);
}

uint64_t lane_next_due_ms(const struct lane *lane)
{
    uint64_t due_ms = UINT64_MAX;
    list_for_each (node, &lane->running) {
        const struct exchange *exchange = LIST_ENTRY(node, struct exchange, node);
        if (exchange->due_ms < due_ms)
            due_ms = exchange->due_ms;
    }
    return due_ms;
}

static struct exchange *find_in(struct list *list, uint64_t id)
{
    list_for_each (node, list) {
        struct exchange *exchange = LIST_ENTRY(node, struct exchange, node);
        if (exchange->id == id && !exchange->probe)
            return exchange;
    }
    return NULL;
}

struct exchange *lane_find(struct lane *lane, uint64_t id)
{
    struct exchange *found = find_in(&lane->running, id);
    if (!found)
        found = find_in(&lane->waiting, id);
    return found ? found : find_in(&lane->over, id);
}
