#include "kubeclient/net/credentials.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/net/exec_plugin.h"
#include "kubeclient/net/secret_file.h"

#include <string.h>
#include <time.h>

enum {
    LOOK_EVERY_MS = 60 * 1000,  /* kubelet renews a projected token long before its end */
    EXPIRY_LEEWAY_MS = 60 * 1000,
};

struct credentials {
    const struct kube_config *config;
    struct log log;
    struct credential *current; /* NULL: none yet */
    uint64_t last_generation;
    uv_loop_t *loop;
    uv_timer_t timer;
    char last_error[sizeof((struct err *)0)->msg];

    struct exec_plugin *plugin; /* while it runs */
    struct exec_credential exec; /* its last result */
    bool exec_valid;
    credentials_ready_fn *ready;
    void *ready_ctx;

    void (*closed)(void *ctx);
    void *closed_ctx;
};

static void on_timer(uv_timer_t *timer);
static void on_plugin_done(void *ctx, struct exec_credential *credential,
                           const struct err *err);

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the value */

struct credential *credential_hold(struct credential *credential)
{
    credential->refs++;
    return credential;
}

static void wipe(char *text)
{
    free_secret(text, text ? strlen(text) : 0);
}

void credential_release(struct credential **pointer)
{
    struct credential *credential = *pointer;
    *pointer = NULL;
    if (!credential || --credential->refs)
        return;
    wipe(credential->header);
    wipe(credential->ca);
    wipe(credential->cert);
    wipe(credential->key);
    wipe(credential->username);
    wipe(credential->password);
    free(credential);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same(const struct credential *a, const struct credential *b)
{
    return a && same_text(a->header, b->header) && same_text(a->ca, b->ca) &&
           same_text(a->cert, b->cert) && same_text(a->key, b->key);
}

static char *bearer(const char *token)
{
    static const char PREFIX[] = "Authorization: Bearer ";
    size_t len = strlen(token);
    while (len && (token[len - 1] == '\n' || token[len - 1] == '\r' || token[len - 1] == ' '))
        len--;
    char *header = xmalloc(sizeof PREFIX + len);
    memcpy(header, PREFIX, sizeof PREFIX - 1);
    memcpy(header + sizeof PREFIX - 1, token, len);
    header[sizeof PREFIX - 1 + len] = '\0';
    return header;
}

/* Data, or the content of the file, or neither. */
static bool text_or_file(const char *data, const char *path, const char *what, char **text,
                         struct err *err)
{
    if (data || !path) {
        *text = xstrdup(data);
        return true;
    }
    return secret_file_read(path, text, err) || err_wrap(err, "%s", what);
}

static bool read_pem(const char *data, const char *path, const char *what, char **text,
                     struct err *err)
{
    if (!text_or_file(data, path, what, text, err))
        return false;
    if (!*text || strstr(*text, "-----BEGIN "))
        return true;
    return err_set(err, ERR_INVALID, "%s%s%s: is not PEM", what, path && !data ? ": " : "",
                   path && !data ? path : "");
}

/* A plug-in's result wins over the configuration's own token and certificate. */
static bool build(struct credentials *self, struct credential *fresh, struct err *err)
{
    const struct kube_config *config = self->config;
    char *token = NULL;
    if (!read_pem(config->ca_data, config->ca_file, "certificate authority", &fresh->ca, err))
        return false;
    const char *cert = self->exec.cert ? self->exec.cert : config->cert_data;
    const char *key = self->exec.key ? self->exec.key : config->key_data;
    if (!read_pem(cert, config->cert_file, "client certificate", &fresh->cert, err) ||
        !read_pem(key, config->key_file, "client key", &fresh->key, err))
        return false;
    const char *given = self->exec.token ? self->exec.token
                        : config->token_file ? NULL
                                             : config->token;
    if (!text_or_file(given, self->exec.token ? NULL : config->token_file, "token", &token,
                      err))
        return false;
    if (token && token[0])
        fresh->header = bearer(token);
    wipe(token);
    fresh->username = xstrdup(config->username);
    fresh->password = xstrdup(config->password);
    return true;
}

/* Puts a new value in place when something differs. False: it cannot be read. */
static bool refresh(struct credentials *self, struct err *err)
{
    struct credential *fresh = xcalloc(1, sizeof *fresh);
    fresh->refs = 1;
    bool ok = build(self, fresh, err);
    if (ok && !same(self->current, fresh)) {
        fresh->generation = ++self->last_generation;
        credential_release(&self->current);
        self->current = fresh;
        fresh = NULL;
    }
    credential_release(&fresh);
    return ok;
}

/* The same, keeping the old value and saying so once for each cause. */
static void refresh_or_log(struct credentials *self)
{
    struct err err;
    if (refresh(self, &err)) {
        self->last_error[0] = '\0';
        return;
    }
    if (strcmp(self->last_error, err.msg) != 0)
        log_warn(&self->log, "credentials cannot be read again: the former stay",
                 LOG_STR("error", err.msg));
    memcpy(self->last_error, err.msg, sizeof self->last_error);
}

struct credentials *credentials_open(uv_loop_t *loop, const struct kube_config *config,
                                     const struct log *log, struct err *err)
{
    struct credentials *self = xcalloc(1, sizeof *self);
    self->config = config;
    self->log = *log;
    self->loop = loop;
    if (!refresh(self, err)) {
        free(self);
        return NULL;
    }
    self->timer.data = self;
    uv_timer_init(loop, &self->timer);
    uv_timer_start(&self->timer, on_timer, LOOK_EVERY_MS, LOOK_EVERY_MS);
    return self;
}

static void on_timer(uv_timer_t *timer)
{
    refresh_or_log(timer->data);
}

static bool exec_is_fresh(const struct credentials *self)
{
    return self->exec_valid && (self->exec.expiry_ms == 0 ||
                                wall_ms() < self->exec.expiry_ms - EXPIRY_LEEWAY_MS);
}

struct credential *credentials_current(struct credentials *self)
{
    if (self->config->exec && !exec_is_fresh(self))
        return NULL;
    return self->current;
}

void credentials_fetch(struct credentials *self, credentials_ready_fn *ready, void *ctx)
{
    self->ready = ready;
    self->ready_ctx = ctx;
    if (!self->plugin)
        self->plugin = exec_plugin_start(self->loop, self->config, on_plugin_done, self);
}

static void on_plugin_done(void *ctx, struct exec_credential *credential,
                           const struct err *err)
{
    struct credentials *self = ctx;
    struct err failure;
    exec_plugin_close(&self->plugin);
    if (credential) {
        exec_credential_fini(&self->exec);
        self->exec = *credential;
        *credential = (struct exec_credential){0};
        /* A credential that came expired is used once: asking again would not end. */
        if (self->exec.expiry_ms && self->exec.expiry_ms < wall_ms() + EXPIRY_LEEWAY_MS)
            self->exec.expiry_ms = wall_ms() + 2 * EXPIRY_LEEWAY_MS;
        self->exec_valid = refresh(self, &failure);
        err = self->exec_valid ? NULL : &failure;
    }
    credentials_ready_fn *ready = self->ready;
    self->ready = NULL;
    ready(self->ready_ctx, err);
}

bool credentials_invalidate(struct credentials *self, uint64_t generation)
{
    if (self->config->exec) {
        if (self->current->generation == generation)
            self->exec_valid = false;
        return true;
    }
    refresh_or_log(self);
    return self->current->generation != generation;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct credentials *self = handle->data;
    if (self->closed)
        self->closed(self->closed_ctx);
    free(self);
}

void credentials_close(struct credentials **pointer, void (*closed)(void *), void *ctx)
{
    struct credentials *self = *pointer;
    *pointer = NULL;
    exec_plugin_close(&self->plugin);
    exec_credential_fini(&self->exec);
    credential_release(&self->current);
    self->closed = closed;
    self->closed_ctx = ctx;
    uv_close((uv_handle_t *)&self->timer, on_timer_closed);
}
