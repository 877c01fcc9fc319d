/* config_value.h - one value of the configuration: from a document, from a flag,
 * compared.
 *
 * config.c knows which keys there are; this knows what a value of each type looks like.
 * Messages name what is wrong, the caller prepends where.
 */
#ifndef BERTH_CONTROLLER_CONFIG_VALUE_H
#define BERTH_CONTROLLER_CONFIG_VALUE_H

#include "controller/config/config.h"
#include "kubeclient/base/json.h"

/* A value of the document, and how it is called: "session.mcp.port". */
struct config_place {
    const cJSON *value;
    const char *path;
};

/* Sets the key in `config`; strings are copied into its arena. On failure `place`,
 * which comes as that of `value`, is where the fault is: there or at a member of it. */
WARN_UNUSED bool config_value_from_json(const struct config_key *key,
                                        const cJSON *value, struct config *config,
                                        struct config_place *place, struct err *err);

/* Moves the place to a member of it, and says what is wrong there. Returns false. */
bool config_fail_in(struct arena *arena, struct config_place *place,
                    const cJSON *member, struct err *err, const char *what);

/* Whether it is {resource: quantity}. On failure `place` is where the fault is. */
WARN_UNUSED bool config_quantities_check(struct arena *arena, const cJSON *value,
                                         struct config_place *place, struct err *err);

/* The same from a flag's text: lists, gates, quantities and images of providers
 * are separated by commas. */
WARN_UNUSED bool config_value_from_text(const struct config_key *key, const char *text,
                                        struct config *config, struct err *err);

bool config_value_equal(const struct config_key *key, const struct config *a,
                        const struct config *b);

#endif
