#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/session/session_plan.h"

#include <string.h>

#define CREDENTIALS_DIR "/var/run/secrets/credentials"

enum { PROBE_SECONDS = 2 };

static void use_sidecar(struct session *session, const struct session_sidecar *sidecar,
                        const cJSON *credential)
{
    session->sidecars[session->sidecar_count++] = (struct sidecar_use){
        .sidecar = sidecar,
        .secret = json_str(credential, "secretRef", "name"),
        .key = credential ? json_str_or(credential, "token", "secretRef", "key") : NULL,
    };
}

/* What keeps the credential's Secret from being used, or NULL. */
static const char *secret_problem(struct session *session, const cJSON *credential,
                                  const char **reason)
{
    const char *name = json_str_or(credential, "", "secretRef", "name");
    const char *key = json_str_or(credential, "token", "secretRef", "key");
    const char *provider = json_str_or(credential, "", "provider");
    const cJSON *secret =
        observed_get(session->in->observed, &KUBE_SECRETS, session->ns, name);
    *reason = "SecretNotFound";
    if (!secret)
        return arena_printf(session->arena, "%s: Secret %s does not exist", provider,
                            name);
    const char *consent = kube_label(secret, SESSION_LABEL_CREDENTIAL);
    if (!consent || strcmp(consent, provider) != 0) {
        *reason = "SecretNotAllowed";
        return arena_printf(session->arena,
                            "%s: Secret %s does not consent: it needs the "
                            "label " SESSION_LABEL_CREDENTIAL "=%s",
                            provider, name, provider);
    }
    if (!json_at(secret, "data", key))
        return arena_printf(session->arena, "%s: Secret %s has no key %s", provider,
                            name, key);
    return NULL;
}

/* An optional one that did not start in time before. */
static bool is_skipped(const struct session *session, const char *provider)
{
    json_each (skipped, json_at(session->status, "skippedCredentials")) {
        const char *name = cJSON_GetStringValue(skipped);
        if (name && strcmp(name, provider) == 0)
            return true;
    }
    return false;
}

static void choose(struct session *session, const struct session_sidecar *sidecar,
                   const cJSON *credential)
{
    if (json_bool(credential, false, "optional") &&
        is_skipped(session, sidecar->provider)) {
        session_notes(session, SESSION_CREDENTIALS, "SidecarSkipped",
                      arena_printf(session->arena,
                                   "%s: its sidecar did not start in time; the session "
                                   "runs without it until it is restarted",
                                   sidecar->provider));
        return;
    }
    if (!session_secrets_are_read(session, SESSION_CREDENTIALS))
        return;
    const char *reason, *problem = secret_problem(session, credential, &reason);
    if (!problem)
        use_sidecar(session, sidecar, credential);
    else if (json_bool(credential, false, "optional"))
        session_notes(session, SESSION_CREDENTIALS, reason, problem);
    else
        session_blocks(session, SESSION_CREDENTIALS, reason, problem);
}

static const char *unknown_providers(const struct session *session)
{
    const char *unknown = "";
    json_each (credential, json_at(session->spec, "credentials")) {
        const char *provider = json_str_or(credential, "", "provider");
        const struct session_sidecar *sidecar = session->config->sidecars;
        while (sidecar->container && strcmp(sidecar->provider, provider) != 0)
            sidecar++;
        if (!sidecar->container || !*sidecar->image)
            unknown = arena_printf(session->arena, "%s%s%s", unknown,
                                   *unknown ? ", " : "", provider);
    }
    return unknown;
}

/* In the order of the table, whatever the order of the session's credentials. */
void session_choose_sidecars(struct session *session)
{
    const cJSON *credentials = json_at(session->spec, "credentials");
    const struct session_sidecar *sidecar = session->config->sidecars;
    size_t known = 0;
    while (sidecar[known].container)
        known++;
    session->sidecar_count = 0;
    session->sidecars =
        arena_alloc(session->arena, (known + 1) * sizeof *session->sidecars);
    for (; sidecar->container; sidecar++) {
        const cJSON *credential = json_find(credentials, "provider", sidecar->provider);
        if (!*sidecar->image)
            continue;
        if (!*sidecar->provider)
            use_sidecar(session, sidecar, NULL);
        else if (credential)
            choose(session, sidecar, credential);
    }
    const char *unknown = unknown_providers(session);
    if (*unknown)
        session_notes(
            session, SESSION_CREDENTIALS, "UnknownProvider",
            arena_printf(session->arena, "no sidecar is configured for: %s", unknown));
    session_holds(session, SESSION_CREDENTIALS,
                  json_count(credentials) ? "Mounted" : "NotConfigured",
                  json_count(credentials) ? "each credential has its sidecar"
                                          : "the session asks for no credentials");
}

/* ---- containers */

static cJSON *environment_of(const struct session *session,
                             const struct sidecar_use *use)
{
    const char *provider = use->sidecar->provider;
    cJSON *list = json_array();
    session_add_variable(list, "SESSION_ID", session->id);
    session_add_variable(list, "AGENTIC_SESSION_NAMESPACE", session->ns);
    if (!use->secret) {
        session_add_variable(list, "MCP_TRANSPORT", "sse");
        session_add_variable(list, "MCP_BIND_ADDR",
                             arena_printf(session->arena, ":%d", use->sidecar->port));
        session_add_proxies(session, list);
        return list;
    }
    session_add_variable(list, "CREDENTIAL_PROVIDER", provider);
    session_add_variable(
        list, "CREDENTIAL_FILE",
        arena_printf(session->arena, CREDENTIALS_DIR "/%s/%s", provider, use->key));
    const char *read_only =
        json_str(session->spec, "environmentVariables", SESSION_VARIABLE_OF_JIRA);
    if (read_only && strcmp(provider, "jira") == 0)
        session_add_variable(list, SESSION_VARIABLE_OF_JIRA,
                             session_literal(session->arena, read_only));
    session_add_proxies(session, list);
    return list;
}

static cJSON *mounts_of(const struct session *session, const struct sidecar_use *use)
{
    cJSON *list = json_array();
    const char *provider = use->sidecar->provider;
    if (!use->secret)
        return list;
    cJSON *credential = json_push(list, json_object());
    json_set_str(credential, arena_printf(session->arena, "cred-%s", provider), "name");
    json_set_str(credential,
                 arena_printf(session->arena, CREDENTIALS_DIR "/%s", provider),
                 "mountPath");
    json_set(credential, json_boolean(true), "readOnly");
    cJSON *scratch = json_push(list, json_object());
    json_set_str(scratch, arena_printf(session->arena, "cred-tmp-%s", provider),
                 "name");
    json_set_str(scratch, "/tmp", "mountPath");
    return list;
}

static void set_words(cJSON *container, const char *field, const char *const *words,
                      const char *const *more)
{
    cJSON *list = json_array();
    for (; *words; words++)
        json_push(list, json_string(*words));
    for (; *more; more++)
        json_push(list, json_string(*more));
    if (list->child)
        json_set(container, list, field);
    else
        json_free(list);
}

/* Both may use $(CREDENTIAL_FILE) and the container's other variables. */
static void set_command(cJSON *container, const struct session *session,
                        const struct session_sidecar *sidecar)
{
    static const char *const NONE[] = {NULL};
    bool opens = session->openshell && sidecar->loopback;
    set_words(container, "command", sidecar->command, NONE);
    set_words(container, "args", sidecar->args, opens ? sidecar->bind_all : NONE);
}

/* The kubelet probes the pod's address, which a loopback sidecar does not listen on. */
static void set_probe(cJSON *container, const struct session *session,
                      const struct session_sidecar *sidecar)
{
    if (sidecar->loopback && !session->openshell)
        return;
    json_set(container, json_number(sidecar->port), "startupProbe", "tcpSocket",
             "port");
    json_set(container, json_number(PROBE_SECONDS), "startupProbe", "periodSeconds");
    int64_t period = PROBE_SECONDS * 1000LL;
    int64_t times = (session->config->sidecar_start_ms + period - 1) / period;
    json_set(container, json_number(times > 0 ? times : 1), "startupProbe",
             "failureThreshold");
}

static cJSON *container_of(const struct session *session, const struct sidecar_use *use)
{
    const struct session_sidecar *sidecar = use->sidecar;
    cJSON *container = json_object();
    json_set_str(container, sidecar->container, "name");
    json_set_str(container, sidecar->image, "image");
    json_set_str(container,
                 ascii_has_prefix(sidecar->image, "localhost/") ? "IfNotPresent"
                                                                : "Always",
                 "imagePullPolicy");
    json_set_str(container, "Always", "restartPolicy");
    set_command(container, session, sidecar);
    cJSON *ports = json_set(container, json_array(), "ports");
    cJSON *port = json_push(ports, json_object());
    json_set_str(port, sidecar->port_name, "name");
    json_set(port, json_number(sidecar->port), "containerPort");
    json_set_str(port, "TCP", "protocol");
    json_set(container, environment_of(session, use), "env");
    json_set(container, json_copy(sidecar->requests), "resources", "requests");
    json_set(container, json_copy(sidecar->limits), "resources", "limits");
    set_probe(container, session, sidecar);
    if (use->secret) {
        json_set(container, json_boolean(true), "securityContext",
                 "readOnlyRootFilesystem");
        json_set(container, mounts_of(session, use), "volumeMounts");
    }
    return container;
}

cJSON *session_sidecars(const struct session *session)
{
    cJSON *list = json_array();
    for (size_t i = 0; i < session->sidecar_count; i++)
        json_push(list, container_of(session, &session->sidecars[i]));
    return list;
}

void session_add_credential_volumes(const struct session *session, cJSON *volumes)
{
    for (size_t i = 0; i < session->sidecar_count; i++) {
        const struct sidecar_use *use = &session->sidecars[i];
        const char *provider = use->sidecar->provider;
        if (!use->secret)
            continue;
        cJSON *volume = json_push(volumes, json_object());
        json_set_str(volume, arena_printf(session->arena, "cred-%s", provider), "name");
        json_set_str(volume, use->secret, "secret", "secretName");
        cJSON *item =
            json_push(json_set(volume, json_array(), "secret", "items"), json_object());
        json_set_str(item, use->key, "key");
        json_set_str(item, use->key, "path");
        cJSON *scratch = json_push(volumes, json_object());
        json_set_str(scratch, arena_printf(session->arena, "cred-tmp-%s", provider),
                     "name");
        json_set_str(scratch, "10Mi", "emptyDir", "sizeLimit");
    }
}
