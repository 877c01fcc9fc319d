/* fuzz_kubeconfig.c - any texts as the files of a KUBECONFIG.
 *
 * Form feeds in the input separate the files. Either a message names the file and holds
 * no secret, or the configuration is one that a client can use.
 */
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/yaml.h"
#include "kubeclient/net/endpoint.h"
#include "kubeclient/net/kubeconfig.h"
#include "test/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FILES_MAX 8

struct input {
    const char *text;
    size_t len;
};

/* A value that is in the input once, and not by chance a word of ours. */
static bool is_telling(const struct input *input, const char *secret)
{
    size_t len = secret ? strlen(secret) : 0;
    if (len < 4 || !strchr(secret, '~'))
        return false;
    const char *first = memmem(input->text, input->len, secret, len);
    size_t rest = first ? (size_t)(input->text + input->len - first) - 1 : 0;
    return first && !memmem(first + 1, rest, secret, len);
}

static void check_secret(const struct input *input, const char *secret,
                         const struct err *err)
{
    if (is_telling(input, secret))
        assert(!strstr(err->msg, secret));
}

static void check_user(const struct input *input, const cJSON *user,
                       const struct err *err)
{
    static const char *const SECRETS[] = {"token", "password", "username",
                                          "client-key-data"};
    for (size_t i = 0; i < sizeof SECRETS / sizeof *SECRETS; i++)
        check_secret(input, json_str(user, SECRETS[i]), err);
    json_each (item, json_at(user, "exec", "env"))
        check_secret(input, json_str(item, "value"), err);
    json_each (item, json_at(user, "exec", "args"))
        check_secret(input, cJSON_IsString(item) ? item->valuestring : NULL, err);
}

/* Every message begins with a file's name and quotes no secret of any. */
static void check_error(const struct input *input, const struct input *file,
                        const struct err *err)
{
    struct err ignored;
    assert(err->kind == ERR_INVALID);
    assert(strncmp(err->msg, "/f/", 3) == 0);
    struct yaml_doc *doc = yaml_parse("", file->text, file->len, &ignored);
    for (size_t i = 0; doc && i < yaml_count(doc); i++) {
        json_each (cluster, json_at(yaml_root(doc, i), "clusters"))
            check_secret(input, json_str(cluster, "cluster", "proxy-url"), err);
        json_each (user, json_at(yaml_root(doc, i), "users"))
            check_user(input, json_at(user, "user"), err);
    }
    yaml_close(&doc);
}

static void check_exec(const struct kube_exec_config *exec)
{
    assert(exec->command && exec->command[0] && exec->api_version);
    for (size_t i = 0; exec->env && exec->env[i]; i++)
        assert(exec->env[i][0] != '=' && strchr(exec->env[i], '='));
    for (const char *at = exec->install_hint; at && *at; at++)
        assert((unsigned char)*at >= ' ' || *at == '\n');
}

static void check_config(const struct kube_config *config)
{
    struct endpoint endpoint;
    struct err err;
    bool cert = config->cert_file || config->cert_data;
    bool key = config->key_file || config->key_data;
    bool token = config->token || config->token_file;
    assert(endpoint_parse(config->server, config->tls_server_name, &endpoint, &err));
    endpoint_fini(&endpoint);
    assert(config->server[strlen(config->server) - 1] != '/');
    assert(cert == key);
    assert(!(config->cert_file && config->cert_data));
    assert(!(config->key_file && config->key_data));
    assert(!(config->ca_file && config->ca_data));
    assert(!config->insecure_skip_tls_verify || (!config->ca_file && !config->ca_data));
    assert(!(token && config->username) && !(config->password && !config->username));
    assert(!config->exec || (!token && !config->username));
    assert(!config->ca_file || config->ca_file[0] == '/');
    assert(strncmp(config->source, "context ", 8) == 0);
    if (config->exec)
        check_exec(config->exec);
}

static void resolve(const struct kubeconfig *kubeconfig, const char *context,
                    const struct input *input, const struct input *files, size_t count)
{
    struct kube_config config, again;
    struct err err;
    if (!kubeconfig_resolve(kubeconfig, context, &config, &err)) {
        for (size_t i = 0; i < count; i++)
            check_error(input, &files[i], &err);
        return;
    }
    check_config(&config);
    assert(kubeconfig_resolve(kubeconfig, context, &again, &err));
    assert(strcmp(config.server, again.server) == 0);
    kube_config_fini(&again);
    kube_config_fini(&config);
    assert(!config.server && !config.source);
}

static size_t split(const struct input *input, struct input *files)
{
    size_t count = 0, len = input->len;
    const char *at = input->text, *feed;
    while (count < FILES_MAX - 1 && (feed = memchr(at, '\f', len))) {
        files[count++] = (struct input){at, (size_t)(feed - at)};
        len -= files[count - 1].len + 1;
        at = feed + 1;
    }
    files[count++] = (struct input){at, len};
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {(const char *)data, size}, files[FILES_MAX];
    size_t count = split(&input, files);
    struct kubeconfig *kubeconfig = kubeconfig_new();
    struct err err;
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++) {
        char path[32];
        snprintf(path, sizeof path, "/f/%zu", i);
        ok = kubeconfig_add(kubeconfig, path, files[i].text, files[i].len, &err);
        if (!ok)
            check_error(&input, &files[i], &err);
    }
    if (ok) {
        resolve(kubeconfig, NULL, &input, files, count);
        resolve(kubeconfig, "b", &input, files, count);
    }
    kubeconfig_free(&kubeconfig);
    return 0;
}
