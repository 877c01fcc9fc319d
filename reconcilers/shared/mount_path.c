#include "reconcilers/shared/mount_path.h"

#include "kubeclient/base/strbuf.h"

#include <string.h>

/* Linux does not resolve longer ones (PATH_MAX), and neither does the CRD take them. */
static const size_t PATH_LENGTH_MAX = 4096;

/* The kernel's and the kubelet's own trees. */
static const char *const PROTECTED[] = {
    "/proc", "/sys", "/dev", "/var/run/secrets", "/run/secrets",
};

bool mount_path_within(const char *path, const char *ancestor)
{
    if (strcmp(ancestor, "/") == 0)
        return path[0] == '/';
    size_t len = strlen(ancestor);
    return strncmp(path, ancestor, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

const char *mount_path_normal(struct arena *arena, const char *path)
{
    char *normal = arena_alloc(arena, strlen(path) + 2);
    size_t len = 0;
    while (*path) {
        size_t part = strcspn(path, "/");
        if (part == 2 && strncmp(path, "..", 2) == 0) {
            while (len > 0 && normal[--len] != '/')
                ;
        } else if (part > 0 && !(part == 1 && path[0] == '.')) {
            normal[len++] = '/';
            memcpy(normal + len, path, part);
            len += part;
        }
        path += part + (path[part] == '/');
    }
    if (len == 0)
        normal[len++] = '/';
    normal[len] = '\0';
    return normal;
}

static bool has_parent_segment(const char *path)
{
    while (*path) {
        size_t part = strcspn(path, "/");
        if (part == 2 && strncmp(path, "..", 2) == 0)
            return true;
        path += part + (path[part] == '/');
    }
    return false;
}

const char *mount_path_problem(struct arena *arena, const char *path)
{
    if (path[0] == '\0')
        return "must be set";
    if (strlen(path) > PATH_LENGTH_MAX)
        return "is too long";
    if (has_parent_segment(path))
        return "path traversal: holds a '..' segment";
    if (path[0] != '/')
        return "must be absolute";
    if (strchr(path, ':'))
        return "must not hold ':'";
    const char *normal = mount_path_normal(arena, path);
    for (size_t i = 0; i < sizeof PROTECTED / sizeof *PROTECTED; i++) {
        if (mount_path_within(normal, PROTECTED[i]) ||
            mount_path_within(PROTECTED[i], normal))
            return arena_printf(arena, "overlaps protected path %s", PROTECTED[i]);
    }
    if (strcmp(normal, path) != 0)
        return "must be normal: no '//', no '.' segment, no trailing '/'";
    return NULL;
}
