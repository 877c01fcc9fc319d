#include "kubeclient/net/kubeconfig_entry.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/endpoint.h"

#include <string.h>

#define CLUSTER(member) offsetof(struct kube_config, member)

/* It travels in an environment variable, of which the kernel takes 128 KiB. */
static const size_t EXTENSION_MAX = 32 * 1024;

static const struct kubeconfig_field CLUSTER_FIELDS[] = {
    {"server", KUBECONFIG_STRING, CLUSTER(server)},
    {"tls-server-name", KUBECONFIG_STRING, CLUSTER(tls_server_name)},
    {"proxy-url", KUBECONFIG_STRING, CLUSTER(proxy_url)},
    {"insecure-skip-tls-verify", KUBECONFIG_BOOL, CLUSTER(insecure_skip_tls_verify)},
    {"certificate-authority", KUBECONFIG_PATH, CLUSTER(ca_file)},
    {"certificate-authority-data", KUBECONFIG_DATA, CLUSTER(ca_data)},
    {NULL, 0, 0},
};

static bool valid_proxy(const char *url)
{
    static const char *const SCHEMES[] = {"http://", "https://", "socks5://"};
    for (size_t i = 0; i < sizeof SCHEMES / sizeof *SCHEMES; i++) {
        if (ascii_has_prefix(url, SCHEMES[i]))
            return url[strlen(SCHEMES[i])] && !strpbrk(url, " \t\r\n");
    }
    return false;
}

static bool check_server(const struct kubeconfig_entry *cluster,
                         const struct kube_config *config, struct err *err)
{
    struct err reason;
    struct endpoint endpoint;
    if (!config->server)
        return kubeconfig_fail(cluster, NULL, err, "server is missing");
    if (!endpoint_parse(config->server, config->tls_server_name, &endpoint, &reason))
        return kubeconfig_fail(cluster, json_at(cluster->fields, "server"), err, "%s",
                               reason.msg);
    endpoint_fini(&endpoint);
    /* It may hold a password: never quoted. */
    if (config->proxy_url && !valid_proxy(config->proxy_url))
        return kubeconfig_fail(cluster, json_at(cluster->fields, "proxy-url"), err,
                               "proxy-url must be http://, https:// or socks5:// and "
                               "a host");
    return true;
}

/* What client-go's validateClusterInfo() and its transport refuse. */
static bool check_authority(const struct kubeconfig_entry *cluster,
                            const struct kube_config *config, struct err *err)
{
    if (config->ca_file && config->ca_data)
        return kubeconfig_fail(cluster, NULL, err,
                               "certificate-authority and certificate-authority-data "
                               "are both given");
    if (config->insecure_skip_tls_verify && (config->ca_file || config->ca_data))
        return kubeconfig_fail(
            cluster, json_at(cluster->fields, "insecure-skip-tls-verify"), err,
            "insecure-skip-tls-verify and a certificate authority "
            "are both given");
    return true;
}

bool kubeconfig_read_cluster(const struct kubeconfig_entry *entry,
                             struct kube_config *config, struct err *err)
{
    if (!kubeconfig_read(entry, CLUSTER_FIELDS, config, err) ||
        !check_server(entry, config, err) || !check_authority(entry, config, err))
        return false;
    for (size_t len = strlen(config->server); config->server[len - 1] == '/'; len--)
        config->server[len - 1] = '\0';
    return true;
}

bool kubeconfig_read_extension(const struct kubeconfig_entry *entry,
                               struct kube_exec_config *exec, struct err *err)
{
    const cJSON *named = json_find(json_at(entry->fields, "extensions"), "name",
                                   "client.authentication.k8s.io/exec");
    const cJSON *value = json_at(named, "extension");
    if (!exec || !exec->provide_cluster_info || !value || cJSON_IsNull(value))
        return true;
    struct strbuf text;
    strbuf_init(&text, EXTENSION_MAX);
    json_print(&text, value);
    bool overflow = text.overflow;
    exec->cluster_config = strbuf_detach(&text);
    return !overflow || kubeconfig_fail(entry, value, err,
                                        "the extension for plug-ins is longer than "
                                        "%zu bytes",
                                        EXTENSION_MAX);
}
