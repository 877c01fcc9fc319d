#include "test/apiserver/front/front.h"

#include "kubeclient/base/alloc.h"
#include "test/apiserver/front/connection.h"

#include <time.h>

enum { BACKLOG = 1024 };

struct front {
    uv_tcp_t listener;
    uv_prepare_t prepare;
    uv_idle_t idle; /* runs while the service has more to do */
    uv_timer_t timer;
    size_t handles;
    bool closing;
    struct service service;
    struct tls_context *tls;
    struct connection_owner connections;
};

static void on_connection(uv_stream_t *listener, int status);
static void on_prepare(uv_prepare_t *prepare);
static void on_idle(uv_idle_t *idle);
static void on_timer(uv_timer_t *timer);
static void on_handle_closed(uv_handle_t *handle);
static void on_connection_closed(void *ctx);

static struct instant now(void)
{
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    return (struct instant){
        .mono_ms = (int64_t)(uv_hrtime() / 1000000),
        .wall_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000,
    };
}

static void free_when_closed(struct front *front)
{
    if (!front->closing || front->handles || front->connections.count)
        return;
    service_fini(&front->service);
    tls_context_free(&front->tls);
    free(front);
}

static void init_handles(struct front *front, uv_loop_t *loop)
{
    uv_tcp_init(loop, &front->listener);
    uv_prepare_init(loop, &front->prepare);
    uv_idle_init(loop, &front->idle);
    uv_timer_init(loop, &front->timer);
    front->handles = 4;
    front->listener.data = front->prepare.data = front->idle.data = front->timer.data =
        front;
}

static int listen_at(struct front *front, int port)
{
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", port, &address);
    int status = uv_tcp_bind(&front->listener, (const struct sockaddr *)&address, 0);
    return status ? status
                  : uv_listen((uv_stream_t *)&front->listener, BACKLOG, on_connection);
}

struct front *front_open(uv_loop_t *loop, const struct front_options *options,
                         struct err *err)
{
    struct front *front = xcalloc(1, sizeof *front);
    struct service_options service = options->service;
    service.now = now;
    service_init(&front->service, &service);
    front->tls = tls_context_new(options->identity);
    front->connections.service = &front->service;
    front->connections.tls = front->tls;
    front->connections.closed = on_connection_closed;
    front->connections.ctx = front;
    list_init(&front->connections.connections);
    list_init(&front->connections.to_pump);
    init_handles(front, loop);
    int status = listen_at(front, options->port);
    if (status) {
        err_set(err, ERR_UNAVAILABLE, "cannot listen on port %d: %s", options->port,
                uv_strerror(status));
        front_close(&front);
        return NULL;
    }
    uv_prepare_start(&front->prepare, on_prepare);
    return front;
}

int front_port(const struct front *front)
{
    struct sockaddr_storage at;
    int len = sizeof at;
    if (uv_tcp_getsockname(&front->listener, (struct sockaddr *)&at, &len) != 0)
        return 0;
    return ntohs(((const struct sockaddr_in *)&at)->sin_port);
}

struct service *front_service(struct front *front)
{
    return &front->service;
}

size_t front_connections(const struct front *front)
{
    return front->connections.count;
}

size_t front_unsent(const struct front *front)
{
    return connection_unsent(&front->connections);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct front *front = listener->data;
    if (status == 0)
        connection_accept(&front->connections, listener,
                          fault_rules_drop_connection(front->service.faults));
}

/* Before the loop waits: everything that the requests of this turn have caused. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct front *front = prepare->data;
    bool more = service_turn(&front->service);
    connection_pump_all(&front->connections);
    if (more)
        uv_idle_start(&front->idle, on_idle);
    else
        uv_idle_stop(&front->idle);
    int64_t wait = service_deadline(&front->service) - now().mono_ms;
    uv_timer_start(&front->timer, on_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* Keeps the loop from waiting, and the timer wakes it: on_prepare() does the work. */
static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer;
}

static void on_connection_closed(void *ctx)
{
    free_when_closed(ctx);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct front *front = handle->data;
    front->handles--;
    free_when_closed(front);
}

void front_close(struct front **front)
{
    struct front *self = *front;
    if (!self)
        return;
    self->closing = true;
    connection_close_all(&self->connections);
    uv_close((uv_handle_t *)&self->listener, on_handle_closed);
    uv_close((uv_handle_t *)&self->prepare, on_handle_closed);
    uv_close((uv_handle_t *)&self->idle, on_handle_closed);
    uv_close((uv_handle_t *)&self->timer, on_handle_closed);
    *front = NULL;
}
