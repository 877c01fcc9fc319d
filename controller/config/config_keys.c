#include "controller/config/config.h"

#include <stddef.h>
#include <string.h>

#define FIELD(name) offsetof(struct config, name)

static const char *const PLATFORMS[] = {"kubernetes", "openshift", NULL};
static const char *const FAMILIES[] = {
    [IP_AUTO] = "auto", [IP_V4] = "IPv4", [IP_V6] = "IPv6", NULL};
static const char *const HOST_USERS[] = {[HOST_USERS_DEFAULT] = "",
                                         [HOST_USERS_TRUE] = "true",
                                         [HOST_USERS_FALSE] = "false",
                                         NULL};
static const char *const PROFILES[] = {[HARDENING_NONE] = "none",
                                       [HARDENING_RESTRICTED] = "restricted",
                                       [HARDENING_HARDENED] = "hardened",
                                       NULL};
static const char *const LEVELS[] = {"debug", "info", "warn", "error", NULL};
static const char *const FORMATS[] = {[LOG_JSON] = "json", [LOG_TEXT] = "text", NULL};
static const char *const APP_ARMOR[] = {"", "Unconfined", "RuntimeDefault", NULL};

const struct config_key config_keys[] = {
    {"", "featureGates", CONFIG_GATES, FIELD(features), "", "feature-gates", true,
     "Feature gates: name=true|false, comma-separated", NULL},
    {"", "watchNamespaces", CONFIG_LIST, FIELD(watch_namespaces), "", "namespaces",
     false, "Namespaces to watch, comma-separated; none: all", NULL},
    {"", "reservedNamespaces", CONFIG_LIST, FIELD(project.reserved_namespaces), "",
     NULL, true, "Namespaces that no Project may have; NAME or PREFIX*", NULL},
    {"", "takeOverFrom", CONFIG_LIST, FIELD(take_over_from), "manager", NULL, true,
     "Field managers of predecessors whose fields Berth takes over", NULL},
    {"securityContext", "mode", CONFIG_WORD, FIELD(platform), "kubernetes", NULL, true,
     "kubernetes or openshift, which chooses users and groups itself", PLATFORMS},
    {"metrics", "bindAddress", CONFIG_STRING, FIELD(metrics_bind_address), ":8080",
     "metrics-bind-address", false, "Where /metrics is served; 0: nowhere", NULL},
    {"metrics", "perObjectSeries", CONFIG_BOOL, FIELD(per_object_series), "true", NULL,
     true, "Count objects by their Ready condition", NULL},
    {"health", "bindAddress", CONFIG_STRING, FIELD(health_bind_address), ":8081",
     "health-probe-bind-address", false,
     "Where /healthz, /readyz, /livez and /debug/state are served; 0: nowhere", NULL},
    {"health", "debugFromAnywhere", CONFIG_BOOL, FIELD(debug_from_anywhere), "false",
     NULL, true, "Answer /debug/state to others than loopback", NULL},
    {"logging", "level", CONFIG_WORD, FIELD(log_level), "info", "log-level", true,
     "debug, info, warn or error", LEVELS},
    {"logging", "format", CONFIG_WORD, FIELD(log_format), "json", "log-format", true,
     "json or text", FORMATS},
    {"concurrency", "maxReconciles", CONFIG_COUNT, FIELD(max_reconciles), "32", NULL,
     false, "Reconciles in flight at once", NULL},
    {"agentRuntime", "platformConfigMap", CONFIG_STRING, FIELD(platform_config_map),
     "kagenti-platform-config", NULL, true,
     "ConfigMap with platform defaults, in the controller's namespace", NULL},
    {"project", "controlPlaneNamespace", CONFIG_STRING,
     FIELD(project.control_plane_namespace), "ambient-code", NULL, true,
     "Namespace of the ambient-code control plane", NULL},
    {"project", "controlPlaneServiceAccount", CONFIG_STRING,
     FIELD(project.control_plane_account), "ambient-control-plane", NULL, true,
     "ServiceAccount of the ambient-code control plane", NULL},
    {"session", "runnerImage", CONFIG_STRING, FIELD(session.runner_image), "", NULL,
     true, "Image of runners; none: sessions say that it is missing", NULL},
    {"session", "imageNamespace", CONFIG_STRING, FIELD(project.image_namespace), "",
     NULL, true, "Namespace whose images the pods of projects may pull and build",
     NULL},
    {"session", "imagePullSecret", CONFIG_STRING, FIELD(session.image_pull_secret), "",
     NULL, true, "Secret in each session's namespace that images are pulled with",
     NULL},
    {"session", "clientNamespaces", CONFIG_LIST, FIELD(project.client_namespaces),
     "ambient-code,.", NULL, true,
     "Namespaces whose pods may reach runners; \".\" is Berth's own; none: nobody",
     NULL},
    {"session", "podIPFamily", CONFIG_WORD, FIELD(session.pod_ip_family), "auto", NULL,
     true, "Of the addresses by which a sandboxed agent reaches its sidecars",
     FAMILIES},
    {"session", "hostUsers", CONFIG_WORD, FIELD(session.host_users), "", NULL, true,
     "Of the pods: false gives them users of their own; none: the cluster's default",
     HOST_USERS},
    {"session", "hardeningProfile", CONFIG_WORD, FIELD(session.hardening), "restricted",
     NULL, true, "Of runners outside of the sandbox: none, restricted or hardened",
     PROFILES},
    {"session", "protectedVariables", CONFIG_LIST, FIELD(session.protected_variables),
     "", NULL, true,
     "Variables that sessions may not set, beside the built-in ones; NAME, PREFIX*, "
     "*SUFFIX; !NAME: they may",
     NULL},
    {"session", "tokenAudience", CONFIG_STRING, FIELD(session.token_audience), "", NULL,
     true, "Of the runner's token; none: the API server's own", NULL},
    {"session", "logLevel", CONFIG_STRING, FIELD(session.log_level), "info", NULL, true,
     "Of runners", NULL},
    {"session", "sidecarStartTimeout", CONFIG_DURATION, FIELD(session.sidecar_start_ms),
     "5m", NULL, true, "How long a sidecar may take to start", NULL},
    {"session", "imagePullGracePeriod", CONFIG_DURATION,
     FIELD(session.image_pull_grace_ms), "5m", NULL, true,
     "How long an image may fail to be pulled before the session fails", NULL},
    {"session", "defaultInactivityTimeout", CONFIG_SECONDS,
     FIELD(session.inactivity_seconds), "86400", NULL, true,
     "Seconds after which an idle session stops; 0: never", NULL},
    {"session.resources", "requests", CONFIG_QUANTITIES, FIELD(session.runner_requests),
     "cpu=500m,memory=1Gi", NULL, true, "Of the runner container", NULL},
    {"session.resources", "limits", CONFIG_QUANTITIES, FIELD(session.runner_limits),
     "cpu=2,memory=4Gi", NULL, true, "Of the runner container", NULL},
    {"session.vertex", "enabled", CONFIG_BOOL, FIELD(session.vertex.enabled), "false",
     NULL, true, "Reach the model by way of Vertex AI", NULL},
    {"session.vertex", "projectID", CONFIG_STRING, FIELD(session.vertex.project_id), "",
     NULL, true, "Project of Google Cloud", NULL},
    {"session.vertex", "region", CONFIG_STRING, FIELD(session.vertex.region), "global",
     NULL, true, "Region of Google Cloud", NULL},
    {"session.vertex", "secretName", CONFIG_STRING, FIELD(session.vertex.secret),
     "ambient-vertex", NULL, true,
     "Secret in each session's namespace with the credentials", NULL},
    {"session.vertex", "credentialsFile", CONFIG_PATH,
     FIELD(session.vertex.credentials_file), "/app/vertex/ambient-code-key.json", NULL,
     true, "Where the runner finds the credentials; its name is the Secret's key",
     NULL},
    {"session.proxy", "httpProxy", CONFIG_STRING, FIELD(session.http_proxy), "", NULL,
     true, "HTTP_PROXY of runners and sidecars", NULL},
    {"session.proxy", "httpsProxy", CONFIG_STRING, FIELD(session.https_proxy), "", NULL,
     true, "HTTPS_PROXY of runners and sidecars", NULL},
    {"session.proxy", "noProxy", CONFIG_STRING, FIELD(session.no_proxy), "", NULL, true,
     "NO_PROXY of runners and sidecars", NULL},
    {"session.mcp", "image", CONFIG_STRING, FIELD(mcp_image), "", NULL, true,
     "Image of the sidecar ambient-mcp; none: sessions have none", NULL},
    {"session.mcp", "port", CONFIG_PORT, FIELD(mcp_port), "8090", NULL, true,
     "Port of the sidecar ambient-mcp", NULL},
    {"session", "credentialProviders", CONFIG_PROVIDERS, FIELD(providers), "", NULL,
     true, "Sidecars that hold credentials, by provider; over the built-in ones", NULL},
    {"openshell", "policyConfigMap", CONFIG_STRING, FIELD(project.policy_config_map),
     "openshell-policy", NULL, true,
     "ConfigMap with the sandbox policy, in the controller's namespace", NULL},
    {"openshell", "logLevel", CONFIG_STRING, FIELD(session.sandbox_log_level), "warn",
     NULL, true, "Of the sandbox's supervisor", NULL},
    {"openshell", "capabilities", CONFIG_LIST, FIELD(session.capabilities),
     "NET_ADMIN,SYS_ADMIN,SYS_PTRACE,SETUID,SETGID,CHOWN,DAC_OVERRIDE", NULL, true,
     "That a sandboxed runner has, and no others", NULL},
    {"openshell", "appArmorProfile", CONFIG_WORD, FIELD(app_armor), "", NULL, true,
     "Of a sandboxed runner: Unconfined, RuntimeDefault; none: the node's default",
     APP_ARMOR},
    {.name = NULL},
};

/* The variables that users of the systems before Berth set. */
static const struct {
    const char *name, *section, *key;
    const char *before; /* put before the value */
} VARIABLES[] = {
    {"OPENSHELL_ENABLED", "", "featureGates", "openShell="},
    {"OPENSHELL_POLICY_CONFIGMAP", "openshell", "policyConfigMap", ""},
    {"RUNNER_IMAGE", "session", "runnerImage", ""},
    {"RUNNER_IMAGE_NAMESPACE", "session", "imageNamespace", ""},
    {"RUNNER_LOG_LEVEL", "session", "logLevel", ""},
    {"IMAGE_PULL_SECRET", "session", "imagePullSecret", ""},
    {"DEFAULT_INACTIVITY_TIMEOUT", "session", "defaultInactivityTimeout", ""},
    {"USE_VERTEX", "session.vertex", "enabled", ""},
    {"ANTHROPIC_VERTEX_PROJECT_ID", "session.vertex", "projectID", ""},
    {"CLOUD_ML_REGION", "session.vertex", "region", ""},
    {"VERTEX_SECRET_NAME", "session.vertex", "secretName", ""},
    {"GOOGLE_APPLICATION_CREDENTIALS", "session.vertex", "credentialsFile", ""},
    {"HTTP_PROXY", "session.proxy", "httpProxy", ""},
    {"HTTPS_PROXY", "session.proxy", "httpsProxy", ""},
    {"NO_PROXY", "session.proxy", "noProxy", ""},
    {"MCP_IMAGE", "session.mcp", "image", ""},
    {"GITHUB_MCP_IMAGE", "session", "credentialProviders", "github="},
    {"JIRA_MCP_IMAGE", "session", "credentialProviders", "jira="},
    {"K8S_MCP_IMAGE", "session", "credentialProviders", "kubeconfig="},
    {"GOOGLE_MCP_IMAGE", "session", "credentialProviders", "google="},
};

const struct config_key *config_key_by_flag(const char *flag)
{
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (key->flag && strcmp(key->flag, flag) == 0)
            return key;
    }
    return NULL;
}

const struct config_key *config_key_by_path(const char *section, const char *name)
{
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

size_t config_from_environment(struct arena *arena, config_variable_fn *variable,
                               struct config_flag flags[CONFIG_VARIABLES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        const char *value = variable(VARIABLES[i].name);
        if (value && *value)
            flags[count++] = (struct config_flag){
                .key = config_key_by_path(VARIABLES[i].section, VARIABLES[i].key),
                .text = arena_printf(arena, "%s%s", VARIABLES[i].before, value),
                .variable = VARIABLES[i].name,
            };
    }
    return count;
}

_Static_assert(sizeof VARIABLES / sizeof *VARIABLES <= CONFIG_VARIABLES_MAX,
               "every variable has a place");
