#include "kubeclient/api/intent.h"
#include "kubeclient/base/ascii.h"
#include "reconcilers/project_config.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/ambient.h"
#include "reconcilers/shared/hardening.h"

#include <string.h>

static cJSON *add_volume(cJSON *volumes, const char *name)
{
    cJSON *volume = json_push(volumes, json_object());
    json_set_str(volume, name, "name");
    return volume;
}

static void add_mount(cJSON *container, const char *volume, const char *path,
                      bool read_only)
{
    cJSON *list = json_member(container, "volumeMounts");
    if (!list)
        list = json_set(container, json_array(), "volumeMounts");
    cJSON *mount = json_push(list, json_object());
    json_set_str(mount, volume, "name");
    json_set_str(mount, path, "mountPath");
    if (read_only)
        json_set(mount, json_boolean(true), "readOnly");
}

static void add_token(const struct session *session, cJSON *sources, const char *path)
{
    cJSON *token = json_object();
    json_set(token, json_number(3600), "expirationSeconds");
    json_set_str(token, path, "path");
    if (*session->config->token_audience)
        json_set_str(token, session->config->token_audience, "audience");
    json_set(json_push(sources, json_object()), token, "serviceAccountToken");
}

/* The token under Berth's name and upstream's, with what is needed to use it. */
static cJSON *identity_sources(const struct session *session)
{
    cJSON *sources = json_array();
    add_token(session, sources, "token");
    add_token(session, sources, "bot-token");
    cJSON *authority = json_push(sources, json_object());
    json_set_str(authority, "kube-root-ca.crt", "configMap", "name");
    cJSON *item = json_push(json_set(authority, json_array(), "configMap", "items"),
                            json_object());
    json_set_str(item, "ca.crt", "key");
    json_set_str(item, "ca.crt", "path");
    cJSON *place = json_push(sources, json_object());
    item =
        json_push(json_set(place, json_array(), "downwardAPI", "items"), json_object());
    json_set_str(item, "namespace", "path");
    json_set_str(item, "metadata.namespace", "fieldRef", "fieldPath");
    return sources;
}

static cJSON *volumes_of(const struct session *session)
{
    cJSON *volumes = json_array();
    json_set(add_volume(volumes, "workspace"), json_object(), "emptyDir");
    json_set(add_volume(volumes, "identity"), identity_sources(session), "projected",
             "sources");
    if (session->openshell)
        json_set_str(add_volume(volumes, "openshell-policy"), session->policy_name,
                     "configMap", "name");
    session_add_credential_volumes(session, volumes);
    return volumes;
}

static void set_probe(cJSON *runner, const char *name, const int seconds[4])
{
    static const char *const FIELDS[] = {"initialDelaySeconds", "periodSeconds",
                                         "timeoutSeconds", "failureThreshold"};
    json_set_str(runner, "/health", name, "httpGet", "path");
    json_set(runner, json_number(RUNNER_PORT), name, "httpGet", "port");
    for (size_t i = 0; i < 4; i++)
        json_set(runner, json_number(seconds[i]), name, FIELDS[i]);
}

/* Session over Project over the configuration, each value by itself. */
static void set_resources(const struct session *session, cJSON *runner)
{
    cJSON *resources = json_set(runner, json_object(), "resources");
    json_set(resources, json_copy(session->config->runner_requests), "requests");
    json_set(resources, json_copy(session->config->runner_limits), "limits");
    const cJSON *of_project = json_at(session->project, "spec", "resources");
    const cJSON *of_session = json_at(session->spec, "resources");
    if (of_project)
        json_merge(resources, of_project);
    if (of_session)
        json_merge(resources, of_session);
}

static cJSON *runner_of(struct session *session)
{
    static const int READY[] = {3, 5, 2, 3}, LIVE[] = {20, 30, 5, 3};
    const char *image = session->config->runner_image;
    cJSON *runner = json_object();
    json_set_str(runner, SESSION_RUNNER, "name");
    json_set_str(runner, image, "image");
    json_set_str(runner,
                 ascii_has_prefix(image, "localhost/") ? "IfNotPresent" : "Always",
                 "imagePullPolicy");
    cJSON *port = json_push(json_set(runner, json_array(), "ports"), json_object());
    json_set_str(port, "agui", "name");
    json_set(port, json_number(RUNNER_PORT), "containerPort");
    json_set_str(port, "TCP", "protocol");
    json_set(runner, session_environment(session), "env");
    set_resources(session, runner);
    set_probe(runner, "readinessProbe", READY);
    set_probe(runner, "livenessProbe", LIVE);
    add_mount(runner, "workspace", "/workspace", false);
    add_mount(runner, "identity", "/var/run/secrets/ambient", true);
    if (session->openshell) {
        add_mount(runner, "openshell-policy", "/etc/openshell", true);
        json_set(runner, sandbox_security(session->config), "securityContext");
    }
    return runner;
}

/* In the sandbox the runner is root with the privileges that the supervisor needs; the
 * profile is for the plain one. */
static void harden(const struct session *session, cJSON *pod)
{
    if (session->openshell) {
        json_set_str(pod, "Unconfined", "spec", "securityContext", "seccompProfile",
                     "type");
        return;
    }
    const struct hardening hardening = {
        .profile = HARDENING_RESTRICTED,
        .openshift = session->in->config->project->openshift,
        .run_as_user = HARDENING_UNSET,
        .run_as_group = HARDENING_UNSET,
        .fs_group = HARDENING_UNSET,
        .image_user = HARDENING_UNSET,
        .containers = (const char *const[]){SESSION_RUNNER, NULL},
    };
    const cJSON *spec = json_at(pod, "spec");
    auto_json cJSON *added = hardening_additions(&hardening, spec);
    json_set(pod, intent_merge(added, spec), "spec");
}

static void set_identity(const struct session *session, cJSON *pod)
{
    json_set_str(pod, SESSION_RUNNER, "metadata", "labels", "app");
    json_set_str(pod, session->id, "metadata", "labels", "agentic-session");
    json_set_str(pod, session->id, "metadata", "annotations",
                 "ambient-code.io/session-id");
    json_set_str(pod, session->name, "metadata", "annotations",
                 "ambient-code.io/session-name");
    json_set_str(pod, arena_printf(session->arena, "%lld", (long long)session->attempt),
                 "metadata", "annotations", SESSION_ANNOTATION_ATTEMPT);
    if (session->policy_hash)
        json_set_str(pod, session->policy_hash, "metadata", "annotations",
                     SESSION_ANNOTATION_POLICY);
}

cJSON *session_pod_identity(const struct session *session)
{
    cJSON *pod = session_child(session, &KUBE_PODS, session->pod_name);
    set_identity(session, pod);
    return pod;
}

cJSON *session_pod(struct session *session)
{
    cJSON *pod = session_pod_identity(session);
    cJSON *spec = json_set(pod, json_object(), "spec");
    json_set_str(spec, "Never", "restartPolicy");
    json_set(spec, json_number(60), "terminationGracePeriodSeconds");
    json_set_str(spec, session->account_name, "serviceAccountName");
    json_set(spec, json_boolean(false), "automountServiceAccountToken");
    json_set(spec, json_boolean(false), "enableServiceLinks");
    if (*session->config->image_pull_secret)
        json_set_str(
            json_push(json_set(spec, json_array(), "imagePullSecrets"), json_object()),
            session->config->image_pull_secret, "name");
    if (session->sidecar_count)
        json_set(spec, session_sidecars(session), "initContainers");
    json_push(json_set(spec, json_array(), "containers"), runner_of(session));
    json_set(spec, volumes_of(session), "volumes");
    harden(session, pod);
    return pod;
}
