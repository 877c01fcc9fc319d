#include "kubeclient/net/exec_plugin.h"

#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/base64.h"
#include "kubeclient/base/json.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
    STDOUT_MAX = 256 * 1024, /* certificates and long tokens */
    STDERR_MAX = 300,        /* as much as an error message shows */
    CHUNK_SIZE = 4096,
};

/* One of the plug-in's output pipes. */
struct output {
    struct exec_plugin *plugin;
    uv_pipe_t pipe;
    struct strbuf text;
    char chunk[CHUNK_SIZE];
};

struct exec_plugin {
    const struct kube_config *config;
    uint64_t timeout_ms;
    exec_plugin_fn *done;
    void *ctx;
    uv_process_t process;
    uv_timer_t timer;
    struct output out, err;
    size_t waiting; /* exit and the two pipes: all three before the result */
    size_t open;    /* handles not closed yet */
    int64_t exit_status;
    int signal;
    bool timed_out;
    bool reported, running, closing;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static void on_exit_status(uv_process_t *process, int64_t status, int signal);
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);
static void on_deadline(uv_timer_t *timer);
static void on_closed(uv_handle_t *handle);

void exec_credential_fini(struct exec_credential *credential)
{
    char *secrets[] = {credential->token, credential->cert, credential->key};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        free_secret(secrets[i], secrets[i] ? strlen(secrets[i]) : 0);
    *credential = (struct exec_credential){0};
}

bool exec_credential_parse(const char *text, size_t len, const char *api_version,
                           struct exec_credential *credential, struct err *err)
{
    struct err ignored;
    auto_json_secret cJSON *root = json_parse(text, len, &ignored);
    if (!root)
        return err_set(err, ERR_INVALID, "its output is not JSON");
    if (strcmp(json_str_or(root, "", "kind"), "ExecCredential") != 0)
        return err_set(err, ERR_INVALID, "its output is no ExecCredential");
    if (strcmp(json_str_or(root, "", "apiVersion"), api_version) != 0)
        return err_set(err, ERR_INVALID,
                       "its output is of apiVersion %.100s, wanted %s",
                       json_str_or(root, "none", "apiVersion"), api_version);

    const cJSON *status = json_at(root, "status");
    const char *token = json_str(status, "token");
    const char *cert = json_str(status, "clientCertificateData");
    const char *key = json_str(status, "clientKeyData");
    if (!cert != !key)
        return err_set(err, ERR_INVALID,
                       "its output has only one of clientCertificateData "
                       "and clientKeyData");
    if (!token && !cert)
        return err_set(err, ERR_INVALID,
                       "its output has neither a token nor a certificate");
    const char *expiry = json_str(status, "expirationTimestamp");
    int64_t expiry_ms = 0;
    if (expiry && !rfc3339_parse(expiry, &expiry_ms))
        return err_set(err, ERR_INVALID, "its expirationTimestamp is no RFC 3339 time");
    *credential = (struct exec_credential){.token = xstrdup(token),
                                           .cert = xstrdup(cert),
                                           .key = xstrdup(key),
                                           .expiry_ms = expiry_ms};
    return true;
}

/* Owned by the caller; NULL where the cluster has none. */
static cJSON *parse_extension(const struct kube_exec_config *exec)
{
    struct err ignored;
    const char *text = exec->cluster_config;
    return text ? json_parse(text, strlen(text), &ignored) : NULL;
}

/* KUBERNETES_EXEC_INFO: what the plug-in may know of the cluster. */
static char *exec_info(const struct kube_config *config, const char *ca)
{
    auto_json cJSON *info = json_object();
    json_set_str(info, config->exec->api_version, "apiVersion");
    json_set_str(info, "ExecCredential", "kind");
    json_set(info, json_boolean(false), "spec", "interactive");
    if (config->exec->provide_cluster_info) {
        json_set_str(info, config->server, "spec", "cluster", "server");
        json_set_str(info, config->tls_server_name, "spec", "cluster",
                     "tls-server-name");
        json_set_str(info, config->proxy_url, "spec", "cluster", "proxy-url");
        if (config->insecure_skip_tls_verify)
            json_set(info, json_boolean(true), "spec", "cluster",
                     "insecure-skip-tls-verify");
        auto_free char *encoded = ca ? base64_encode(ca, strlen(ca)) : NULL;
        json_set_str(info, encoded, "spec", "cluster", "certificate-authority-data");
        json_set(info, parse_extension(config->exec), "spec", "cluster", "config");
    }
    struct strbuf text;
    strbuf_init(&text, STDOUT_MAX);
    strbuf_adds(&text, "KUBERNETES_EXEC_INFO=");
    json_print(&text, info);
    return strbuf_detach(&text);
}

/* Our environment, the plug-in's own entries and the info; later entries win. */
static char **make_environment(const struct kube_config *config, char *info)
{
    size_t ours = 0, added = 0, len = 0;
    while (environ[ours])
        ours++;
    while (config->exec->env && config->exec->env[added])
        added++;
    char **env = xcalloc(ours + added + 2, sizeof *env);
    env[len++] = info;
    for (size_t i = 0; i < added; i++)
        env[len++] = config->exec->env[i];
    for (size_t i = 0; i < ours; i++) {
        size_t name = strcspn(environ[i], "=") + 1;
        bool overridden = false;
        for (size_t j = 0; j < added + 1; j++)
            overridden = overridden || strncmp(env[j], environ[i], name) == 0;
        if (!overridden)
            env[len++] = environ[i];
    }
    return env;
}

static char **make_arguments(const struct kube_exec_config *exec)
{
    size_t count = 0;
    while (exec->args && exec->args[count])
        count++;
    char **args = xcalloc(count + 2, sizeof *args);
    args[0] = exec->command;
    for (size_t i = 0; i < count; i++)
        args[i + 1] = exec->args[i];
    return args;
}

static void open_output(struct exec_plugin *plugin, uv_loop_t *loop,
                        struct output *output, size_t max)
{
    output->plugin = plugin;
    output->pipe.data = output;
    strbuf_init(&output->text, max);
    uv_pipe_init(loop, &output->pipe, 0);
}

static int spawn(struct exec_plugin *plugin, uv_loop_t *loop, const char *ca)
{
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *)&plugin->out.pipe},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *)&plugin->err.pipe},
    };
    char *info = exec_info(plugin->config, ca);
    char **env = make_environment(plugin->config, info);
    char **args = make_arguments(plugin->config->exec);
    uv_process_options_t options = {
        .exit_cb = on_exit_status,
        .file = plugin->config->exec->command,
        .args = args,
        .env = env,
        .stdio_count = 3,
        .stdio = stdio,
    };
    int status = uv_spawn(loop, &plugin->process, &options);
    free(args);
    free(env);
    free(info);
    return status;
}

struct exec_plugin *exec_plugin_start(uv_loop_t *loop,
                                      const struct exec_plugin_options *options,
                                      exec_plugin_fn *done, void *ctx)
{
    struct exec_plugin *plugin = xcalloc(1, sizeof *plugin);
    plugin->config = options->config;
    plugin->timeout_ms = options->timeout_ms;
    plugin->done = done;
    plugin->ctx = ctx;
    plugin->open = 4;
    plugin->process.data = plugin->timer.data = plugin;
    open_output(plugin, loop, &plugin->out, STDOUT_MAX);
    open_output(plugin, loop, &plugin->err, STDERR_MAX);
    uv_timer_init(loop, &plugin->timer);
    int status = spawn(plugin, loop, options->ca);
    plugin->exit_status = status; /* negative: it could not be started */
    plugin->waiting = status == 0 ? 3 : 0;
    plugin->running = status == 0;
    /* Told from the timer even when it failed at once: never from inside this call. */
    uv_timer_start(&plugin->timer, on_deadline, status == 0 ? plugin->timeout_ms : 0,
                   0);
    if (status == 0) {
        uv_read_start((uv_stream_t *)&plugin->out.pipe, on_alloc, on_read);
        uv_read_start((uv_stream_t *)&plugin->err.pipe, on_alloc, on_read);
    }
    return plugin;
}

/* What it wrote to stderr, without the end of the last line. */
static const char *complaint(struct exec_plugin *plugin)
{
    struct strbuf *text = &plugin->err.text;
    while (text->len && strchr("\r\n", text->text[text->len - 1]))
        text->text[--text->len] = '\0';
    return text->len ? text->text : "(no message)";
}

static bool outcome(struct exec_plugin *plugin, struct exec_credential *credential,
                    struct err *err)
{
    const struct kube_exec_config *exec = plugin->config->exec;
    if (plugin->timed_out)
        return err_set(err, ERR_UNAVAILABLE, "it did not end within %llu ms",
                       (unsigned long long)plugin->timeout_ms);
    if (plugin->exit_status < 0)
        return err_set(err, ERR_UNAVAILABLE, "it could not be started: %s%s%s",
                       uv_strerror((int)plugin->exit_status),
                       exec->install_hint ? "; " : "",
                       exec->install_hint ? exec->install_hint : "");
    if (plugin->signal || plugin->exit_status)
        return err_set(err, ERR_UNAUTHORIZED, "it ended with %s %d: %s",
                       plugin->signal ? "signal" : "exit code",
                       plugin->signal ? plugin->signal : (int)plugin->exit_status,
                       complaint(plugin));
    if (plugin->out.text.overflow)
        return err_set(err, ERR_INVALID, "its output is larger than %d bytes",
                       STDOUT_MAX);
    return exec_credential_parse(plugin->out.text.text, plugin->out.text.len,
                                 exec->api_version, credential, err);
}

static void report(struct exec_plugin *plugin)
{
    if (plugin->reported || plugin->closing)
        return;
    plugin->reported = true;
    uv_timer_stop(&plugin->timer);
    struct exec_credential credential = {0};
    struct err err;
    bool ok = outcome(plugin, &credential, &err);
    if (!ok)
        err_wrap(&err, "credential plug-in %s", plugin->config->exec->command);
    plugin->done(plugin->ctx, ok ? &credential : NULL, ok ? NULL : &err);
    exec_credential_fini(&credential);
}

static void arrived(struct exec_plugin *plugin)
{
    if (plugin->waiting && --plugin->waiting == 0)
        report(plugin);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal)
{
    struct exec_plugin *plugin = process->data;
    plugin->exit_status = status;
    plugin->signal = signal;
    plugin->running = false;
    if (plugin->closing)
        uv_close((uv_handle_t *)process, on_closed);
    else
        arrived(plugin);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct output *output = handle->data;
    *buf = uv_buf_init(output->chunk, sizeof output->chunk);
}

/* Keeps what fits; stderr is cut, too much on stdout is an error in the end. */
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct output *output = stream->data;
    if (len < 0) {
        uv_read_stop(stream);
        arrived(output->plugin);
        return;
    }
    size_t room = output->text.max - output->text.len;
    bool is_err = output == &output->plugin->err;
    strbuf_add(&output->text, buf->base,
               is_err && (size_t)len > room ? room : (size_t)len);
}

static void on_deadline(uv_timer_t *timer)
{
    struct exec_plugin *plugin = timer->data;
    plugin->timed_out = plugin->waiting > 0;
    if (plugin->running)
        uv_process_kill(&plugin->process, SIGKILL);
    report(plugin);
}

static void on_closed(uv_handle_t *handle)
{
    struct exec_plugin *plugin = handle->type == UV_NAMED_PIPE
                                     ? ((struct output *)handle->data)->plugin
                                     : handle->data;
    if (--plugin->open)
        return;
    explicit_bzero(plugin->out.chunk, sizeof plugin->out.chunk);
    explicit_bzero(plugin->out.text.text, plugin->out.text.len);
    strbuf_fini(&plugin->out.text);
    strbuf_fini(&plugin->err.text);
    void (*closed)(void *) = plugin->closed;
    void *ctx = plugin->closed_ctx;
    free(plugin);
    if (closed)
        closed(ctx);
}

void exec_plugin_close(struct exec_plugin **pointer, void (*closed)(void *ctx),
                       void *ctx)
{
    struct exec_plugin *plugin = *pointer;
    if (!plugin)
        return;
    *pointer = NULL;
    plugin->closing = true;
    plugin->closed = closed;
    plugin->closed_ctx = ctx;
    uv_close((uv_handle_t *)&plugin->timer, on_closed);
    uv_close((uv_handle_t *)&plugin->out.pipe, on_closed);
    uv_close((uv_handle_t *)&plugin->err.pipe, on_closed);
    /* A process whose handle is closed first is never reaped. */
    if (plugin->running)
        uv_process_kill(&plugin->process, SIGKILL);
    else
        uv_close((uv_handle_t *)&plugin->process, on_closed);
}
