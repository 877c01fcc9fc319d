#include "kubeclient/api/object.h"
#include "reconcilers/project/project_plan.h"
#include "reconcilers/session_config.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

#define POLICY "berth-session-ingress"

static cJSON *peers(const struct project *project)
{
    cJSON *from = json_array();
    const char *const *ns = project->config->client_namespaces;
    for (; ns && *ns; ns++) {
        bool own = strcmp(*ns, ".") == 0;
        cJSON *peer = json_push(from, json_object());
        json_set_str(peer, own ? project->in->config->controller_namespace : *ns,
                     "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name");
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

/* Whether a selector may select session pods. matchLabels of theirs are not known here,
 * so only what rules them out counts. */
static bool may_select_sessions(const cJSON *policy)
{
    const cJSON *expressions =
        json_at(policy, "spec", "podSelector", "matchExpressions");
    json_each (expression, expressions) {
        if (strcmp(json_str_or(expression, "", "key"), AMBIENT_LABEL_SESSION) == 0 &&
            strcmp(json_str_or(expression, "", "operator"), "DoesNotExist") == 0)
            return false;
    }
    const cJSON *labels = json_at(policy, "spec", "podSelector", "matchLabels");
    json_each (label, labels) {
        if (strcmp(label->string, AMBIENT_LABEL_SESSION) != 0 &&
            strcmp(label->string, AMBIENT_LABEL_MANAGED) != 0 &&
            strcmp(label->string, AMBIENT_LABEL_PROJECT) != 0)
            return false;
    }
    return true;
}

static bool opens_runner_port_only(const cJSON *rule)
{
    const cJSON *ports = json_at(rule, "ports");
    json_each (port, ports) {
        if (json_int(port, 0, "port") != RUNNER_PORT || json_at(port, "endPort"))
            return false;
    }
    return json_count(ports) > 0;
}

static bool opens_more(const cJSON *policy)
{
    const cJSON *rules = json_at(policy, "spec", "ingress");
    json_each (rule, rules) {
        if (!opens_runner_port_only(rule))
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
            opens_more(policy) && (!found || strcmp(name, found) < 0))
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
                                "pods further than %s does",
                                foreign, POLICY));
    else
        step_holds(project, STEP_NETWORK_POLICY, "InPlace",
                   arena_printf(project->arena,
                                "session pods take clients on port %d only; %s",
                                RUNNER_PORT, DEPENDS));
}
