/* config_file.h - the configuration document as a file, read again when it changes.
 *
 * The file is looked at every 10 s and on request; what has the same content as before
 * is not reported. Small files at known moments: read synchronously.
 */
#ifndef BERTH_CONTROLLER_CONFIG_FILE_H
#define BERTH_CONTROLLER_CONFIG_FILE_H

#include "kubeclient/base/err.h"

#include <stddef.h>
#include <uv.h>

struct config_file;

struct config_file_handlers {
    /* The text of the document, borrowed; `source` names it in messages. */
    void (*changed)(void *ctx, const char *source, const char *text, size_t len);
    /* It cannot be read now; what was read before stays in force. Once for each cause.
     */
    void (*failed)(void *ctx, const struct err *err);
    void *ctx;
};

/* Does not read yet: config_file_reload() does, the first time too. */
struct config_file *config_file_open(uv_loop_t *loop, const char *path,
                                     const struct config_file_handlers *handlers);

/* Reads the file now; calls a handler before it returns when something is new. */
void config_file_reload(struct config_file *file);

void config_file_close(struct config_file **file);

/* Reads a whole file of at most `max` bytes. *text is terminated and the caller's. */
WARN_UNUSED bool file_read(const char *path, size_t max, char **text, size_t *len,
                           struct err *err);

#endif
