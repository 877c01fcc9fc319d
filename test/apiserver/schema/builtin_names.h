/* builtin_names.h - the forms that names and choices in built-in objects must have.
 *
 * Absent values are sound: what is required is the schema's business. Messages are
 * those of the API server. Pure.
 */
#ifndef BERTH_APISERVER_BUILTIN_NAMES_H
#define BERTH_APISERVER_BUILTIN_NAMES_H

#include "test/apiserver/schema/faults.h"

/* Each checks the string member `name` of the object at `path`. */
void check_dns_label(struct faults *faults, const cJSON *object, const char *name,
                     const struct schema_path *path);
void check_subdomain(struct faults *faults, const cJSON *object, const char *name,
                     const struct schema_path *path);

/* `choices` ends with NULL. */
void check_choice(struct faults *faults, const cJSON *object, const char *name,
                  const char *const *choices, const struct schema_path *path);

/* A number within 1..65535. */
void check_port(struct faults *faults, const cJSON *object, const char *name,
                const struct schema_path *path);

/* The member is there and not empty. */
void check_given(struct faults *faults, const cJSON *object, const char *name,
                 const struct schema_path *path);

/* Keys of a ConfigMap's or Secret's map at `path`. */
void check_config_keys(struct faults *faults, const cJSON *map,
                       const struct schema_path *path);

#endif
