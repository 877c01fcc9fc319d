#include "kubeclient/api/object.h"
#include "test/apiserver/cluster/cluster_state.h"

#include <string.h>

enum { BODY_MAX = 2 * 1024 * 1024, RETRY_MS = 1000 };

static const struct {
    const char *prefix, *plural;
} PATHS[] = {
    [CLUSTER_NAMESPACES] = {"/api/v1", "namespaces"},
    [CLUSTER_DEPLOYMENTS] = {"/apis/apps/v1", "deployments"},
    [CLUSTER_REPLICA_SETS] = {"/apis/apps/v1", "replicasets"},
    [CLUSTER_STATEFUL_SETS] = {"/apis/apps/v1", "statefulsets"},
    [CLUSTER_PODS] = {"/api/v1", "pods"},
};

static int call(struct cluster *cluster, const char *method, const char *target,
                const cJSON *body)
{
    struct strbuf text;
    strbuf_init(&text, BODY_MAX);
    if (body)
        json_print(&text, body);
    const struct api_request request = {
        .method = method,
        .target = target,
        .content_type = "application/json",
        .accept = "",
        .user = cluster->user,
        .user_agent = cluster->user == &USER_KUBELET
                          ? "kubelet/v1.37.2"
                          : "kube-controller-manager/v1.37.2",
        .body = text.len ? text.text : "",
        .body_len = text.len,
    };
    struct api_answer answer;
    api_server_handle(cluster->server, &request, cluster->now, &answer);
    int status = answer.status;
    api_answer_fini(&answer);
    strbuf_fini(&text);
    return status;
}

static const char *path_of(struct cluster *cluster, enum cluster_kind kind,
                           const cJSON *object, const char *name,
                           const char *subresource)
{
    return arena_printf(cluster->arena, "%s/namespaces/%s/%s%s%s%s%s",
                        PATHS[kind].prefix, kube_namespace(object), PATHS[kind].plural,
                        *name ? "/" : "", name, *subresource ? "/" : "", subresource);
}

/* What was refused for another reason than being late is tried again. */
static bool settle(struct cluster *cluster, enum cluster_kind kind, const cJSON *object,
                   int status)
{
    if (status < 300)
        return true;
    if (status != 404 && status != 409)
        task_add_later(cluster, kind,
                       arena_printf(cluster->arena, "%s/%s", kube_namespace(object),
                                    kube_name(object)),
                       RETRY_MS);
    return false;
}

bool call_create(struct cluster *cluster, enum cluster_kind kind, const cJSON *object)
{
    return call(cluster, "POST", path_of(cluster, kind, object, "", ""), object) < 300;
}

bool call_put(struct cluster *cluster, enum cluster_kind kind, const cJSON *object,
              const char *subresource)
{
    const char *target = path_of(cluster, kind, object, kube_name(object), subresource);
    return settle(cluster, kind, object, call(cluster, "PUT", target, object));
}

static bool delete_with(struct cluster *cluster, enum cluster_kind kind,
                        const cJSON *object, bool now)
{
    const char *target = path_of(cluster, kind, object, kube_name(object), "");
    auto_json cJSON *options = json_object();
    json_set_str(options, kube_uid(object), "preconditions", "uid");
    if (now)
        json_set(options, json_number(0), "gracePeriodSeconds");
    return settle(cluster, kind, object, call(cluster, "DELETE", target, options));
}

bool call_delete(struct cluster *cluster, enum cluster_kind kind, const cJSON *object)
{
    return delete_with(cluster, kind, object, false);
}

bool call_delete_now(struct cluster *cluster, enum cluster_kind kind,
                     const cJSON *object)
{
    return delete_with(cluster, kind, object, true);
}

bool call_post(struct cluster *cluster, const char *target, const cJSON *object)
{
    int status = call(cluster, "POST", target, object);
    return status < 300 || status == 409;
}
