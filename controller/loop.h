/* loop.h - the process's event loop: signals, the clocks, and a watch on stalls.
 *
 * SIGTERM and SIGINT ask to stop; a second one ends the process at once. SIGHUP asks to
 * reload. Callbacks run on the loop.
 */
#ifndef BERTH_CONTROLLER_LOOP_H
#define BERTH_CONTROLLER_LOOP_H

#include "kubeclient/base/clock.h"
#include "kubeclient/base/log.h"

#include <uv.h>

struct loop;

struct loop_handlers {
    void (*stop)(void *ctx);
    void (*reload)(void *ctx);
    /* Right before the loop waits for events: whatever callbacks have queued up can be
     * carried out here, outside of all of them. */
    void (*before_wait)(void *ctx);
    void *ctx;
};

struct loop *loop_open(const struct loop_handlers *handlers, const struct log *log);

uv_loop_t *loop_uv(struct loop *loop);

/* Runs until no handle is left but the loop's own, which loop_finish() closes. */
void loop_run(struct loop *loop);

/* Closes the loop's own handles, so that loop_run() returns once all others are gone.
 */
void loop_finish(struct loop *loop);

/* Asserts that every handle was closed. Sets *loop to NULL. */
void loop_close(struct loop **loop);

struct instant loop_now(void);

/* The longest time that the loop did not come round, within the last minute. */
int64_t loop_worst_stall_ms(const struct loop *loop);

#endif
