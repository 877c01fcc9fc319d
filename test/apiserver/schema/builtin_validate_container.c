#include "test/apiserver/schema/builtin_names.h"
#include "test/apiserver/schema/builtin_validate_pod.h"
#include "test/apiserver/schema/quantity.h"

#include <string.h>

static const size_t VALUE_MAX = 16 * 1024;

static const char *const pull_policies[] = {"Always", "IfNotPresent", "Never", NULL};
static const char *const protocols[] = {"SCTP", "TCP", "UDP", NULL};
static const char *const sources[] = {"fieldRef", "resourceFieldRef", "configMapKeyRef",
                                      "secretKeyRef", "fileKeyRef"};

static void check_ports(struct faults *faults, const cJSON *ports,
                        const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "ports"};
    struct schema_path here = {.parent = &path};
    json_each (port, ports) {
        const struct schema_path number = {.parent = &here, .name = "containerPort"};
        if (json_int(port, 1, "containerPort") == 0)
            faults_add(faults, "Required", &number, "Required value");
        else
            check_port(faults, port, "containerPort", &here);
        check_choice(faults, port, "protocol", protocols, &here);
        here.index++;
    }
}

static bool is_variable_name(const char *name)
{
    for (; *name; name++) {
        if (*name < ' ' || *name > '~' || *name == '=')
            return false;
    }
    return true;
}

static void check_source(struct faults *faults, const cJSON *variable,
                         const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "valueFrom"};
    const cJSON *source = json_at(variable, "valueFrom");
    size_t given = 0;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        given += json_at(source, sources[i]) != NULL;
    if (!source)
        return;
    if (!given)
        faults_add(faults, "Invalid", &path,
                   "Invalid value: \"\": must specify one of: `fieldRef`, "
                   "`resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or "
                   "`fileKeyRef`");
    else if (*json_str_or(variable, "", "value"))
        faults_add(
            faults, "Invalid", &path,
            "Invalid value: \"\": may not be specified when `value` is not empty");
    else if (given > 1)
        faults_add(faults, "Invalid", &path,
                   "Invalid value: \"\": may not have more than one field specified at "
                   "a time");
}

static void check_env(struct faults *faults, const cJSON *env,
                      const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "env"};
    struct schema_path here = {.parent = &path};
    json_each (variable, env) {
        const struct schema_path name = {.parent = &here, .name = "name"};
        const char *text = json_str_or(variable, "", "name");
        if (!is_variable_name(text))
            faults_add(faults, "Invalid", &name,
                       "Invalid value: \"%s\": a valid environment variable name must "
                       "consist only of printable ASCII characters other than '='",
                       text);
        check_source(faults, variable, &here);
        here.index++;
    }
}

/* False: an earlier mount has the same mountPath. */
static bool is_first_at(const cJSON *mounts, const cJSON *mount)
{
    const char *path = json_str_or(mount, "", "mountPath");
    const cJSON *first = json_find(mounts, "mountPath", path);
    return !first || first == mount;
}

static bool leaves_volume(const char *path)
{
    while (*path) {
        size_t len = strcspn(path, "/");
        if (len == 2 && strncmp(path, "..", 2) == 0)
            return true;
        path += len + (path[len] == '/');
    }
    return false;
}

static bool is_mountable(const struct mountable *mountable, const char *name)
{
    if (json_find(mountable->volumes, "name", name))
        return true;
    json_each (claim, mountable->claims) {
        if (strcmp(json_str_or(claim, "", "metadata", "name"), name) == 0)
            return true;
    }
    return false;
}

static void check_mounts(struct faults *faults, const cJSON *mounts,
                         const struct mountable *mountable,
                         const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "volumeMounts"};
    struct schema_path here = {.parent = &path};
    json_each (mount, mounts) {
        const struct schema_path name = {.parent = &here, .name = "name"};
        const struct schema_path place = {.parent = &here, .name = "mountPath"};
        const struct schema_path sub = {.parent = &path, .name = "subPath"};
        const char *volume = json_str_or(mount, "", "name");
        if (*volume && !is_mountable(mountable, volume))
            faults_add(faults, "NotFound", &name, "Not found: \"%s\"", volume);
        if (!is_first_at(mounts, mount))
            faults_add(faults, "Invalid", &place,
                       "Invalid value: \"%s\": must be unique",
                       json_str_or(mount, "", "mountPath"));
        const char *below = json_str_or(mount, "", "subPath");
        if (leaves_volume(below))
            faults_add(faults, "Invalid", &sub,
                       "Invalid value: \"%s\": must not contain '..'", below);
        here.index++;
    }
}

static void check_resources(struct faults *faults, const cJSON *resources,
                            const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "resources"};
    const struct schema_path here = {.parent = &path, .name = "requests"};
    json_each (request, json_at(resources, "requests")) {
        struct quantity asked, most;
        const char *limit = json_str(resources, "limits", request->string);
        if (limit && cJSON_IsString(request) &&
            api_quantity_parse(request->valuestring, &asked) &&
            api_quantity_parse(limit, &most) && api_quantity_compare(asked, most) > 0)
            faults_add(faults, "Invalid", &here,
                       "Invalid value: \"%s\": must be less than or equal to %s limit "
                       "of %s",
                       request->valuestring, request->string, limit);
    }
}

static void check_probe(struct faults *faults, const cJSON *container, const char *name,
                        const struct schema_path *parent)
{
    static const char *const handlers[] = {"exec", "httpGet", "tcpSocket", "grpc"};
    const struct schema_path path = {.parent = parent, .name = name};
    const cJSON *probe = json_at(container, name);
    size_t given = 0;
    for (size_t i = 0; probe && i < sizeof handlers / sizeof *handlers; i++) {
        const struct schema_path here = {.parent = &path, .name = handlers[i]};
        if (json_at(probe, handlers[i]) && given++)
            faults_add(faults, "Forbidden", &here,
                       "Forbidden: may not specify more than 1 handler type");
    }
    if (probe && !given)
        faults_add(faults, "Required", &path,
                   "Required value: must specify a handler type");
}

/* The real server quotes its own struct here, with all that is not set. */
static void check_privileges(struct faults *faults, const cJSON *context,
                             const struct schema_path *parent)
{
    const struct schema_path path = {.parent = parent, .name = "securityContext"};
    if (!json_bool(context, false, "privileged") ||
        json_bool(context, true, "allowPrivilegeEscalation"))
        return;
    struct strbuf text;
    strbuf_init(&text, VALUE_MAX);
    json_print(&text, context);
    faults_add(faults, "Invalid", &path,
               "Invalid value: %s: cannot set `allowPrivilegeEscalation` to false and "
               "`privileged` to true",
               text.text);
    strbuf_fini(&text);
}

void validate_container(struct faults *faults, const cJSON *container,
                        const struct mountable *mountable,
                        const struct schema_path *path)
{
    check_dns_label(faults, container, "name", path);
    check_given(faults, container, "image", path);
    check_choice(faults, container, "imagePullPolicy", pull_policies, path);
    check_ports(faults, json_at(container, "ports"), path);
    check_env(faults, json_at(container, "env"), path);
    check_mounts(faults, json_at(container, "volumeMounts"), mountable, path);
    check_resources(faults, json_at(container, "resources"), path);
    check_probe(faults, container, "livenessProbe", path);
    check_probe(faults, container, "readinessProbe", path);
    check_probe(faults, container, "startupProbe", path);
    check_privileges(faults, json_at(container, "securityContext"), path);
}
