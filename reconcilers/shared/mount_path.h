/* mount_path.h - which paths a skill may be mounted at.
 *
 * Paths are compared segment by segment: /developer is not below /dev. Pure.
 */
#ifndef BERTH_RECONCILERS_SHARED_MOUNT_PATH_H
#define BERTH_RECONCILERS_SHARED_MOUNT_PATH_H

#include "kubeclient/base/arena.h"

#include <stdbool.h>

/* What is wrong with the path, or NULL: it must be absolute and normal, hold no ':' and
 * no '..' segment, and neither lie below nor above a protected path. In the arena. */
const char *mount_path_problem(struct arena *arena, const char *path);

/* The path as the kernel would take it: without '.', '..', '//' and a trailing '/'. */
const char *mount_path_normal(struct arena *arena, const char *path);

/* True when `path` is `ancestor` or lies below it; both are normal. */
bool mount_path_within(const char *path, const char *ancestor);

#endif
