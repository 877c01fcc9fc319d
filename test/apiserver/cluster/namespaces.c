#include "kubeclient/api/object.h"
#include "test/apiserver/cluster/cluster_state.h"

/* What kube-controller-manager puts into every namespace. */
void sync_namespace(struct cluster *cluster, const char *key)
{
    const cJSON *ns = informer_get(cluster, CLUSTER_NAMESPACES, key);
    if (!ns || kube_deleting(ns))
        return;
    const char *prefix =
        arena_printf(cluster->arena, "/api/v1/namespaces/%s", kube_name(ns));
    auto_json cJSON *account = json_object();
    json_set_str(account, "default", "metadata", "name");
    call_post(cluster, arena_printf(cluster->arena, "%s/serviceaccounts", prefix),
              account);
    cluster->user = &USER_ROOT_CA;
    auto_json cJSON *root = json_object();
    json_set_str(root, "kube-root-ca.crt", "metadata", "name");
    json_set_str(root, "", "data", "ca.crt");
    call_post(cluster, arena_printf(cluster->arena, "%s/configmaps", prefix), root);
}
