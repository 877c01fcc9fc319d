#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/base64.h"
#include "test/apiserver/schema/builtin.h"
#include "test/apiserver/schema/builtin_default_pod.h"

#include <string.h>

static const size_t NAME_MAX_LEN = 1024;

static bool is(const cJSON *object, const char *name, const char *value)
{
    return strcmp(json_str_or(object, "", name), value) == 0;
}

static void default_template(cJSON *object)
{
    builtin_default_template(
        json_member(json_member(json_member(object, "spec"), "template"), "spec"));
}

/* The parameters of a rolling update, to be filled; NULL: another strategy. */
static cJSON *rolling_of(cJSON *object, const char *strategy)
{
    cJSON *update = json_member(json_member(object, "spec"), strategy);
    if (!is(update, "type", "RollingUpdate"))
        return NULL;
    builtin_set_unless(update, json_object(), "rollingUpdate");
    return json_member(update, "rollingUpdate");
}

static void default_deployment(cJSON *object)
{
    default_template(object);
    cJSON *rolling = rolling_of(object, "strategy");
    if (rolling) {
        builtin_set_unless(rolling, json_string("25%"), "maxUnavailable");
        builtin_set_unless(rolling, json_string("25%"), "maxSurge");
    }
}

static void default_stateful_set(cJSON *object)
{
    default_template(object);
    cJSON *rolling = rolling_of(object, "updateStrategy");
    if (rolling) {
        builtin_set_unless(rolling, json_number(0), "partition");
        builtin_set_unless(rolling, json_number(1), "maxUnavailable");
    }
    cJSON *claims = json_member(json_member(object, "spec"), "volumeClaimTemplates");
    for (cJSON *at = claims ? claims->child : NULL; at; at = at->next) {
        json_set_str(at, "v1", "apiVersion");
        json_set_str(at, "PersistentVolumeClaim", "kind");
    }
}

static void default_daemon_set(cJSON *object)
{
    default_template(object);
    cJSON *rolling = rolling_of(object, "updateStrategy");
    if (rolling) {
        builtin_set_unless(rolling, json_number(1), "maxUnavailable");
        builtin_set_unless(rolling, json_number(0), "maxSurge");
    }
}

/* The pods of a job are told from others by its uid. */
static void label_job(cJSON *object, const char *uid)
{
    static const char *const uid_labels[] = {"batch.kubernetes.io/controller-uid",
                                             "controller-uid"};
    static const char *const name_labels[] = {"batch.kubernetes.io/job-name",
                                              "job-name"};
    const char *name = json_str(object, "metadata", "name");
    for (size_t i = 0; i < 2; i++) {
        json_set_str(object, uid, "spec", "template", "metadata", "labels",
                     uid_labels[i]);
        json_set_str(object, name, "spec", "template", "metadata", "labels",
                     name_labels[i]);
    }
    json_set_str(object, uid, "spec", "selector", "matchLabels", uid_labels[0]);
}

static void default_job(cJSON *object)
{
    default_template(object);
    cJSON *spec = json_member(object, "spec");
    if (!spec)
        return;
    const char *uid = json_str(object, "metadata", "uid");
    if (uid && !json_at(spec, "selector") && !json_bool(spec, false, "manualSelector"))
        label_job(object, uid);
    if (!json_at(object, "metadata", "labels"))
        json_set(object, json_copy(json_at(spec, "template", "metadata", "labels")),
                 "metadata", "labels");
    if (!json_at(spec, "parallelism"))
        builtin_set_unless(spec, json_number(1), "completions");
    builtin_set_unless(spec, json_number(1), "parallelism");
}

static void default_service_ports(cJSON *ports)
{
    for (cJSON *at = ports ? ports->child : NULL; at; at = at->next)
        builtin_set_unless(at, json_copy(json_at(at, "port")), "targetPort");
}

static void default_service(cJSON *object)
{
    cJSON *spec = json_member(object, "spec");
    default_service_ports(json_member(spec, "ports"));
    if (is(spec, "sessionAffinity", "ClientIP") &&
        !json_at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds"))
        json_set(spec, json_number(10800), "sessionAffinityConfig", "clientIP",
                 "timeoutSeconds");
    bool balanced = is(spec, "type", "LoadBalancer");
    if (balanced || is(spec, "type", "NodePort"))
        builtin_set_unless(spec, json_string("Cluster"), "externalTrafficPolicy");
    if (balanced)
        builtin_set_unless(spec, json_boolean(true), "allocateLoadBalancerNodePorts");
    if (spec && !is(spec, "type", "ExternalName"))
        builtin_set_unless(spec, json_string("Cluster"), "internalTrafficPolicy");
}

/* stringData is for writing only: it becomes data. */
static void default_secret(cJSON *object)
{
    json_each (item, json_at(object, "stringData")) {
        if (!cJSON_IsString(item))
            return;
        auto_free char *encoded =
            base64_encode(item->valuestring, strlen(item->valuestring));
        json_set_str(object, encoded, "data", item->string);
    }
    json_remove(object, "stringData");
}

static void default_namespace(cJSON *object)
{
    json_set_str(object, json_str(object, "metadata", "name"), "metadata", "labels",
                 "kubernetes.io/metadata.name");
    if (!json_at(object, "spec", "finalizers") &&
        !json_at(object, "metadata", "deletionTimestamp"))
        json_push(json_set(object, json_array(), "spec", "finalizers"),
                  json_string("kubernetes"));
}

static void default_role_binding(cJSON *object)
{
    cJSON *subjects = json_member(object, "subjects");
    for (cJSON *at = subjects ? subjects->child : NULL; at; at = at->next) {
        if (is(at, "kind", "User") || is(at, "kind", "Group"))
            builtin_set_unless(at, json_string("rbac.authorization.k8s.io"),
                               "apiGroup");
    }
}

static void default_network_policy(cJSON *object)
{
    cJSON *spec = json_member(object, "spec");
    if (!spec || json_at(spec, "policyTypes"))
        return;
    cJSON *types = json_set(spec, json_array(), "policyTypes");
    json_push(types, json_string("Ingress"));
    if (json_at(spec, "egress"))
        json_push(types, json_string("Egress"));
}

static void default_limits(cJSON *item, const char *name, const char *from)
{
    json_each (amount, json_at(item, from)) {
        if (!json_at(item, name, amount->string))
            json_set(item, json_copy(amount), name, amount->string);
    }
}

static void default_limit_range(cJSON *object)
{
    cJSON *limits = json_member(json_member(object, "spec"), "limits");
    for (cJSON *at = limits ? limits->child : NULL; at; at = at->next) {
        if (!is(at, "type", "Container"))
            continue;
        default_limits(at, "default", "max");
        default_limits(at, "defaultRequest", "default");
        default_limits(at, "defaultRequest", "min");
    }
}

static void default_crd(cJSON *object)
{
    cJSON *names = json_member(json_member(object, "spec"), "names");
    const char *kind = json_str(names, "kind");
    if (!kind)
        return;
    struct strbuf text;
    strbuf_init(&text, NAME_MAX_LEN);
    strbuf_addf(&text, "%sList", kind);
    builtin_set_unless(names, json_string(text.text), "listKind");
    strbuf_reset(&text);
    for (const char *at = kind; *at; at++)
        strbuf_addc(&text, ascii_to_lower(*at));
    builtin_set_unless(names, json_string(text.text), "singular");
    strbuf_fini(&text);
}

static const struct {
    const char *kind;
    void (*apply)(cJSON *object);
} defaulters[] = {
    {"Pod", builtin_default_pod},
    {"Deployment", default_deployment},
    {"StatefulSet", default_stateful_set},
    {"DaemonSet", default_daemon_set},
    {"ReplicaSet", default_template},
    {"Job", default_job},
    {"Service", default_service},
    {"Secret", default_secret},
    {"Namespace", default_namespace},
    {"RoleBinding", default_role_binding},
    {"ClusterRoleBinding", default_role_binding},
    {"NetworkPolicy", default_network_policy},
    {"LimitRange", default_limit_range},
    {"CustomResourceDefinition", default_crd},
};

void builtin_default(const char *kind, cJSON *object)
{
    for (size_t i = 0; i < sizeof defaulters / sizeof *defaulters; i++) {
        if (strcmp(defaulters[i].kind, kind) == 0) {
            defaulters[i].apply(object);
            return;
        }
    }
}
