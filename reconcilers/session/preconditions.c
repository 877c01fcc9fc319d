#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/sha256.h"
#include "reconcilers/project_config.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/openshell_policy.h"

#include <string.h>

enum { POLICY_MAX = 2 * 1024 * 1024 };

static bool project_is_ready(const cJSON *project)
{
    const cJSON *conditions = json_at(project, "status", "conditions");
    return condition_is(conditions, "PolicyReady", CONDITION_TRUE) &&
           condition_is(conditions, "NetworkPolicyReady", CONDITION_TRUE);
}

bool session_check_namespace(struct session *session)
{
    const char *label = kube_label(session->live_ns, AMBIENT_LABEL_MANAGED);
    if (!label || strcmp(label, "true") != 0) {
        session_blocks(session, SESSION_NAMESPACE, "NotManaged",
                       "the namespace lacks the label " AMBIENT_MANAGED_SELECTOR
                       ": it belongs to no project");
        return false;
    }
    if (kube_deleting(session->live_ns)) {
        session_blocks(session, SESSION_NAMESPACE, "Terminating",
                       "the namespace is being deleted");
        return false;
    }
    if (session->project && !project_is_ready(session->project)) {
        session_blocks(session, SESSION_NAMESPACE, "ProjectNotReady",
                       arena_printf(session->arena,
                                    "Project %s has not got its sandbox policy and "
                                    "network policy in place yet",
                                    kube_name(session->project)));
        return false;
    }
    session_holds(session, SESSION_NAMESPACE, "Ready", "the namespace is prepared");
    return true;
}

bool session_check_images(struct session *session)
{
    if (*session->config->runner_image)
        return true;
    session_blocks(session, SESSION_ACCEPTED, "RunnerImageMissing",
                   "no image of runners is configured: set session.runnerImage in "
                   "Berth's configuration, or RUNNER_IMAGE in its environment");
    return false;
}

bool session_secrets_are_read(struct session *session, enum session_step step)
{
    bool read = observed_complete(session->in->observed, &KUBE_SECRETS, session->ns);
    if (!read)
        session_waits(session, step,
                      arena_printf(session->arena,
                                   "the Secrets of namespace %s cannot be listed yet",
                                   session->ns));
    return read;
}

static bool has_secret(struct session *session, const char *name, const char *key)
{
    const cJSON *secret =
        observed_get(session->in->observed, &KUBE_SECRETS, session->ns, name);
    if (secret && (!key || json_at(secret, "data", key)))
        return true;
    session_blocks(
        session, SESSION_SECRETS, "SecretNotFound",
        secret ? arena_printf(session->arena, "Secret %s has no key %s", name, key)
               : arena_printf(session->arena, "Secret %s does not exist", name));
    return false;
}

bool session_check_secrets(struct session *session)
{
    if (!session_secrets_are_read(session, SESSION_SECRETS))
        return false;
    const struct session_config *config = session->config;
    const struct session_vertex *vertex = &config->vertex;
    const char *const wanted[][2] = {
        {session->runner_secret, NULL},
        {config->image_pull_secret, NULL},
        {vertex->enabled ? vertex->secret : "",
         strrchr(vertex->credentials_file, '/') + 1},
    };
    bool found = true;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        found = (!*wanted[i][0] || has_secret(session, wanted[i][0], wanted[i][1])) &&
                found;
    if (found)
        session_holds(session, SESSION_SECRETS, "Found",
                      "the Secrets of the pod exist");
    return found;
}

/* ---- the sandbox */

static bool is_listed(const cJSON *words, const char *wanted)
{
    json_each (word, words) {
        const char *text = cJSON_GetStringValue(word);
        if (text && strcmp(text, wanted) == 0)
            return true;
    }
    return false;
}

/* The mode that counts, or NULL: the session may not choose its own. */
static const char *effective_mode(const struct session *session)
{
    const char *own = json_str_or(session->spec, "inherit", "sandbox", "mode");
    const char *gate =
        session->in->config->features.on[FEATURE_OPEN_SHELL] ? "openshell" : "none";
    const cJSON *sandbox = json_at(session->project, "spec", "sandbox");
    const char *of_project = json_str_or(sandbox, "inherit", "mode");
    const char *inherited = strcmp(of_project, "inherit") == 0 ? gate : of_project;
    if (strcmp(own, "inherit") == 0 || strcmp(own, inherited) == 0)
        return inherited;
    return is_listed(json_at(sandbox, "sessionModes"), own) ? own : NULL;
}

static bool block_sandbox(struct session *session, const char *reason,
                          const char *message)
{
    session_blocks(session, SESSION_SANDBOX, reason, message);
    return false;
}

static void hash_policy(struct session *session, const cJSON *copy)
{
    struct strbuf text;
    char hex[SHA256_HEX_SIZE];
    auto_json cJSON *content = json_object();
    json_set(content, json_copy(json_at(copy, "data")), "data");
    json_set(content, json_copy(json_at(copy, "binaryData")), "binaryData");
    strbuf_init(&text, POLICY_MAX);
    json_canonical(&text, content);
    sha256_hex(text.text, text.len, hex);
    session->policy_hash = arena_strdup(session->arena, hex);
    strbuf_fini(&text);
}

void session_look_at_copy(struct session *session)
{
    const cJSON *copy = observed_get(session->in->observed, &KUBE_CONFIG_MAPS,
                                     session->ns, session->policy_name);
    if (copy)
        hash_policy(session, copy);
}

static bool ensure_policy(struct session *session, bool live)
{
    const cJSON *found = NULL;
    struct verdict verdict;
    const struct policy_copy copy = {
        .ns = session->ns,
        .name = session->policy_name,
        .owner_resource = session->project ? &KUBE_PROJECTS : &KUBE_PROJECT_SETTINGS,
        .owner = session->project ? session->project : session->settings,
        .local = json_bool(session->project, false, "spec", "sandbox", "localPolicy"),
        .live = live,
    };
    if (!copy.owner)
        return block_sandbox(session, "PolicyOwnerMissing",
                             "the namespace has neither Project nor ProjectSettings "
                             "that a copy of the policy could belong to");
    if (!policy_copy_ensure(session->in, session->plan, &copy, &found, &verdict))
        return block_sandbox(session, verdict.reason, verdict.message);
    hash_policy(session, found);
    session_holds(session, SESSION_SANDBOX, verdict.reason, verdict.message);
    return true;
}

/* In "auto" the family of the address that pods themselves reach the API server by. */
static bool read_ip_family(struct session *session)
{
    const cJSON *service;
    const struct err *err;
    session->ipv6 = session->config->pod_ip_family == IP_V6;
    if (session->config->pod_ip_family != IP_AUTO)
        return true;
    switch (observed_fetched(session->in->observed, &KUBE_SERVICES, "default",
                             "kubernetes", &service, &err)) {
    case LOOKUP_UNKNOWN:
        plan_need(session->plan, &KUBE_SERVICES, "default", "kubernetes");
        return block_sandbox(session, "Pending", "Service default/kubernetes is read");
    case LOOKUP_FOUND:
        session->ipv6 = strchr(json_str_or(service, "", "spec", "clusterIP"), ':');
        return true;
    case LOOKUP_ABSENT:
    case LOOKUP_FAILED:
        break;
    }
    session->plan->retry = true;
    return block_sandbox(
        session, "PodIPFamilyUnknown",
        arena_printf(session->arena,
                     "Service default/kubernetes, whose address tells the family of "
                     "those of pods: %s; session.podIPFamily can say it instead",
                     err ? err->msg : "it does not exist"));
}

bool session_look_again(struct session *session)
{
    return !session->openshell ||
           (read_ip_family(session) && ensure_policy(session, true));
}

bool session_choose_sandbox(struct session *session)
{
    const char *configured = session->in->config->project->policy_config_map;
    const char *own = json_str(session->spec, "sandbox", "policyConfigMap");
    const char *mode = effective_mode(session);
    if (!mode)
        return block_sandbox(
            session, "ModeNotAllowed",
            session->project
                ? "the project does not let sessions choose this sandbox mode: list it "
                  "in the Project's sandbox.sessionModes"
                : "the namespace belongs to no Project, so that the gate openShell "
                  "decides: no session may choose another mode");
    session->openshell = strcmp(mode, "openshell") == 0;
    session->policy_name = own ? own : configured;
    if (!session->openshell) {
        session_holds(session, SESSION_SANDBOX, "Disabled",
                      "the session runs without the OpenShell sandbox");
        return true;
    }
    if (strcmp(session->policy_name, configured) != 0 &&
        !json_bool(session->project, false, "spec", "sandbox", "localPolicy"))
        return block_sandbox(session, "PolicyNotAllowed",
                             "a policy of the session's own needs the Project's "
                             "sandbox.localPolicy");
    return true;
}

bool session_check_sandbox(struct session *session)
{
    return session_choose_sandbox(session) &&
           (!session->openshell || ensure_policy(session, false));
}
