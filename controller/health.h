/* health.h - what /healthz, /readyz, /livez and /metrics answer.
 *
 * Two small servers on their own addresses, fed by the manager through `struct
 * health_source`. /debug/state is answered to loopback only, unless configured.
 */
#ifndef BERTH_CONTROLLER_HEALTH_H
#define BERTH_CONTROLLER_HEALTH_H

#include "controller/http_server.h"

#include <cjson/cJSON.h>

/* What the endpoints ask; all called on the loop. */
struct health_source {
    bool (*ready)(void *ctx, struct strbuf *why_not); /* caches hold complete lists */
    void (*metrics)(void *ctx, bool openmetrics, struct strbuf *out);
    cJSON *(*state)(void *ctx);           /* owned by the caller */
    int64_t (*worst_stall_ms)(void *ctx); /* of the loop, in the last minute */
    bool (*debug_from_anywhere)(void *ctx);
    void *ctx;
};

struct health;

/* An address of "0" switches its server off. `source` is copied. */
WARN_UNUSED struct health *health_open(uv_loop_t *loop, const char *health_address,
                                       const char *metrics_address,
                                       const struct health_source *source,
                                       struct err *err);
void health_close(struct health **health);

/* Ports listened on, 0 where off: for the log line at start-up. */
int health_port(const struct health *health);
int health_metrics_port(const struct health *health);

#endif
