/* config_value.h - one value of the configuration: from a document, from a flag,
 * compared.
 *
 * config.c knows which keys there are; this knows what a value of each type looks like.
 * Messages name what is wrong, the caller prepends where.
 */
#ifndef BERTH_CONTROLLER_CONFIG_VALUE_H
#define BERTH_CONTROLLER_CONFIG_VALUE_H

#include "controller/config.h"
#include "kubeclient/base/json.h"

/* Sets the key in `config`; strings are copied into its arena. On failure *where is the
 * value at fault, `value` itself or a member of it. */
WARN_UNUSED bool config_value_from_json(const struct config_key *key,
                                        const cJSON *value, struct config *config,
                                        const cJSON **where, struct err *err);

/* The same from a flag's text: lists and gates are separated by commas. */
WARN_UNUSED bool config_value_from_text(const struct config_key *key, const char *text,
                                        struct config *config, struct err *err);

bool config_value_equal(const struct config_key *key, const struct config *a,
                        const struct config *b);

#endif
