/* config_map.h - the configuration document in a ConfigMap, watched through the API.
 *
 * The key config.yaml of one ConfigMap. Absent ConfigMap or key means the defaults.
 * Uses the engine's own collection (controller/engine/collection.h) for a single
 * object, with the daemon's client.
 */
#ifndef BERTH_CONTROLLER_CONFIG_MAP_H
#define BERTH_CONTROLLER_CONFIG_MAP_H

#include "kubeclient/net/client.h"

struct config_map;

struct config_map_handlers {
    /* Told once the first read is complete, and after each change. `text` NULL: there
     * is no document. Borrowed. */
    void (*changed)(void *ctx, const char *source, const char *text, size_t len);
    /* It cannot be read or watched now, and is tried again. Once for each reason. */
    void (*failed)(void *ctx, const struct err *err);
    void *ctx;
};

/* `first_id` begins a range of request ids that nobody else uses with this client. */
struct config_map *config_map_open(uv_loop_t *loop, struct kube_client *client,
                                   const char *ns, const char *name, uint64_t first_id,
                                   const struct config_map_handlers *handlers);

/* Sends what is queued; to be called before the loop waits. */
void config_map_flush(struct config_map *map);

/* Why the first read is not complete yet, or NULL: for /readyz. */
const struct err *config_map_error(const struct config_map *map);

/* The client must be closed (its requests cancelled) before. */
void config_map_close(struct config_map **map);

#endif
