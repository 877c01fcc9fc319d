#include "kubeclient/net/credentials.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/net/exec_plugin.h"
#include "kubeclient/net/secret_file.h"

#include <string.h>
#include <time.h>

enum {
    LOOK_EVERY_MS =
        60 * 1000, /* kubelet renews a projected token long before its end */
    EXPIRY_LEEWAY_MS = 60 * 1000,
    PLUGIN_MS = 60 * 1000, /* a plug-in may ask an identity provider */
};

struct credentials {
    const struct kube_config *config;
    struct log log;
    struct credential *current; /* with a plug-in: also before its first result */
    uv_loop_t *loop;
    uv_timer_t timer;
    char last_error[sizeof((struct err *)0)->msg];

    struct exec_plugin *plugin;  /* while it runs */
    struct exec_credential exec; /* its last result */
    bool exec_valid;
    credentials_ready_fn *ready;
    void *ready_ctx;

    size_t open_parts; /* the timer and plug-ins that are not closed yet */
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static void on_timer(uv_timer_t *timer);
static void on_plugin_done(void *ctx, struct exec_credential *credential,
                           const struct err *err);
static void on_plugin_closed(void *ctx);
static void on_timer_closed(uv_handle_t *handle);

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- making one */

/* What was read for a credential; the parts point into it and the configuration. */
struct material {
    char *ca, *cert, *key, *token;
};

static void material_fini(struct material *material)
{
    char *secrets[] = {material->ca, material->cert, material->key, material->token};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        free_secret(secrets[i], secrets[i] ? strlen(secrets[i]) : 0);
}

/* `text`, or what the file holds (kept in *kept), or NULL. */
static bool text_or_file(const char **text, const char *path, const char *what,
                         char **kept, struct err *err)
{
    if (*text || !path)
        return true;
    if (!secret_file_read(path, kept, err))
        return err_wrap(err, "%s", what);
    *text = *kept;
    return true;
}

static void trim_end(char *text)
{
    size_t len = text ? strlen(text) : 0;
    while (len && strchr("\r\n\t ", text[len - 1]))
        text[--len] = '\0';
}

/* A plug-in's result wins over the configuration's own token and certificate. */
static bool gather(const struct credentials *self, struct material *material,
                   struct credential_parts *parts, struct err *err)
{
    const struct kube_config *config = self->config;
    const struct exec_credential *exec = &self->exec;
    const char *own_token = config->token_file ? NULL : config->token;
    *parts = (struct credential_parts){
        .token = exec->token ? exec->token : own_token,
        .username = config->username,
        .password = config->password,
        .ca = config->ca_data,
        .cert = exec->cert ? exec->cert : config->cert_data,
        .key = exec->key ? exec->key : config->key_data,
    };
    bool ok =
        text_or_file(&parts->ca, config->ca_file, "certificate authority",
                     &material->ca, err) &&
        text_or_file(&parts->cert, config->cert_file, "client certificate",
                     &material->cert, err) &&
        text_or_file(&parts->key, config->key_file, "client key", &material->key,
                     err) &&
        text_or_file(&parts->token, config->token_file, "token", &material->token, err);
    trim_end(material->token);
    return ok;
}

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

/* Names the files that the refused texts came from. */
static bool blame_files(const struct kube_config *config, struct err *err)
{
    if (!config->ca_file && !config->cert_file && !config->token_file)
        return err_wrap(err, "%s", config->source ? config->source : "credentials");
    return err_wrap(err, "%s (files: %s %s %s)",
                    config->source ? config->source : "credentials",
                    or_nothing(config->ca_file), or_nothing(config->cert_file),
                    or_nothing(config->token_file));
}

/* Puts a new value in place when something differs. False: it cannot be read. */
static bool refresh(struct credentials *self, struct err *err)
{
    struct material material = {0};
    struct credential_parts parts;
    struct credential *fresh = NULL;
    if (gather(self, &material, &parts, err)) {
        fresh = credential_new(&parts, err);
        if (!fresh)
            blame_files(self->config, err);
    }
    material_fini(&material);
    if (!fresh)
        return false;
    if (self->current && credential_same(self->current, fresh)) {
        credential_unref(fresh);
        return true;
    }
    credential_unref(self->current);
    self->current = fresh;
    return true;
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
    self->open_parts = 1;
    uv_timer_start(&self->timer, on_timer, LOOK_EVERY_MS, LOOK_EVERY_MS);
    return self;
}

static void on_timer(uv_timer_t *timer)
{
    refresh_or_log(timer->data);
}

/* ---- using it */

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
    if (self->plugin)
        return;
    self->open_parts++;
    self->plugin = exec_plugin_start(
        self->loop,
        &(struct exec_plugin_options){
            .config = self->config, .ca = self->current->ca, .timeout_ms = PLUGIN_MS},
        on_plugin_done, self);
}

static void on_plugin_done(void *ctx, struct exec_credential *credential,
                           const struct err *err)
{
    struct credentials *self = ctx;
    struct err failure;
    exec_plugin_close(&self->plugin, on_plugin_closed, self);
    if (credential) {
        exec_credential_fini(&self->exec);
        self->exec = *credential;
        *credential = (struct exec_credential){0};
        /* One that came expired is used for a while: asking again would not end. */
        if (self->exec.expiry_ms && self->exec.expiry_ms < wall_ms() + EXPIRY_LEEWAY_MS)
            self->exec.expiry_ms = wall_ms() + 2 * EXPIRY_LEEWAY_MS;
        self->exec_valid = refresh(self, &failure);
        err = self->exec_valid ? NULL : &failure;
    }
    self->ready(self->ready_ctx, err);
}

bool credentials_refused(struct credentials *self, const struct credential *refused)
{
    if (self->current != refused)
        return true; /* another request has seen to it */
    if (self->config->exec) {
        self->exec_valid = false;
        return true;
    }
    refresh_or_log(self);
    return self->current != refused;
}

/* ---- closing */

static void part_closed(struct credentials *self)
{
    if (--self->open_parts)
        return;
    void (*closed)(void *) = self->closed;
    void *ctx = self->closed_ctx;
    free(self);
    if (closed)
        closed(ctx);
}

static void on_plugin_closed(void *ctx)
{
    part_closed(ctx);
}

static void on_timer_closed(uv_handle_t *handle)
{
    part_closed(handle->data);
}

void credentials_close(struct credentials **pointer, void (*closed)(void *), void *ctx)
{
    struct credentials *self = *pointer;
    *pointer = NULL;
    exec_plugin_close(&self->plugin, on_plugin_closed, self);
    exec_credential_fini(&self->exec);
    credential_unref(self->current);
    self->closed = closed;
    self->closed_ctx = ctx;
    uv_close((uv_handle_t *)&self->timer, on_timer_closed);
}
