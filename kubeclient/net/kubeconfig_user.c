#include "kubeclient/net/kubeconfig_entry.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/strbuf.h"

#include <string.h>

#define USER(member) offsetof(struct kube_config, member)
#define EXEC(member) offsetof(struct kube_exec_config, member)

/* More than a kernel takes as one argument. */
static const size_t ENV_MAX = 128 * 1024;

static const struct kubeconfig_field USER_FIELDS[] = {
    {"client-certificate", KUBECONFIG_PATH, USER(cert_file)},
    {"client-certificate-data", KUBECONFIG_DATA, USER(cert_data)},
    {"client-key", KUBECONFIG_PATH, USER(key_file)},
    {"client-key-data", KUBECONFIG_DATA, USER(key_data)},
    {"token", KUBECONFIG_STRING, USER(token)},
    {"tokenFile", KUBECONFIG_PATH, USER(token_file)},
    {"username", KUBECONFIG_STRING, USER(username)},
    {"password", KUBECONFIG_STRING, USER(password)},
    {NULL, 0, 0},
};

static const struct kubeconfig_field EXEC_FIELDS[] = {
    {"apiVersion", KUBECONFIG_STRING, EXEC(api_version)},
    {"command", KUBECONFIG_STRING, EXEC(command)},
    {"installHint", KUBECONFIG_STRING, EXEC(install_hint)},
    {"provideClusterInfo", KUBECONFIG_BOOL, EXEC(provide_cluster_info)},
    {NULL, 0, 0},
};

/* To leave them out would be to act as somebody else than the file says. */
static const struct {
    const char *field, *why;
} REFUSED[] = {
    {"auth-provider", "authentication providers left Kubernetes in 1.26: use exec"},
    {"as", "impersonation is not supported"},
    {"as-uid", "impersonation is not supported"},
    {"as-groups", "impersonation is not supported"},
    {"as-user-extra", "impersonation is not supported"},
};

static bool refuse_unsupported(const struct kubeconfig_entry *user, struct err *err)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        const cJSON *value = json_at(user->fields, REFUSED[i].field);
        if (!kubeconfig_empty(value))
            return kubeconfig_fail(user, value, err, "%s: %s", REFUSED[i].field,
                                   REFUSED[i].why);
    }
    return true;
}

/* A NULL-terminated vector for as many strings as `list` has items. False: no list. */
static bool open_vector(const struct kubeconfig_entry *exec, const char *field,
                        char ***vector, struct err *err)
{
    const cJSON *list = json_at(exec->fields, field);
    if (list && !cJSON_IsNull(list) && !cJSON_IsArray(list))
        return kubeconfig_fail(exec, list, err, "exec.%s must be a list", field);
    if (!kubeconfig_empty(list))
        *vector = xcalloc(json_count(list) + 1, sizeof **vector);
    return true;
}

static bool read_args(const struct kubeconfig_entry *exec, char ***args,
                      struct err *err)
{
    size_t count = 0;
    if (!open_vector(exec, "args", args, err))
        return false;
    json_each (item, json_at(exec->fields, "args")) {
        if (!cJSON_IsString(item))
            return kubeconfig_fail(exec, item, err, "exec.args must hold strings");
        (*args)[count++] = xstrdup(item->valuestring);
    }
    return true;
}

static bool read_env(const struct kubeconfig_entry *exec, char ***env, struct err *err)
{
    size_t count = 0;
    if (!open_vector(exec, "env", env, err))
        return false;
    json_each (item, json_at(exec->fields, "env")) {
        const char *name = json_str_or(item, "", "name");
        const cJSON *value = json_at(item, "value");
        if (!name[0] || strchr(name, '='))
            return kubeconfig_fail(exec, item, err,
                                   "exec.env: a name is missing, or holds \"=\"");
        if (value && !cJSON_IsNull(value) && !cJSON_IsString(value))
            return kubeconfig_fail(exec, value, err,
                                   "exec.env: the value of %s must be a string", name);
        struct strbuf line;
        strbuf_init(&line, ENV_MAX);
        strbuf_addf(&line, "%s=%s", name, json_str_or(item, "", "value"));
        bool overflow = line.overflow;
        (*env)[count++] = strbuf_detach(&line);
        if (overflow)
            return kubeconfig_fail(exec, item, err, "exec.env: %.64s is too long",
                                   name);
    }
    return true;
}

/* It is shown to people; a file must not reprogram their terminal. */
static void clean(char *hint)
{
    for (char *at = hint; at && *at; at++) {
        if (((unsigned char)*at < ' ' && *at != '\n') || *at == 0x7F)
            *at = ' ';
    }
}

/* v1 demands the field; v1beta1 defaults to IfAvailable. We have no terminal. */
static bool check_interactive_mode(const struct kubeconfig_entry *exec, bool required,
                                   struct err *err)
{
    const cJSON *value = json_at(exec->fields, "interactiveMode");
    const char *mode = cJSON_IsString(value) ? value->valuestring : "";
    if (kubeconfig_empty(value) && !required)
        return true;
    if (strcmp(mode, "Never") == 0 || strcmp(mode, "IfAvailable") == 0)
        return true;
    if (strcmp(mode, "Always") == 0)
        return kubeconfig_fail(exec, value, err,
                               "exec.interactiveMode is Always: the plug-in wants a "
                               "terminal, a daemon has none");
    return kubeconfig_fail(exec, value ? value : exec->fields, err,
                           "exec.interactiveMode must be Never, IfAvailable or Always");
}

static bool check_exec(const struct kubeconfig_entry *exec,
                       const struct kube_exec_config *config, struct err *err)
{
    const char *version = config->api_version ? config->api_version : "";
    bool v1 = strcmp(version, "client.authentication.k8s.io/v1") == 0;
    if (!v1 && strcmp(version, "client.authentication.k8s.io/v1beta1") != 0) {
        const cJSON *value = json_at(exec->fields, "apiVersion");
        return kubeconfig_fail(exec, value ? value : exec->fields, err,
                               "exec.apiVersion must be "
                               "client.authentication.k8s.io/v1 or "
                               "client.authentication.k8s.io/v1beta1");
    }
    if (!config->command)
        return kubeconfig_fail(exec, exec->fields, err, "exec.command is missing");
    return check_interactive_mode(exec, v1, err);
}

static bool read_exec(const struct kubeconfig_entry *user,
                      struct kube_exec_config **result, struct err *err)
{
    const cJSON *value = json_at(user->fields, "exec");
    if (!value || cJSON_IsNull(value))
        return true;
    if (!cJSON_IsObject(value))
        return kubeconfig_fail(user, value, err, "exec must be a mapping");
    struct kubeconfig_entry exec = *user;
    exec.fields = value;
    exec.prefix = "exec.";
    struct kube_exec_config *config = *result = xcalloc(1, sizeof *config);
    if (!kubeconfig_read(&exec, EXEC_FIELDS, config, err) ||
        !check_exec(&exec, config, err) || !read_args(&exec, &config->args, err) ||
        !read_env(&exec, &config->env, err))
        return false;
    clean(config->install_hint);
    /* A bare name is looked up in PATH. */
    if (strchr(config->command, '/')) {
        char *command = kubeconfig_path(user->file, config->command);
        free(config->command);
        config->command = command;
    }
    return true;
}

/* What client-go's validateAuthInfo() and its transport refuse. */
static bool check_user(const struct kubeconfig_entry *user,
                       const struct kube_config *config, struct err *err)
{
    static const char BOTH[] = "%s and %s are both given";
    bool cert = config->cert_file || config->cert_data;
    bool key = config->key_file || config->key_data;
    if (config->cert_file && config->cert_data)
        return kubeconfig_fail(user, NULL, err, BOTH, "client-certificate",
                               "client-certificate-data");
    if (config->key_file && config->key_data)
        return kubeconfig_fail(user, NULL, err, BOTH, "client-key", "client-key-data");
    if (cert != key)
        return kubeconfig_fail(user, NULL, err, "%s or %s-data is missing",
                               cert ? "client-key" : "client-certificate",
                               cert ? "client-key" : "client-certificate");
    if ((config->token || config->token_file) && (config->username || config->password))
        return kubeconfig_fail(user, NULL, err, BOTH, "a token",
                               "a username or password");
    if (config->password && !config->username)
        return kubeconfig_fail(user, NULL, err, "username is missing");
    return true;
}

bool kubeconfig_read_user(const struct kubeconfig_entry *entry,
                          struct kube_config *config, struct err *err)
{
    if (!refuse_unsupported(entry, err) ||
        !kubeconfig_read(entry, USER_FIELDS, config, err) ||
        !check_user(entry, config, err))
        return false;
    /* As in client-go, a plug-in is not asked where the file answers. */
    if (config->token || config->token_file || config->username)
        return true;
    return read_exec(entry, &config->exec, err);
}
