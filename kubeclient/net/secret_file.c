#include "kubeclient/net/secret_file.h"

#include "kubeclient/base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const size_t FILE_MAX = 1024 * 1024;

/* Reads to the end, or to FILE_MAX + 1 bytes. Returns -1 with errno set on failure. */
static ssize_t read_all(int fd, char *text)
{
    size_t len = 0;
    while (len <= FILE_MAX) {
        ssize_t got = read(fd, text + len, FILE_MAX + 1 - len);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

bool secret_file_read(const char *path, char **text, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_INTERNAL, "%s: %s",
                       path, strerror(errno));
    char *buffer = xmalloc(FILE_MAX + 2);
    ssize_t len = read_all(fd, buffer);
    int failure = errno;
    close(fd);
    bool ok = len >= 0 && (size_t)len <= FILE_MAX && !memchr(buffer, '\0', (size_t)len);
    if (ok)
        *text = xstrndup(buffer, (size_t)len);
    else if (len < 0)
        err_set(err, ERR_INTERNAL, "%s: %s", path, strerror(failure));
    else
        err_set(err, ERR_INVALID, "%s: is larger than 1 MiB or holds NUL bytes", path);
    free_secret(buffer, len > 0 ? (size_t)len : 0);
    return ok;
}
