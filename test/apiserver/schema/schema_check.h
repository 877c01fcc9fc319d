/* schema_check.h - the rules of one value, apart from its type and what is below it.
 *
 * Messages are those of the API server. Pure.
 */
#ifndef BERTH_APISERVER_SCHEMA_CHECK_H
#define BERTH_APISERVER_SCHEMA_CHECK_H

#include "test/apiserver/schema/faults.h"
#include "test/apiserver/schema/schema_rules.h"

/* enum, pattern, format, bounds. */
void schema_check_rules(struct faults *faults, const struct schema_rules *rules,
                        const cJSON *value, const struct schema_path *path);

/* Items of a set, or keys of the items of a map, that are there twice. */
void schema_check_duplicates(struct faults *faults, const struct schema *schema,
                             const cJSON *array, const struct schema_path *path);

/* The value as messages quote it. */
void schema_print_value(struct strbuf *out, const cJSON *value);

#endif
