#include "reconcilers/shared/pod_security_rules.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"

#include <string.h>

static const char *name_of(const cJSON *container)
{
    return json_str_or(container, "", "name");
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(word, *words) == 0)
            return true;
    }
    return false;
}

/* Since 1.35 root inside a user namespace of the pod's own is no root. */
static bool in_user_namespace(const struct pod_check *check)
{
    return check->minor >= 35 && cJSON_IsFalse(json_at(check->spec, "hostUsers"));
}

/* ---- baseline */

static void check_host_process(struct pod_check *check, const cJSON *owner,
                               const char *container)
{
    if (json_bool(owner, false, "securityContext", "windowsOptions", "hostProcess"))
        pod_check_add(check, container, "securityContext.windowsOptions.hostProcess",
                      "must not be true");
}

static void pod_host_process(struct pod_check *check)
{
    check_host_process(check, check->spec, NULL);
}

static void container_host_process(struct pod_check *check, const cJSON *container)
{
    check_host_process(check, container, name_of(container));
}

static void pod_host_namespaces(struct pod_check *check)
{
    static const char *const FIELDS[] = {"hostNetwork", "hostPID", "hostIPC"};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        if (json_bool(check->spec, false, FIELDS[i]))
            pod_check_add(check, NULL, FIELDS[i], "must not be true");
    }
}

static void container_privileged(struct pod_check *check, const cJSON *container)
{
    if (json_bool(container, false, "securityContext", "privileged"))
        pod_check_add(check, name_of(container), "securityContext.privileged",
                      "must not be true");
}

static void check_added(struct pod_check *check, const cJSON *container,
                        const char *const *allowed)
{
    const cJSON *added = json_at(container, "securityContext", "capabilities", "add");
    json_each (capability, added) {
        const char *name = cJSON_GetStringValue(capability);
        if (name && !is_one_of(name, allowed))
            pod_check_add(check, name_of(container), "securityContext.capabilities.add",
                          "must not include \"%s\"", name);
    }
}

static void container_capabilities(struct pod_check *check, const cJSON *container)
{
    static const char *const DEFAULT_SET[] = {
        "AUDIT_WRITE", "CHOWN",      "DAC_OVERRIDE",     "FOWNER", "FSETID",
        "KILL",        "MKNOD",      "SETFCAP",          "SETGID", "SETPCAP",
        "SETUID",      "SYS_CHROOT", "NET_BIND_SERVICE", NULL};
    check_added(check, container, DEFAULT_SET);
}

static void pod_host_paths(struct pod_check *check)
{
    const cJSON *volumes = json_at(check->spec, "volumes");
    json_each (volume, volumes) {
        if (json_at(volume, "hostPath"))
            pod_check_add(check, NULL, "volumes", "must not have a hostPath: \"%s\"",
                          name_of(volume));
    }
}

static void container_host_ports(struct pod_check *check, const cJSON *container)
{
    const cJSON *ports = json_at(container, "ports");
    json_each (port, ports) {
        int64_t number = json_int(port, 0, "hostPort");
        if (number)
            pod_check_add(check, name_of(container), "ports.hostPort",
                          "must not be set: %d", (int)number);
    }
}

static const char *const CONFINED[] = {"RuntimeDefault", "Localhost", NULL};

/* The type of a profile that is set and not confined; NULL: there is none such. */
static const char *unconfined(const cJSON *owner, const char *profile)
{
    const cJSON *set = json_at(owner, "securityContext", profile);
    const char *type = json_str_or(set, "", "type");
    return set && !is_one_of(type, CONFINED) ? type : NULL;
}

static void pod_app_armor(struct pod_check *check)
{
    static const char *const PREFIX = "container.apparmor.security.beta.kubernetes.io/";
    const cJSON *annotations = json_at(check->meta, "annotations");
    if (unconfined(check->spec, "appArmorProfile"))
        pod_check_add(check, NULL, "securityContext.appArmorProfile.type",
                      "must be RuntimeDefault or Localhost");
    json_each (annotation, annotations) {
        const char *value = cJSON_GetStringValue(annotation);
        if (value && ascii_has_prefix(annotation->string, PREFIX) && *value &&
            strcmp(value, "runtime/default") != 0 &&
            !ascii_has_prefix(value, "localhost/"))
            pod_check_add(check, annotation->string + strlen(PREFIX),
                          "AppArmor annotation",
                          "must be runtime/default or localhost/NAME");
    }
}

static void container_app_armor(struct pod_check *check, const cJSON *container)
{
    if (unconfined(container, "appArmorProfile"))
        pod_check_add(check, name_of(container), "securityContext.appArmorProfile.type",
                      "must be RuntimeDefault or Localhost");
}

static void check_selinux(struct pod_check *check, const cJSON *owner,
                          const char *container)
{
    static const char *const TYPES[] = {"", "container_t", "container_init_t",
                                        "container_kvm_t", NULL};
    const cJSON *options = json_at(owner, "securityContext", "seLinuxOptions");
    const char *type = json_str_or(options, "", "type");
    bool engine = check->minor >= 31 && strcmp(type, "container_engine_t") == 0;
    if (!is_one_of(type, TYPES) && !engine)
        pod_check_add(check, container, "securityContext.seLinuxOptions.type",
                      "must not be \"%s\"", type);
    if (*json_str_or(options, "", "user"))
        pod_check_add(check, container, "securityContext.seLinuxOptions.user",
                      "must not be set");
    if (*json_str_or(options, "", "role"))
        pod_check_add(check, container, "securityContext.seLinuxOptions.role",
                      "must not be set");
}

static void pod_selinux(struct pod_check *check)
{
    check_selinux(check, check->spec, NULL);
}

static void container_selinux(struct pod_check *check, const cJSON *container)
{
    check_selinux(check, container, name_of(container));
}

static void container_proc_mount(struct pod_check *check, const cJSON *container)
{
    const char *mount = json_str(container, "securityContext", "procMount");
    if (mount && strcmp(mount, "Default") != 0)
        pod_check_add(check, name_of(container), "securityContext.procMount",
                      "must be Default");
}

static void container_proc_mount_baseline(struct pod_check *check,
                                          const cJSON *container)
{
    if (!in_user_namespace(check))
        container_proc_mount(check, container);
}

static void pod_seccomp_baseline(struct pod_check *check)
{
    if (unconfined(check->spec, "seccompProfile"))
        pod_check_add(check, NULL, "securityContext.seccompProfile.type",
                      "must be RuntimeDefault or Localhost");
}

static void container_seccomp_baseline(struct pod_check *check, const cJSON *container)
{
    if (unconfined(container, "seccompProfile"))
        pod_check_add(check, name_of(container), "securityContext.seccompProfile.type",
                      "must be RuntimeDefault or Localhost");
}

static void pod_sysctls(struct pod_check *check)
{
    static const struct {
        const char *name;
        int since;
    } SAFE[] = {
        {"kernel.shm_rmid_forced", 0},
        {"net.ipv4.ip_local_port_range", 0},
        {"net.ipv4.ip_unprivileged_port_start", 0},
        {"net.ipv4.ping_group_range", 0},
        {"net.ipv4.tcp_syncookies", 0},
        {"net.ipv4.ip_local_reserved_ports", 27},
        {"net.ipv4.tcp_fin_timeout", 29},
        {"net.ipv4.tcp_keepalive_intvl", 29},
        {"net.ipv4.tcp_keepalive_probes", 29},
        {"net.ipv4.tcp_keepalive_time", 29},
        {"net.ipv4.tcp_rmem", 32},
        {"net.ipv4.tcp_wmem", 32},
        {"net.ipv4.tcp_notsent_lowat", 37},
        {"net.ipv4.tcp_slow_start_after_idle", 37},
    };
    const cJSON *sysctls = json_at(check->spec, "securityContext", "sysctls");
    json_each (sysctl, sysctls) {
        bool safe = false;
        for (size_t i = 0; i < sizeof SAFE / sizeof *SAFE; i++)
            safe |= check->minor >= SAFE[i].since &&
                    strcmp(name_of(sysctl), SAFE[i].name) == 0;
        if (!safe)
            pod_check_add(check, NULL, "securityContext.sysctls",
                          "must not include \"%s\"", name_of(sysctl));
    }
}

static void check_handler(struct pod_check *check, const cJSON *container,
                          const cJSON *handler, const char *field)
{
    if (*json_str_or(handler, "", "httpGet", "host") ||
        *json_str_or(handler, "", "tcpSocket", "host"))
        pod_check_add(check, name_of(container), field, "must not name a host");
}

static void container_probe_hosts(struct pod_check *check, const cJSON *container)
{
    static const char *const PROBES[] = {"livenessProbe", "readinessProbe",
                                         "startupProbe"};
    static const char *const HOOKS[] = {"postStart", "preStop"};
    for (size_t i = 0; i < sizeof PROBES / sizeof *PROBES; i++)
        check_handler(check, container, json_at(container, PROBES[i]), PROBES[i]);
    for (size_t i = 0; i < sizeof HOOKS / sizeof *HOOKS; i++)
        check_handler(check, container, json_at(container, "lifecycle", HOOKS[i]),
                      HOOKS[i]);
}

/* ---- restricted */

static void pod_volumes(struct pod_check *check)
{
    static const char *const TYPES[] = {
        "configMap", "csi",   "downwardAPI",           "emptyDir",
        "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",    NULL};
    const cJSON *volumes = json_at(check->spec, "volumes");
    json_each (volume, volumes) {
        bool allowed = false, typed = false;
        json_each (member, volume) {
            allowed |= is_one_of(member->string, TYPES);
            typed |= strcmp(member->string, "name") != 0;
        }
        /* Without a source it is an emptyDir by default. */
        if (typed && !allowed)
            pod_check_add(
                check, NULL, "volumes",
                "must not have the type of \"%s\": allowed are configMap, csi, "
                "downwardAPI, emptyDir, ephemeral, image, "
                "persistentVolumeClaim, projected and secret",
                name_of(volume));
    }
}

static void container_escalation(struct pod_check *check, const cJSON *container)
{
    if (json_bool(container, true, "securityContext", "allowPrivilegeEscalation"))
        pod_check_add(check, name_of(container),
                      "securityContext.allowPrivilegeEscalation", "must be false");
}

static void pod_non_root(struct pod_check *check)
{
    const cJSON *set = json_at(check->spec, "securityContext", "runAsNonRoot");
    if (cJSON_IsFalse(set) && !in_user_namespace(check))
        pod_check_add(check, NULL, "securityContext.runAsNonRoot", "must be true");
}

static void container_non_root(struct pod_check *check, const cJSON *container)
{
    const cJSON *own = json_at(container, "securityContext", "runAsNonRoot");
    bool pod = json_bool(check->spec, false, "securityContext", "runAsNonRoot");
    bool held = cJSON_IsBool(own) ? cJSON_IsTrue(own) : pod;
    if (!held && !in_user_namespace(check))
        pod_check_add(check, name_of(container), "securityContext.runAsNonRoot",
                      "must be true, here or for the pod");
}

static void check_user(struct pod_check *check, const cJSON *owner,
                       const char *container)
{
    if (json_int(owner, 1, "securityContext", "runAsUser") == 0 &&
        !in_user_namespace(check))
        pod_check_add(check, container, "securityContext.runAsUser", "must not be 0");
}

static void pod_user(struct pod_check *check)
{
    check_user(check, check->spec, NULL);
}

static void container_user(struct pod_check *check, const cJSON *container)
{
    check_user(check, container, name_of(container));
}

static void container_seccomp(struct pod_check *check, const cJSON *container)
{
    const cJSON *own = json_at(container, "securityContext", "seccompProfile");
    const cJSON *pod = json_at(check->spec, "securityContext", "seccompProfile");
    /* A bad value is the baseline's finding already. */
    if (!own && !pod)
        pod_check_add(check, name_of(container), "securityContext.seccompProfile.type",
                      "must be RuntimeDefault or Localhost, here or for the pod");
}

static void container_drop_all(struct pod_check *check, const cJSON *container)
{
    static const char *const BIND[] = {"NET_BIND_SERVICE", NULL};
    const cJSON *dropped =
        json_at(container, "securityContext", "capabilities", "drop");
    bool all = false;
    json_each (capability, dropped)
        all |=
            cJSON_IsString(capability) && strcmp(capability->valuestring, "ALL") == 0;
    if (!all)
        pod_check_add(check, name_of(container), "securityContext.capabilities.drop",
                      "must include \"ALL\"");
    check_added(check, container, BIND);
}

const struct pod_rule pod_rules[] = {
    {POD_BASELINE, 0, false, pod_host_process, container_host_process},
    {POD_BASELINE, 0, false, pod_host_namespaces, NULL},
    {POD_BASELINE, 0, false, NULL, container_privileged},
    {POD_BASELINE, 0, false, NULL, container_capabilities},
    {POD_BASELINE, 0, false, pod_host_paths, NULL},
    {POD_BASELINE, 0, false, NULL, container_host_ports},
    {POD_BASELINE, 0, false, pod_app_armor, container_app_armor},
    {POD_BASELINE, 0, false, pod_selinux, container_selinux},
    {POD_BASELINE, 0, false, NULL, container_proc_mount_baseline},
    {POD_BASELINE, 0, false, pod_seccomp_baseline, container_seccomp_baseline},
    {POD_BASELINE, 0, false, pod_sysctls, NULL},
    {POD_BASELINE, 34, false, NULL, container_probe_hosts},
    {POD_RESTRICTED, 0, false, pod_volumes, NULL},
    {POD_RESTRICTED, 0, true, NULL, container_escalation},
    {POD_RESTRICTED, 0, false, pod_non_root, container_non_root},
    {POD_RESTRICTED, 23, false, pod_user, container_user},
    {POD_RESTRICTED, 0, true, NULL, container_seccomp},
    {POD_RESTRICTED, 22, true, NULL, container_drop_all},
    {POD_RESTRICTED, 35, false, NULL, container_proc_mount},
    {0},
};
