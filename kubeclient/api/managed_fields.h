/* managed_fields.h - who owns which field (KEP-555, metadata.managedFields).
 *
 * A manager's field set is a JSON tree of its own: "f:NAME" for a member, "k:{…}" for
 * an item of a list map, "v:…" for an item of a set, "." for the item or map itself. So
 * a path of ownership is a path of such segments, read with json_at():
 *
 *     const cJSON *mine = managed_fields(deployment, &berth);
 *     json_at(mine, "f:spec", "f:template", "f:spec", "f:volumes",
 *             managed_key(arena, "name", "skill-a"), ".")
 *
 * All results are borrowed from the object. Pure.
 */
#ifndef BERTH_API_MANAGED_FIELDS_H
#define BERTH_API_MANAGED_FIELDS_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/json.h"

struct field_manager {
    const char *name;
    const char *operation;   /* "Apply" or "Update"; NULL: either */
    const char *subresource; /* "" for the object itself, "status", ... */
};

/* The fieldsV1 tree of the first matching entry, or NULL. */
const cJSON *managed_fields(const cJSON *object, const struct field_manager *manager);

/* True when the manager owns the path (the last segment may be "."). */
bool managed_owns_path(const cJSON *object, const struct field_manager *manager,
                       const char *const *path);
#define managed_owns(object, manager, ...)                                             \
    managed_owns_path(object, manager, JSON_PATH(__VA_ARGS__))

/* The name of a manager other than `except` (name and operation) that owns the path or
 * anything below it, in any entry of the main resource; NULL: nobody. With
 * `except` NULL any manager counts. */
const char *managed_other_path(const cJSON *object, const struct field_manager *except,
                               const char *const *path);
#define managed_other(object, except, ...)                                             \
    managed_other_path(object, except, JSON_PATH(__VA_ARGS__))

/* "f:NAME" and "k:{"FIELD":"VALUE"}" with JSON escapes, in the arena. */
const char *managed_field(struct arena *arena, const char *name);
const char *managed_key(struct arena *arena, const char *field, const char *value);

#endif
