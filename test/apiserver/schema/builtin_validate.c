#include "test/apiserver/schema/builtin.h"
#include "test/apiserver/schema/builtin_immutable.h"
#include "test/apiserver/schema/builtin_names.h"
#include "test/apiserver/schema/builtin_validate_pod.h"
#include "test/apiserver/schema/builtin_validate_workload.h"

#include <string.h>

static const struct schema_path root = {0};
static const struct schema_path spec_path = {.parent = &root, .name = "spec"};

static void validate_pod(struct faults *faults, const cJSON *former,
                         const cJSON *object)
{
    static const char *const policies[] = {"Always", "OnFailure", "Never", NULL};
    const cJSON *spec = json_at(object, "spec");
    validate_pod_spec(faults, spec, NULL, &spec_path);
    check_choice(faults, spec, "restartPolicy", policies, &spec_path);
    if (former)
        check_pod_update(faults, former, object);
}

static void check_service_ports(struct faults *faults, const cJSON *ports)
{
    static const char *const protocols[] = {"SCTP", "TCP", "UDP", NULL};
    const struct schema_path path = {.parent = &spec_path, .name = "ports"};
    struct schema_path here = {.parent = &path};
    json_each (port, ports) {
        const struct schema_path name = {.parent = &here, .name = "name"};
        const char *text = json_str_or(port, "", "name");
        if (!*text && json_count(ports) > 1)
            faults_add(faults, "Required", &name, "Required value");
        else if (*text && json_find(ports, "name", text) != port)
            faults_add(faults, "Duplicate", &name, "Duplicate value: \"%s\"", text);
        check_dns_label(faults, port, "name", &here);
        check_port(faults, port, "port", &here);
        check_port(faults, port, "targetPort", &here);
        check_choice(faults, port, "protocol", protocols, &here);
        here.index++;
    }
}

static void validate_service(struct faults *faults, const cJSON *former,
                             const cJSON *object)
{
    static const char *const types[] = {"ClusterIP", "ExternalName", "LoadBalancer",
                                        "NodePort", NULL};
    (void)former;
    const struct schema_path ports = {.parent = &spec_path, .name = "ports"};
    const cJSON *spec = json_at(object, "spec");
    bool external = strcmp(json_str_or(spec, "", "type"), "ExternalName") == 0;
    bool headless = strcmp(json_str_or(spec, "", "clusterIP"), "None") == 0;
    check_choice(faults, spec, "type", types, &spec_path);
    if (external)
        check_given(faults, spec, "externalName", &spec_path);
    else if (!headless && !json_count(json_at(spec, "ports")))
        faults_add(faults, "Required", &ports, "Required value");
    check_service_ports(faults, json_at(spec, "ports"));
}

static void validate_config_map(struct faults *faults, const cJSON *former,
                                const cJSON *object)
{
    const struct schema_path data = {.parent = &root, .name = "data"};
    const struct schema_path binary = {.parent = &root, .name = "binaryData"};
    check_config_keys(faults, json_at(object, "data"), &data);
    check_config_keys(faults, json_at(object, "binaryData"), &binary);
    if (former)
        check_immutable_data(faults, former, object);
}

static void validate_secret(struct faults *faults, const cJSON *former,
                            const cJSON *object)
{
    const struct schema_path data = {.parent = &root, .name = "data"};
    check_config_keys(faults, json_at(object, "data"), &data);
    if (!former)
        return;
    check_immutable(faults, former, object, JSON_PATH("type"), &root);
    check_immutable_data(faults, former, object);
}

static void check_subjects(struct faults *faults, const cJSON *subjects)
{
    static const char *const kinds[] = {"ServiceAccount", "User", "Group", NULL};
    const struct schema_path path = {.parent = &root, .name = "subjects"};
    struct schema_path here = {.parent = &path};
    json_each (subject, subjects) {
        check_choice(faults, subject, "kind", kinds, &here);
        here.index++;
    }
}

static void validate_role_binding(struct faults *faults, const cJSON *former,
                                  const cJSON *object)
{
    static const char *const kinds[] = {"Role", "ClusterRole", NULL};
    const struct schema_path role = {.parent = &root, .name = "roleRef"};
    check_choice(faults, json_at(object, "roleRef"), "kind", kinds, &role);
    check_subjects(faults, json_at(object, "subjects"));
    if (former)
        check_role_ref(faults, former, object);
}

static void validate_cluster_role_binding(struct faults *faults, const cJSON *former,
                                          const cJSON *object)
{
    static const char *const kinds[] = {"ClusterRole", NULL};
    const struct schema_path role = {.parent = &root, .name = "roleRef"};
    check_choice(faults, json_at(object, "roleRef"), "kind", kinds, &role);
    check_subjects(faults, json_at(object, "subjects"));
    if (former)
        check_role_ref(faults, former, object);
}

static void check_peers(struct faults *faults, const cJSON *rules, const char *name,
                        const char *peers)
{
    static const char *const protocols[] = {"TCP", "UDP", "SCTP", NULL};
    const struct schema_path path = {.parent = &spec_path, .name = name};
    struct schema_path here = {.parent = &path};
    json_each (rule, rules) {
        const struct schema_path ports = {.parent = &here, .name = "ports"};
        struct schema_path port_path = {.parent = &ports};
        json_each (port, json_at(rule, "ports")) {
            check_choice(faults, port, "protocol", protocols, &port_path);
            check_port(faults, port, "port", &port_path);
            port_path.index++;
        }
        const struct schema_path list = {.parent = &here, .name = peers};
        struct schema_path peer_path = {.parent = &list};
        json_each (peer, json_at(rule, peers)) {
            if (!peer->child)
                faults_add(faults, "Required", &peer_path,
                           "Required value: must specify a peer");
            peer_path.index++;
        }
        here.index++;
    }
}

static void validate_network_policy(struct faults *faults, const cJSON *former,
                                    const cJSON *object)
{
    (void)former;
    check_peers(faults, json_at(object, "spec", "ingress"), "ingress", "from");
    check_peers(faults, json_at(object, "spec", "egress"), "egress", "to");
}

static const struct {
    const char *kind;
    void (*apply)(struct faults *faults, const cJSON *former, const cJSON *object);
} validators[] = {
    {"Pod", validate_pod},
    {"Deployment", validate_deployment},
    {"ReplicaSet", validate_replica_set},
    {"StatefulSet", validate_stateful_set},
    {"DaemonSet", validate_daemon_set},
    {"Job", validate_job},
    {"Service", validate_service},
    {"ConfigMap", validate_config_map},
    {"Secret", validate_secret},
    {"RoleBinding", validate_role_binding},
    {"ClusterRoleBinding", validate_cluster_role_binding},
    {"NetworkPolicy", validate_network_policy},
};

bool builtin_validate(const char *kind, const cJSON *former, const cJSON *object,
                      cJSON **refusal)
{
    struct faults faults;
    faults_init(&faults, object);
    for (size_t i = 0; i < sizeof validators / sizeof *validators; i++) {
        if (strcmp(validators[i].kind, kind) == 0)
            validators[i].apply(&faults, former, object);
    }
    return faults_end(&faults, refusal);
}
