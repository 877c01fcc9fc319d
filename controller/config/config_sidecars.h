/* config_sidecars.h - the table of sidecars that hold credentials, in the
 * configuration.
 *
 * {provider: {image, port, command, args, bind: all|loopback, bindAllArgs, resources}},
 * merged over the built-in table; see docs/sessions.md. Trees live in the arena.
 */
#ifndef BERTH_CONTROLLER_CONFIG_SIDECARS_H
#define BERTH_CONTROLLER_CONFIG_SIDECARS_H

#include "controller/config/config_value.h"

/* Merges `value` over *providers. On failure `place` is where the fault is. */
WARN_UNUSED bool config_providers_from_json(struct arena *arena, const cJSON *value,
                                            const cJSON **providers,
                                            struct config_place *place,
                                            struct err *err);

/* The same with "provider=image,…", over the built-in ones where there are none yet. */
WARN_UNUSED bool config_providers_from_text(struct arena *arena, const char *text,
                                            const cJSON **providers, struct err *err);

/* All sidecars that a session can have, as reconcilers read them: ambient-mcp, then the
 * providers by name; ends with one without container. */
const struct session_sidecar *config_sidecars(const struct config *config);

#endif
