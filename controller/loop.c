#include "controller/loop.h"

#include "kubeclient/base/alloc.h"

#include <assert.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum {
    PULSE_MS = 1000,     /* how often a stall is looked for */
    STALL_LOG_MS = 1000, /* later than this is worth a line */
    STALL_WINDOW = 60,   /* pulses that the worst stall is remembered */
    SIGNALS = 3,
};

struct loop {
    uv_loop_t uv;
    struct loop_handlers handlers;
    struct log log;
    uv_signal_t signals[SIGNALS];
    uv_prepare_t prepare;
    uv_timer_t pulse;
    bool stopping;
    bool finished;
    int64_t last_pulse_ms;
    int64_t stalls[STALL_WINDOW]; /* a ring, one for each pulse */
    size_t pulses;
};

static void on_signal(uv_signal_t *handle, int number);
static void on_prepare(uv_prepare_t *prepare);
static void on_pulse(uv_timer_t *timer);

struct instant loop_now(void)
{
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    return (struct instant){
        .mono_ms = (int64_t)(uv_hrtime() / 1000000),
        .wall_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000,
    };
}

struct loop *loop_open(const struct loop_handlers *handlers, const struct log *log)
{
    static const int NUMBERS[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};
    struct loop *loop = xcalloc(1, sizeof *loop);
    loop->handlers = *handlers;
    loop->log = *log;
    int status = uv_loop_init(&loop->uv);
    assert(status == 0);
    for (size_t i = 0; i < SIGNALS; i++) {
        loop->signals[i].data = loop;
        uv_signal_init(&loop->uv, &loop->signals[i]);
        uv_signal_start(&loop->signals[i], on_signal, NUMBERS[i]);
    }
    loop->prepare.data = loop;
    uv_prepare_init(&loop->uv, &loop->prepare);
    uv_prepare_start(&loop->prepare, on_prepare);
    loop->pulse.data = loop;
    loop->last_pulse_ms = loop_now().mono_ms;
    uv_timer_init(&loop->uv, &loop->pulse);
    uv_timer_start(&loop->pulse, on_pulse, PULSE_MS, PULSE_MS);
    return loop;
}

uv_loop_t *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct loop *loop = handle->data;
    if (number == SIGHUP) {
        loop->handlers.reload(loop->handlers.ctx);
        return;
    }
    if (loop->stopping)
        _exit(128 + number);
    loop->stopping = true;
    loop->handlers.stop(loop->handlers.ctx);
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;
    loop->handlers.before_wait(loop->handlers.ctx);
}

static void on_pulse(uv_timer_t *timer)
{
    struct loop *loop = timer->data;
    int64_t now_ms = loop_now().mono_ms;
    int64_t stall_ms = now_ms - loop->last_pulse_ms - PULSE_MS;
    loop->last_pulse_ms = now_ms;
    loop->stalls[loop->pulses++ % STALL_WINDOW] = stall_ms > 0 ? stall_ms : 0;
    if (stall_ms > STALL_LOG_MS)
        log_warn(&loop->log, "the event loop stood still",
                 LOG_INT("stall_ms", stall_ms));
}

int64_t loop_worst_stall_ms(const struct loop *loop)
{
    int64_t worst = 0;
    for (size_t i = 0; i < STALL_WINDOW; i++) {
        if (loop->stalls[i] > worst)
            worst = loop->stalls[i];
    }
    return worst;
}

void loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_finish(struct loop *loop)
{
    if (loop->finished)
        return;
    loop->finished = true;
    for (size_t i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&loop->signals[i], NULL);
    uv_close((uv_handle_t *)&loop->prepare, NULL);
    uv_close((uv_handle_t *)&loop->pulse, NULL);
}

void loop_close(struct loop **loop)
{
    loop_finish(*loop);
    loop_run(*loop);
    int status = uv_loop_close(&(*loop)->uv);
    assert(status == 0);
    free(*loop);
    *loop = NULL;
}
