#include "kubeclient/api/object.h"
#include "test/apiserver/cluster/cluster_state.h"

static void post_named(struct cluster *cluster, const char *ns, const char *plural,
                       cJSON *object, const char *name)
{
    json_set_str(object, name, "metadata", "name");
    call_post(cluster,
              arena_printf(cluster->arena, "/api/v1/namespaces/%s/%s", ns, plural),
              object);
}

/* What kube-controller-manager puts into every namespace, and puts back. */
void sync_namespace(struct cluster *cluster, const char *key)
{
    const cJSON *ns = informer_get(cluster, CLUSTER_NAMESPACES, key);
    if (!ns || kube_deleting(ns))
        return;
    const char *name = kube_name(ns);
    const char *account = arena_printf(cluster->arena, "%s/default", name);
    const char *root_ca = arena_printf(cluster->arena, "%s/kube-root-ca.crt", name);
    if (!informer_get(cluster, CLUSTER_ACCOUNTS, account)) {
        auto_json cJSON *object = json_object();
        post_named(cluster, name, "serviceaccounts", object, "default");
    }
    if (!informer_get(cluster, CLUSTER_ROOT_CAS, root_ca)) {
        auto_json cJSON *object = json_object();
        json_set_str(object, "", "data", "ca.crt");
        cluster->user = &USER_ROOT_CA;
        post_named(cluster, name, "configmaps", object, "kube-root-ca.crt");
    }
}
