#include "test/apiserver/server/bootstrap.h"

#include "test/apiserver/server/own_request.h"

#include <assert.h>
#include <stdio.h>

#define NAMESPACES "/api/v1/namespaces"
#define RBAC "/apis/rbac.authorization.k8s.io/v1/"
#define ROLE_HEAD                                                                      \
    "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\","       \
    "\"metadata\":{\"name\":\"%s\",\"labels\":{\"kubernetes.io/bootstrapping\":"       \
    "\"rbac-defaults\"}},\"rules\":[%s]}"
#define BINDING_HEAD                                                                   \
    "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":"                       \
    "\"ClusterRoleBinding\",\"metadata\":{\"name\":\"%s\",\"labels\":{"                \
    "\"kubernetes.io/bootstrapping\":\"rbac-defaults\"}},\"roleRef\":{\"apiGroup\":"   \
    "\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"%s\"},"         \
    "\"subjects\":[%s]}"
#define GROUP_SUBJECT(name)                                                            \
    "{\"kind\":\"Group\",\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"" name  \
    "\"}"

static const char *const namespaces[] = {"default", "kube-system", "kube-public",
                                         "kube-node-lease", NULL};

/* What admin, edit and view may touch of a namespace. */
#define WORKLOADS                                                                      \
    "{\"apiGroups\":[\"\",\"apps\",\"batch\",\"autoscaling\",\"policy\","              \
    "\"networking.k8s.io\"],\"resources\":[\"configmaps\",\"endpoints\",\"events\","   \
    "\"persistentvolumeclaims\",\"pods\",\"pods/status\",\"services\","                \
    "\"serviceaccounts\",\"replicationcontrollers\",\"daemonsets\",\"deployments\","   \
    "\"deployments/scale\",\"replicasets\",\"replicasets/scale\",\"statefulsets\","    \
    "\"statefulsets/scale\",\"cronjobs\",\"jobs\",\"horizontalpodautoscalers\","       \
    "\"poddisruptionbudgets\",\"ingresses\",\"networkpolicies\"],\"verbs\":"
#define LOOK "[\"get\",\"list\",\"watch\"]}"
#define TOUCH                                                                          \
    "[\"get\",\"list\",\"watch\",\"create\",\"update\",\"patch\",\"delete\","          \
    "\"deletecollection\"]}"
#define SECRETS "{\"apiGroups\":[\"\"],\"resources\":[\"secrets\"],\"verbs\":" TOUCH
#define ROLES                                                                          \
    "{\"apiGroups\":[\"rbac.authorization.k8s.io\"],\"resources\":[\"roles\","         \
    "\"rolebindings\"],\"verbs\":" TOUCH

static const struct {
    const char *name, *rules;
} roles[] = {
    {"cluster-admin",
     ("{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],\"verbs\":[\"*\"]},"
      "{\"nonResourceURLs\":[\"*\"],\"verbs\":[\"*\"]}")},
    {"admin", WORKLOADS TOUCH "," SECRETS "," ROLES},
    {"edit", WORKLOADS TOUCH "," SECRETS},
    {"view", WORKLOADS LOOK},
    {"system:discovery",
     ("{\"nonResourceURLs\":[\"/api\",\"/api/*\",\"/apis\",\"/apis/*\",\"/healthz\","
      "\"/livez\",\"/openapi\",\"/openapi/*\",\"/readyz\",\"/version\",\"/version/\"],"
      "\"verbs\":[\"get\"]}")},
    {"system:basic-user", ("{\"apiGroups\":[\"authorization.k8s.io\"],\"resources\":["
                           "\"selfsubjectaccessreviews\",\"selfsubjectrulesreviews\"],"
                           "\"verbs\":[\"create\"]},"
                           "{\"apiGroups\":[\"authentication.k8s.io\"],\"resources\":["
                           "\"selfsubjectreviews\"],\"verbs\":[\"create\"]}")},
    {"system:public-info-viewer",
     ("{\"nonResourceURLs\":[\"/healthz\",\"/livez\",\"/readyz\",\"/version\","
      "\"/version/\"],\"verbs\":[\"get\"]}")},
};

static const struct {
    const char *role, *subjects;
} bindings[] = {
    {"cluster-admin", GROUP_SUBJECT("system:masters")},
    {"system:discovery", GROUP_SUBJECT("system:authenticated")},
    {"system:basic-user", GROUP_SUBJECT("system:authenticated")},
    {"system:public-info-viewer",
     GROUP_SUBJECT("system:authenticated") "," GROUP_SUBJECT("system:unauthenticated")},
};

static const char *const api_service =
    ("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":"
     "\"kubernetes\","
     "\"labels\":{\"component\":\"apiserver\",\"provider\":\"kubernetes\"}},\"spec\":{"
     "\"clusterIP\":\"10.0.0.1\",\"ports\":[{\"name\":\"https\",\"port\":443,"
     "\"protocol\":\"TCP\",\"targetPort\":6443}],\"type\":\"ClusterIP\"}}");

static void create(struct api_server *server, const char *target, const char *body,
                   struct instant now)
{
    struct own_request request = {
        .account = "bootstrap", .method = "POST", .target = target, .body = body};
    bool done = own_request_send(server, &request, now);
    assert(done);
}

void bootstrap(struct api_server *server, struct instant now)
{
    char body[4096];
    for (size_t i = 0; namespaces[i]; i++) {
        snprintf(body, sizeof body,
                 "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
                 "\"%s\"}}",
                 namespaces[i]);
        create(server, NAMESPACES, body, now);
    }
    create(server, NAMESPACES "/default/services", api_service, now);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        snprintf(body, sizeof body, ROLE_HEAD, roles[i].name, roles[i].rules);
        create(server, RBAC "clusterroles", body, now);
    }
    for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
        snprintf(body, sizeof body, BINDING_HEAD, bindings[i].role, bindings[i].role,
                 bindings[i].subjects);
        create(server, RBAC "clusterrolebindings", body, now);
    }
}
