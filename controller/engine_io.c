#include "controller/engine_io.h"

#include "controller/loop.h"
#include "kubeclient/base/alloc.h"

struct engine_io {
    struct engine *engine;
    struct kube_client *client;
    struct kube_handlers handlers;
    uv_timer_t timer;
    int64_t timer_at; /* what the timer is set to; -1: off */
};

static void on_done(void *ctx, uint64_t id, const struct kube_response *response)
{
    struct engine_io *io = ctx;
    engine_on_response(io->engine, id, response, loop_now());
}

static void on_failed(void *ctx, uint64_t id, const struct err *err)
{
    struct engine_io *io = ctx;
    engine_on_failure(io->engine, id, err, loop_now());
}

static void on_line(void *ctx, uint64_t id, const char *line, size_t len)
{
    struct engine_io *io = ctx;
    engine_on_line(io->engine, id, line, len, loop_now());
}

static void on_timer(uv_timer_t *timer)
{
    struct engine_io *io = timer->data;
    io->timer_at = -1;
    engine_on_timer(io->engine, loop_now());
}

struct engine_io *engine_io_open(uv_loop_t *loop, struct engine *engine,
                                 struct kube_client *client)
{
    struct engine_io *io = xcalloc(1, sizeof *io);
    io->engine = engine;
    io->client = client;
    io->handlers = (struct kube_handlers){
        .done = on_done, .failed = on_failed, .line = on_line, .ctx = io};
    io->timer.data = io;
    io->timer_at = -1;
    uv_timer_init(loop, &io->timer);
    return io;
}

static void set_timer(struct engine_io *io)
{
    int64_t deadline = engine_deadline(io->engine);
    if (deadline == io->timer_at)
        return;
    io->timer_at = deadline;
    if (deadline < 0) {
        uv_timer_stop(&io->timer);
        return;
    }
    int64_t wait_ms = deadline - loop_now().mono_ms;
    uv_timer_start(&io->timer, on_timer, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

void engine_io_flush(struct engine_io *io)
{
    struct engine_effect effect;
    while (engine_next_effect(io->engine, &effect)) {
        if (effect.kind == ENGINE_REQUEST)
            kube_client_send(io->client, effect.id, &effect.request, &io->handlers);
        else
            kube_client_cancel(io->client, effect.id);
    }
    set_timer(io);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void engine_io_close(struct engine_io **io)
{
    if (!*io)
        return;
    uv_close((uv_handle_t *)&(*io)->timer, on_timer_closed);
    *io = NULL;
}
