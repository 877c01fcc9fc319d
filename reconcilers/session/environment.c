#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/project_config.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/ambient.h"

#include <stdlib.h>
#include <string.h>

enum { VALUE_MAX = 100 * 1024 }; /* one argument of execve() takes 128 KiB */

/* One environment on its way. */
struct environment {
    struct session *session;
    cJSON *list;
};

void session_add_variable(cJSON *list, const char *name, const char *value)
{
    cJSON *entry = json_push(list, json_object());
    json_set_str(entry, name, "name");
    json_set_str(entry, value, "value");
}

const char *session_literal(struct arena *arena, const char *value)
{
    size_t dollars = 0;
    for (const char *c = value; *c; c++)
        dollars += *c == '$';
    char *text = arena_alloc(arena, strlen(value) + dollars + 1), *end = text;
    for (const char *c = value; *c; c++) {
        *end++ = *c;
        if (*c == '$')
            *end++ = '$';
    }
    return text;
}

static void add(struct environment *env, const char *name, const char *value)
{
    if (strlen(value) > VALUE_MAX)
        session_blocks(env->session, SESSION_ACCEPTED, "ValueTooLong",
                       arena_printf(env->session->arena,
                                    "%s is longer than 100 KiB, which is more than a "
                                    "process can be given",
                                    name));
    session_add_variable(env->list, name, session_literal(env->session->arena, value));
}

static void add_given(struct environment *env, const char *name, const char *value)
{
    if (value && *value)
        add(env, name, value);
}

/* A number as JSON writes it. */
static void add_number(struct environment *env, const char *name, const cJSON *number)
{
    if (!cJSON_IsNumber(number) || number->valuedouble == 0)
        return;
    struct strbuf text;
    strbuf_init(&text, 64);
    json_print(&text, number);
    add(env, name, text.text);
    strbuf_fini(&text);
}

static void add_json(struct environment *env, const char *name, const cJSON *value)
{
    struct strbuf text;
    strbuf_init(&text, (size_t)4 * 1024 * 1024);
    json_canonical(&text, value);
    add(env, name, text.text);
    strbuf_fini(&text);
}

/* Without a metadata server Google's libraries would wait for it. */
static void add_vertex(struct environment *env)
{
    const struct session_vertex *vertex = &env->session->config->vertex;
    add(env, "USE_VERTEX", vertex->enabled ? "1" : "0");
    add(env, "CLAUDE_CODE_USE_VERTEX", vertex->enabled ? "1" : "0");
    if (!vertex->enabled)
        return;
    add(env, "ANTHROPIC_VERTEX_PROJECT_ID", vertex->project_id);
    add(env, "CLOUD_ML_REGION", vertex->region);
    add(env, "GOOGLE_APPLICATION_CREDENTIALS", vertex->credentials_file);
    add(env, "GCE_METADATA_HOST", "metadata.invalid");
    add(env, "GCE_METADATA_TIMEOUT", "1");
}

/* OpenShift signs the certificates of Services itself. */
static void add_service_authority(struct environment *env)
{
    static const char *const NAMES[] = {"AMBIENT_GRPC_CA_CERT_FILE", "SSL_CERT_FILE",
                                        "REQUESTS_CA_BUNDLE"};
    if (!env->session->in->config->project->openshift)
        return;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        add(env, NAMES[i], SESSION_SERVICE_CA_FILE);
}

static void add_identity(struct environment *env)
{
    const struct session *session = env->session;
    add(env, "SESSION_ID", session->id);
    add(env, "AGENTIC_SESSION_NAME", session->name);
    add(env, "AGENTIC_SESSION_NAMESPACE", session->ns);
    add(env, "PROJECT_NAME", session->project_id);
    add(env, "WORKSPACE_PATH", "/workspace");
    add(env, "ARTIFACTS_DIR", "artifacts");
    add(env, "AGUI_PORT", "8001");
    add(env, "USE_AGUI", "true");
    add(env, "DEBUG", "true");
    add(env, "LOG_LEVEL", session->config->log_level);
    add_vertex(env);
    add_given(env, "AGENT_ID", json_str(session->spec, "agentRef"));
    add_given(env, "PARENT_SESSION_ID", json_str(session->spec, "parentSession"));
    if (session->resumes)
        add(env, "IS_RESUME", "true");
}

static void add_api_key(struct environment *env)
{
    cJSON *entry = json_push(env->list, json_object());
    json_set_str(entry, RUNNER_SECRET_KEY, "name");
    json_set_str(entry, env->session->runner_secret, "valueFrom", "secretKeyRef",
                 "name");
    json_set_str(entry, RUNNER_SECRET_KEY, "valueFrom", "secretKeyRef", "key");
    json_set(entry, json_boolean(true), "valueFrom", "secretKeyRef", "optional");
}

static void add_pod_ip(struct environment *env)
{
    cJSON *entry = json_push(env->list, json_object());
    json_set_str(entry, "POD_IP", "name");
    json_set_str(entry, "status.podIP", "valueFrom", "fieldRef", "fieldPath");
}

/* POD_IP is expanded only in what comes after it, so it is the first of all. */
static void add_sandbox(struct environment *env)
{
    add(env, "OPENSHELL_ENABLED", "true");
    add(env, "OPENSHELL_POLICY_RULES", "/etc/openshell/policy.rego");
    add(env, "OPENSHELL_POLICY_DATA", "/etc/openshell/policy.yaml");
    add(env, "OPENSHELL_LOG_LEVEL", env->session->config->sandbox_log_level);
}

static void add_prompt(struct environment *env)
{
    const struct session *session = env->session;
    const char *first = json_str_or(session->project, "", "spec", "prompt");
    const char *second = json_str_or(session->spec, "", "initialPrompt");
    add_given(env, "INITIAL_PROMPT",
              arena_printf(session->arena, "%s%s%s", first,
                           *first && *second ? "\n\n" : "", second));
}

/* Of entries with one url the last counts, at its own place. */
static void add_repos(struct environment *env)
{
    const cJSON *repos = json_at(env->session->spec, "repos");
    auto_json cJSON *list = json_array();
    json_each (repo, repos) {
        const char *url = json_str_or(repo, "", "url");
        const cJSON *later = repo->next;
        while (later && strcmp(json_str_or(later, "", "url"), url) != 0)
            later = later->next;
        if (!later)
            json_push(list, json_copy(repo));
    }
    if (list->child)
        add_json(env, "REPOS_JSON", list);
}

static void add_work(struct environment *env)
{
    const cJSON *spec = env->session->spec;
    const cJSON *model = json_at(spec, "llmSettings");
    add_prompt(env);
    add_given(env, "LLM_MODEL", json_str(model, "model"));
    add_number(env, "LLM_TEMPERATURE", json_at(model, "temperature"));
    add_number(env, "LLM_MAX_TOKENS", json_at(model, "maxTokens"));
    add_number(env, "TIMEOUT", json_at(spec, "timeout"));
    add_repos(env);
    add_given(env, "ACTIVE_WORKFLOW_GIT_URL",
              json_str(spec, "activeWorkflow", "gitUrl"));
    add_given(env, "ACTIVE_WORKFLOW_BRANCH",
              json_str(spec, "activeWorkflow", "branch"));
    add_given(env, "ACTIVE_WORKFLOW_PATH", json_str(spec, "activeWorkflow", "path"));
    add_given(env, "USER_ID", json_str(spec, "userContext", "userId"));
    add_given(env, "USER_NAME", json_str(spec, "userContext", "displayName"));
    const cJSON *servers = json_at(spec, "mcpServers", "custom");
    if (json_count(servers))
        add_json(env, "CUSTOM_MCP_SERVERS", servers);
}

void session_add_proxies(const struct session *session, cJSON *list)
{
    const struct session_config *config = session->config;
    const char *const proxies[][2] = {{"HTTP_PROXY", config->http_proxy},
                                      {"HTTPS_PROXY", config->https_proxy},
                                      {"NO_PROXY", config->no_proxy}};
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
        if (*proxies[i][1])
            session_add_variable(list, proxies[i][0],
                                 session_literal(session->arena, proxies[i][1]));
    }
}

/* How the agent reaches a port of the pod: the sandbox has a loopback of its own. */
static const char *url_of(const struct session *session, int port)
{
    const char *host = !session->openshell ? "localhost"
                       : session->ipv6     ? "[$(POD_IP)]"
                                           : "$(POD_IP)";
    return arena_printf(session->arena, "http://%s:%d", host, port);
}

/* The URLs hold Berth's own $(POD_IP), so they are not doubled. */
static void add_urls(struct environment *env)
{
    const struct session *session = env->session;
    auto_json cJSON *urls = json_object();
    for (size_t i = 0; i < session->sidecar_count; i++) {
        const struct session_sidecar *sidecar = session->sidecars[i].sidecar;
        const char *url = url_of(session, sidecar->port);
        if (*sidecar->provider)
            json_set_str(urls, url, sidecar->provider);
        else
            session_add_variable(env->list, "AMBIENT_MCP_URL", url);
    }
    if (!urls->child)
        return;
    struct strbuf text;
    strbuf_init(&text, VALUE_MAX);
    json_canonical(&text, urls);
    session_add_variable(env->list, "CREDENTIAL_MCP_URLS", text.text);
    add(env, "CREDENTIAL_SIDECAR_MODE", "true");
    strbuf_fini(&text);
}

static bool is_protected(const struct environment *env, const char *name)
{
    return json_find(env->list, "name", name) || session_protects(env->session, name);
}

/* What is for a sidecar goes there alone. */
static bool goes_elsewhere(const struct session *session, const char *name)
{
    for (size_t i = 0; i < session->sidecar_count; i++) {
        if (strcmp(session->sidecars[i].sidecar->provider, "jira") == 0)
            return strcmp(name, SESSION_VARIABLE_OF_JIRA) == 0;
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const cJSON *const *)a)->string,
                  (*(const cJSON *const *)b)->string);
}

static void add_users(struct environment *env)
{
    struct session *session = env->session;
    const cJSON *given = json_at(session->spec, "environmentVariables");
    size_t count = json_count(given), i = 0;
    const char *ignored = "";
    const cJSON **sorted = arena_alloc(session->arena, (count + 1) * sizeof *sorted);
    json_each (item, given)
        sorted[i++] = item;
    qsort(sorted, count, sizeof(const cJSON *), by_name);
    for (i = 0; i < count; i++) {
        const char *name = sorted[i]->string, *value = cJSON_GetStringValue(sorted[i]);
        if (goes_elsewhere(session, name))
            continue;
        if (is_protected(env, name) || strcmp(name, SESSION_VARIABLE_OF_JIRA) == 0)
            ignored = arena_printf(session->arena, "%s%s%s", ignored,
                                   *ignored ? ", " : "", name);
        else if (value)
            add(env, name, value);
    }
    if (*ignored)
        session_holds(session, SESSION_ACCEPTED, "VariablesIgnored",
                      arena_printf(session->arena,
                                   "these variables are not the session's to set: %s",
                                   ignored));
}

cJSON *session_environment(struct session *session)
{
    struct environment env = {session, json_array()};
    if (session->openshell)
        add_pod_ip(&env);
    add_identity(&env);
    add_api_key(&env);
    if (session->openshell)
        add_sandbox(&env);
    add_service_authority(&env);
    session_add_proxies(session, env.list);
    add_work(&env);
    add_urls(&env);
    add_users(&env);
    return env.list;
}
