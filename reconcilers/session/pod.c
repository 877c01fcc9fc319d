#include "kubeclient/base/ascii.h"
#include "reconcilers/project_config.h"
#include "reconcilers/session/session_plan.h"
#include "reconcilers/shared/ambient.h"

#include <string.h>

#define SERVICE_CA_KEY "service-ca.crt"

static cJSON *add_volume(cJSON *volumes, const char *name)
{
    cJSON *volume = json_push(volumes, json_object());
    json_set_str(volume, name, "name");
    return volume;
}

static cJSON *add_mount(cJSON *container, const char *volume, const char *path,
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
    return mount;
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

static const char *vertex_folder(const struct session *session)
{
    const char *path = session->config->vertex.credentials_file;
    return arena_strndup(session->arena, path, (size_t)(strrchr(path, '/') - path));
}

/* Only OpenShift has it, and it may come later than the pod. */
static void add_service_authority(cJSON *volumes)
{
    cJSON *volume = add_volume(volumes, "service-ca");
    json_set_str(volume, "openshift-service-ca.crt", "configMap", "name");
    json_set(volume, json_boolean(true), "configMap", "optional");
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
    if (session->in->config->project->openshift)
        add_service_authority(volumes);
    if (session->config->vertex.enabled)
        json_set_str(add_volume(volumes, "vertex"), session->config->vertex.secret,
                     "secret", "secretName");
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
    json_set(runner, session_resources(session), "resources");
    set_probe(runner, "readinessProbe", READY);
    set_probe(runner, "livenessProbe", LIVE);
    add_mount(runner, "workspace", "/workspace", false);
    add_mount(runner, "identity", "/var/run/secrets/ambient", true);
    if (session->openshell)
        add_mount(runner, "openshell-policy", "/etc/openshell", true);
    if (session->in->config->project->openshift)
        json_set_str(add_mount(runner, "service-ca", SESSION_SERVICE_CA_FILE, true),
                     SERVICE_CA_KEY, "subPath");
    if (session->config->vertex.enabled)
        add_mount(runner, "vertex", vertex_folder(session), true);
    return runner;
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
    if (session->config->host_users != HOST_USERS_DEFAULT)
        json_set(spec, json_boolean(session->config->host_users == HOST_USERS_TRUE),
                 "hostUsers");
    if (*session->config->image_pull_secret)
        json_set_str(
            json_push(json_set(spec, json_array(), "imagePullSecrets"), json_object()),
            session->config->image_pull_secret, "name");
    if (session->sidecar_count)
        json_set(spec, session_sidecars(session), "initContainers");
    json_push(json_set(spec, json_array(), "containers"), runner_of(session));
    json_set(spec, volumes_of(session), "volumes");
    session_harden(session, pod);
    return pod;
}
