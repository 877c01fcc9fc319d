#include "kubeclient/net/kube_config.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/incluster.h"
#include "kubeclient/net/kubeconfig.h"
#include "kubeclient/net/secret_file.h"

#include <limits.h>
#include <string.h>

static void wipe(char *secret)
{
    free_secret(secret, secret ? strlen(secret) : 0);
}

static void wipe_all(char **vector)
{
    for (size_t i = 0; vector && vector[i]; i++)
        wipe(vector[i]);
    free(vector);
}

static void exec_free(struct kube_exec_config *exec)
{
    if (!exec)
        return;
    free(exec->command);
    free(exec->api_version);
    free(exec->install_hint);
    wipe(exec->cluster_config);
    wipe_all(exec->args);
    wipe_all(exec->env);
    free(exec);
}

void kube_config_fini(struct kube_config *config)
{
    char *const plain[] = {config->server,    config->ns,       config->tls_server_name,
                           config->ca_file,   config->ca_data,  config->cert_file,
                           config->cert_data, config->key_file, config->token_file,
                           config->source};
    char *const secrets[] = {config->proxy_url, config->key_data, config->token,
                             config->username, config->password};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        free(plain[i]);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        wipe(secrets[i]);
    exec_free(config->exec);
    *config = (struct kube_config){0};
}

/* ---- files */

static bool add_file(struct kubeconfig *kubeconfig, const char *path, struct err *err)
{
    char *text;
    if (!secret_file_read(path, &text, err))
        return false;
    bool ok = kubeconfig_add(kubeconfig, path, text, strlen(text), err);
    wipe(text);
    return ok;
}

static bool load_file(const char *path, const char *context, struct kube_config *config,
                      struct err *err)
{
    struct kubeconfig *kubeconfig = kubeconfig_new();
    bool ok = add_file(kubeconfig, path, err) &&
              kubeconfig_resolve(kubeconfig, context, config, err);
    kubeconfig_free(&kubeconfig);
    return ok;
}

/* Adds the files of a list "A:B"; empty names and missing files are skipped. */
static bool add_list(struct kubeconfig *kubeconfig, const char *list, size_t *found,
                     struct err *err)
{
    auto_free char *paths = xstrdup(list);
    char *rest = paths, *path;
    while ((path = strsep(&rest, ":"))) {
        struct err failure;
        if (!path[0])
            continue;
        if (add_file(kubeconfig, path, &failure)) {
            ++*found;
        } else if (failure.kind != ERR_NOT_FOUND) {
            *err = failure;
            return false;
        }
    }
    return true;
}

static bool load_list(const char *list, const char *context, struct kube_config *config,
                      struct err *err)
{
    struct kubeconfig *kubeconfig = kubeconfig_new();
    size_t found = 0;
    bool ok = add_list(kubeconfig, list, &found, err);
    if (ok && !found)
        ok = err_set(err, ERR_INVALID, "KUBECONFIG: there is no file %s", list);
    ok = ok && kubeconfig_resolve(kubeconfig, context, config, err);
    kubeconfig_free(&kubeconfig);
    return ok;
}

/* ---- places */

static const char *given(const char *value)
{
    return value && value[0] ? value : NULL;
}

/* ~/.kube/config, the last place. */
static bool load_home(const char *context, struct kube_config *config, struct err *err)
{
    const char *home = given(getenv("HOME"));
    struct err failure = {.kind = ERR_NOT_FOUND};
    struct strbuf path;
    strbuf_init(&path, PATH_MAX);
    strbuf_addf(&path, "%s/.kube/config", home ? home : "~");
    bool ok = home && load_file(path.text, context, config, &failure);
    if (!ok && failure.kind == ERR_NOT_FOUND)
        err_set(err, ERR_INVALID,
                "no configuration: --kubeconfig and KUBECONFIG are not set, there is "
                "no service account of a pod in %s, and no file %s",
                INCLUSTER_FOLDER, path.text);
    else if (!ok)
        *err = failure;
    strbuf_fini(&path);
    return ok;
}

bool kube_config_load(const struct kube_config_options *options,
                      struct kube_config *config, struct err *err)
{
    const char *context = given(options->context);
    const char *list = given(getenv("KUBECONFIG"));
    const struct incluster incluster = {
        .host = getenv("KUBERNETES_SERVICE_HOST"),
        .port = getenv("KUBERNETES_SERVICE_PORT"),
        .folder = INCLUSTER_FOLDER,
    };
    if (given(options->kubeconfig))
        return load_file(options->kubeconfig, context, config, err) ||
               err_wrap(err, "--kubeconfig");
    if (list)
        return load_list(list, context, config, err);
    /* A service account has no contexts: who names one means a file. */
    if (!context && incluster_possible(&incluster))
        return incluster_load(&incluster, config, err);
    return load_home(context, config, err);
}
