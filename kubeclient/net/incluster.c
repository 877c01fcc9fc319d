#include "kubeclient/net/incluster.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/endpoint.h"
#include "kubeclient/net/secret_file.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* A host name has at most 253 bytes. */
static const size_t SERVER_MAX = 512;

static char *join(const char *folder, const char *name)
{
    struct strbuf path;
    strbuf_init(&path, PATH_MAX);
    strbuf_addf(&path, "%s/%s", folder, name);
    return strbuf_detach(&path);
}

static bool is_given(const char *value)
{
    return value && value[0];
}

bool incluster_possible(const struct incluster *incluster)
{
    struct stat stats;
    auto_free char *token = join(incluster->folder, "token");
    return is_given(incluster->host) && is_given(incluster->port) &&
           stat(token, &stats) == 0 && !S_ISDIR(stats.st_mode);
}

static bool read_server(const struct incluster *incluster, char **server,
                        struct err *err)
{
    struct endpoint endpoint;
    if (!is_given(incluster->host) || !is_given(incluster->port))
        return err_set(err, ERR_INVALID,
                       "KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set");
    bool ipv6 = strchr(incluster->host, ':');
    struct strbuf out;
    strbuf_init(&out, SERVER_MAX);
    strbuf_addf(&out, ipv6 ? "https://[%s]:%s" : "https://%s:%s", incluster->host,
                incluster->port);
    *server = strbuf_detach(&out);
    if (strchr(*server + strlen("https://"), '/') ||
        !endpoint_parse(*server, NULL, &endpoint, err))
        return err_set(err, ERR_INVALID,
                       "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no "
                       "host and port: \"%.100s\", \"%.20s\"",
                       incluster->host, incluster->port);
    endpoint_fini(&endpoint);
    return true;
}

/* Older clusters mount none. */
static bool read_namespace(const char *folder, char **ns, struct err *err)
{
    struct err reason;
    auto_free char *path = join(folder, "namespace");
    auto_free char *text = NULL;
    if (!secret_file_read(path, &text, &reason)) {
        if (reason.kind == ERR_NOT_FOUND)
            return true;
        *err = reason;
        return false;
    }
    size_t len = strcspn(text, " \t\r\n");
    *ns = len ? xstrndup(text, len) : NULL;
    return true;
}

static bool check_file(const char *path, struct err *err)
{
    char *text;
    if (!secret_file_read(path, &text, err))
        return false;
    free_secret(text, strlen(text));
    return true;
}

bool incluster_load(const struct incluster *incluster, struct kube_config *config,
                    struct err *err)
{
    struct kube_config result = {
        .token_file = join(incluster->folder, "token"),
        .ca_file = join(incluster->folder, "ca.crt"),
        .source = xstrdup("in-cluster"),
    };
    if (read_server(incluster, &result.server, err) &&
        check_file(result.token_file, err) && check_file(result.ca_file, err) &&
        read_namespace(incluster->folder, &result.ns, err)) {
        *config = result;
        return true;
    }
    kube_config_fini(&result);
    return err_wrap(err, "in-cluster");
}
