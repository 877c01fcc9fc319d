#include "controller/config_file.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/strbuf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    LOOK_EVERY_MS = 10 * 1000,
    FILE_MAX = 1024 * 1024, /* as much as a ConfigMap holds */
};

struct config_file {
    char *path;
    struct config_file_handlers handlers;
    uv_timer_t timer;
    char *text; /* as last reported; NULL: never */
    char last_error[sizeof((struct err *)0)->msg];
};

static void on_timer(uv_timer_t *timer)
{
    config_file_reload(timer->data);
}

struct config_file *config_file_open(uv_loop_t *loop, const char *path,
                                     const struct config_file_handlers *handlers)
{
    struct config_file *file = xcalloc(1, sizeof *file);
    file->path = xstrdup(path);
    file->handlers = *handlers;
    file->timer.data = file;
    uv_timer_init(loop, &file->timer);
    uv_timer_start(&file->timer, on_timer, LOOK_EVERY_MS, LOOK_EVERY_MS);
    return file;
}

bool file_read(const char *path, size_t max, char **text, size_t *len, struct err *err)
{
    FILE *stream = fopen(path, "re");
    if (!stream)
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_INTERNAL, "%s: %s",
                       path, strerror(errno));
    struct strbuf buf;
    strbuf_init(&buf, max);
    char chunk[16 * 1024];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, stream)) > 0;)
        strbuf_add(&buf, chunk, got);
    bool failed = ferror(stream) != 0;
    fclose(stream);
    if (!failed && !buf.overflow) {
        *len = buf.len;
        *text = strbuf_detach(&buf);
        return true;
    }
    err_set(err, ERR_INVALID,
            failed ? "%s: cannot be read" : "%s: larger than %zu bytes", path, max);
    strbuf_fini(&buf);
    return false;
}

void config_file_reload(struct config_file *file)
{
    char *text;
    size_t len;
    struct err err;
    if (!file_read(file->path, FILE_MAX, &text, &len, &err)) {
        if (strcmp(err.msg, file->last_error) != 0)
            file->handlers.failed(file->handlers.ctx, &err);
        memcpy(file->last_error, err.msg, sizeof file->last_error);
        return;
    }
    file->last_error[0] = '\0';
    if (file->text && strcmp(file->text, text) == 0) {
        free(text);
        return;
    }
    free(file->text);
    file->text = text;
    file->handlers.changed(file->handlers.ctx, file->path, text, len);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void config_file_close(struct config_file **file)
{
    if (!*file)
        return;
    uv_close((uv_handle_t *)&(*file)->timer, on_timer_closed);
    free((*file)->path);
    free((*file)->text);
    *file = NULL;
}
