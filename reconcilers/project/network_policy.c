#include "kubeclient/api/object.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/session_config.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

#define POLICY "berth-session-ingress"
#define NAMESPACE_LABEL "kubernetes.io/metadata.name"

static const char *client_namespace(const struct project *project, const char *ns)
{
    return strcmp(ns, ".") == 0 ? project->in->config->controller_namespace : ns;
}

static cJSON *peers(const struct project *project)
{
    cJSON *from = json_array();
    const char *const *ns = project->config->client_namespaces;
    for (; ns && *ns; ns++) {
        cJSON *peer = json_push(from, json_object());
        json_set_str(peer, client_namespace(project, *ns), "namespaceSelector",
                     "matchLabels", NAMESPACE_LABEL);
    }
    return from;
}

/* Clients reach the runner's port; the ports of MCP sidecars, which listen on the pod's
 * address with OpenShell, are closed. */
static cJSON *wanted_policy(const struct project *project)
{
    cJSON *object = project_child(project, &KUBE_NETWORK_POLICIES, project->ns, POLICY);
    cJSON *expression = json_push(
        json_set(object, json_array(), "spec", "podSelector", "matchExpressions"),
        json_object());
    json_set_str(expression, AMBIENT_LABEL_SESSION, "key");
    json_set_str(expression, "Exists", "operator");
    json_push(json_set(object, json_array(), "spec", "policyTypes"),
              json_string("Ingress"));
    cJSON *ingress = json_set(object, json_array(), "spec", "ingress");
    cJSON *from = peers(project);
    if (!from->child) { /* an empty `from` would mean everybody */
        json_free(from);
        return object;
    }
    cJSON *rule = json_push(ingress, json_object());
    json_set(rule, from, "from");
    cJSON *port = json_push(json_set(rule, json_array(), "ports"), json_object());
    json_set_str(port, "TCP", "protocol");
    json_set(port, json_number(RUNNER_PORT), "port");
    return object;
}

/* ---- what others open */

static bool sessions_may_have(const cJSON *label)
{
    static const struct {
        const char *name, *value; /* NULL: each has its own */
    } LABELS[] = {
        {"app", "ambient-code-runner"},
        {"agentic-session", NULL},
        {AMBIENT_LABEL_SESSION, NULL},
        {AMBIENT_LABEL_MANAGED, "true"},
        {AMBIENT_LABEL_MANAGED_BY, AMBIENT_MANAGED_BY},
        {AMBIENT_LABEL_PROJECT, NULL},
    };
    const char *value = cJSON_IsString(label) ? label->valuestring : "";
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++) {
        if (strcmp(LABELS[i].name, label->string) == 0)
            return !LABELS[i].value || strcmp(LABELS[i].value, value) == 0;
    }
    return false;
}

/* Whether a selector may select session pods: what cannot be known here does not rule
 * them out. */
static bool may_select_sessions(const cJSON *policy)
{
    const cJSON *selector = json_at(policy, "spec", "podSelector");
    json_each (expression, json_at(selector, "matchExpressions")) {
        if (strcmp(json_str_or(expression, "", "key"), AMBIENT_LABEL_SESSION) == 0 &&
            strcmp(json_str_or(expression, "", "operator"), "DoesNotExist") == 0)
            return false;
    }
    json_each (label, json_at(selector, "matchLabels")) {
        if (!sessions_may_have(label))
            return false;
    }
    return true;
}

static bool is_client(const struct project *project, const char *name)
{
    const char *const *ns = project->config->client_namespaces;
    while (ns && *ns && strcmp(client_namespace(project, *ns), name) != 0)
        ns++;
    return ns && *ns;
}

/* Whether a peer is among those that reach the runners anyway. */
static bool is_among_clients(const struct project *project, const cJSON *peer)
{
    const cJSON *selector = json_at(peer, "namespaceSelector");
    const char *name = json_str(selector, "matchLabels", NAMESPACE_LABEL);
    return name && is_client(project, name);
}

/* Whether a rule of somebody else opens nothing that is not open anyway. */
static bool is_within_ours(const struct project *project, const cJSON *rule)
{
    const cJSON *ports = json_at(rule, "ports"), *from = json_at(rule, "from");
    json_each (port, ports) {
        if (json_int(port, 0, "port") != RUNNER_PORT || json_at(port, "endPort"))
            return false;
    }
    json_each (peer, from) {
        if (!is_among_clients(project, peer))
            return false;
    }
    return json_count(ports) > 0 && json_count(from) > 0;
}

/* Without policyTypes a policy is about ingress in any case. */
static bool is_about_ingress(const cJSON *policy)
{
    const cJSON *types = json_at(policy, "spec", "policyTypes");
    json_each (type, types) {
        if (cJSON_IsString(type) && strcmp(type->valuestring, "Ingress") == 0)
            return true;
    }
    return json_count(types) == 0;
}

static bool opens_more(const struct project *project, const cJSON *policy)
{
    const cJSON *rules = json_at(policy, "spec", "ingress");
    if (!is_about_ingress(policy))
        return false;
    json_each (rule, rules) {
        if (!is_within_ours(project, rule))
            return true;
    }
    return false;
}

/* The first policy of somebody else that opens session pods further; NULL: none. */
static const char *foreign_opening(const struct project *project)
{
    struct kube_keys keys = {.arena = project->arena};
    observed_find_keys(project->in->observed, &KUBE_NETWORK_POLICIES, NULL, project->ns,
                       &keys);
    const char *found = NULL;
    for (size_t i = 0; i < keys.len; i++) {
        const char *name = keys.items[i].name;
        const cJSON *policy = observed_get(project->in->observed,
                                           &KUBE_NETWORK_POLICIES, project->ns, name);
        if (strcmp(name, POLICY) != 0 && may_select_sessions(policy) &&
            opens_more(project, policy) && (!found || strcmp(name, found) < 0))
            found = name;
    }
    return found;
}

void step_network_policy(struct project *project)
{
    static const char DEPENDS[] = "whether it is enforced depends on the cluster's "
                                  "network plug-in";
    if (!project_ensure(project, STEP_NETWORK_POLICY, &KUBE_NETWORK_POLICIES,
                        wanted_policy(project), "close the sessions' other ports"))
        return;
    const char *foreign = foreign_opening(project);
    if (foreign)
        step_holds(project, STEP_NETWORK_POLICY, "ForeignPolicyAllowsMore",
                   arena_printf(project->arena,
                                "NetworkPolicy %s, which is not Berth's, opens session "
                                "pods further than %s does; %s",
                                foreign, POLICY, DEPENDS));
    else
        step_holds(project, STEP_NETWORK_POLICY, "InPlace",
                   arena_printf(project->arena,
                                "session pods take clients on port %d only; %s",
                                RUNNER_PORT, DEPENDS));
}
