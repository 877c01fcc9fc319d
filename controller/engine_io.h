/* engine_io.h - carries out what the engine wants, and tells it what came of it.
 *
 * The engine (controller/engine/engine.h) yields requests and a deadline; this sends
 * the former through the client and keeps one timer for the latter. Nothing is decided
 * here.
 */
#ifndef BERTH_CONTROLLER_ENGINE_IO_H
#define BERTH_CONTROLLER_ENGINE_IO_H

#include "controller/engine/engine.h"
#include "kubeclient/net/client.h"

#include <uv.h>

struct engine_io;

/* Engine and client outlive it. */
struct engine_io *engine_io_open(uv_loop_t *loop, struct engine *engine,
                                 struct kube_client *client);

/* Sends what the engine has queued and sets the timer: to be called before the loop
 * waits, whenever the engine may have been called. */
void engine_io_flush(struct engine_io *io);

/* No call reaches the engine after this. Requests in flight are cancelled by closing
 * the client. */
void engine_io_close(struct engine_io **io);

#endif
