/* ownership.h - what on a target is Berth's, and who owns the rest.
 *
 * A list item is Berth's if Berth's Apply entry owns its key, whoever owns fields
 * inside; a scalar is foreign if another manager owns it and Berth does not. Paths are
 * those of managedFields (kubeclient/api/managed_fields.h), in the arena.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_OWNERSHIP_H
#define BERTH_RECONCILERS_AGENTRUNTIME_OWNERSHIP_H

#include "kubeclient/api/managed_fields.h"

#include <stdbool.h>

/* Long enough for an env entry's key with "." and the terminator. */
#define FIELD_PATH_MAX 10

struct field_path {
    const char *segments[FIELD_PATH_MAX]; /* ends with NULL */
    bool item; /* of a list: owned by its key, the segment "." */
};

/* Berth's own entry. */
extern const struct field_manager BERTH_MANAGER;

struct field_path path_of_label(struct arena *arena, const char *name);
struct field_path path_of_annotation(struct arena *arena, const char *name);
struct field_path path_of_template_label(struct arena *arena, const char *name);
struct field_path path_of_template_annotation(struct arena *arena, const char *name);
struct field_path path_of_volume(struct arena *arena, const char *name);
struct field_path path_of_mount(struct arena *arena, const char *container,
                                const char *mount_path);
struct field_path path_of_env(struct arena *arena, const char *container,
                              const char *name);

/* Berth owns the key of the item, or the scalar. */
bool owned_by_berth(const cJSON *object, const struct field_path *path);

/* Another manager that owns the path or something below it; NULL: none. */
const char *owned_by_other(const cJSON *object, const struct field_path *path);

/* Berth has applied something to the object and not taken it back. */
bool holds_anything(const cJSON *object);

#endif
