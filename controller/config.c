#include "controller/config.h"

#include "controller/config_value.h"
#include "kubeclient/base/yaml.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct config, name)

const struct config_key config_keys[] = {
    {"", "featureGates", CONFIG_GATES, FIELD(features), "", "feature-gates", true,
     "Feature gates: name=true|false, comma-separated"},
    {"", "watchNamespaces", CONFIG_LIST, FIELD(watch_namespaces), "", "namespaces",
     false, "Namespaces to watch, comma-separated; none: all"},
    {"", "takeOverFrom", CONFIG_LIST, FIELD(take_over_from), "manager", NULL, true,
     "Field managers of predecessors whose fields Berth takes over"},
    {"metrics", "bindAddress", CONFIG_STRING, FIELD(metrics_bind_address), ":8080",
     "metrics-bind-address", false, "Where /metrics is served; 0: nowhere"},
    {"metrics", "perObjectSeries", CONFIG_BOOL, FIELD(per_object_series), "true", NULL,
     true, "Count objects by their Ready condition"},
    {"health", "bindAddress", CONFIG_STRING, FIELD(health_bind_address), ":8081",
     "health-probe-bind-address", false,
     "Where /healthz, /readyz, /livez and /debug/state are served; 0: nowhere"},
    {"health", "debugFromAnywhere", CONFIG_BOOL, FIELD(debug_from_anywhere), "false",
     NULL, true, "Answer /debug/state to others than loopback"},
    {"logging", "level", CONFIG_LEVEL, FIELD(log_level), "info", "log-level", true,
     "debug, info, warn or error"},
    {"logging", "format", CONFIG_FORMAT, FIELD(log_format), "json", "log-format", true,
     "json or text"},
    {"concurrency", "maxReconciles", CONFIG_COUNT, FIELD(max_reconciles), "32", NULL,
     false, "Reconciles in flight at once"},
    {"agentRuntime", "platformConfigMap", CONFIG_STRING, FIELD(platform_config_map),
     "kagenti-platform-config", NULL, true,
     "ConfigMap with platform defaults, in the controller's namespace"},
    {"project", "reservedNamespaces", CONFIG_LIST, FIELD(project.reserved_namespaces),
     "", NULL, true, "Namespaces that no Project may have, comma-separated"},
    {"project", "imageNamespace", CONFIG_STRING, FIELD(project.image_namespace), "",
     NULL, true, "Namespace whose images the pods of projects may pull and build"},
    {"project", "controlPlaneNamespace", CONFIG_STRING,
     FIELD(project.control_plane_namespace), "ambient-code", NULL, true,
     "Namespace of the ambient-code control plane"},
    {"project", "controlPlaneServiceAccount", CONFIG_STRING,
     FIELD(project.control_plane_account), "ambient-control-plane", NULL, true,
     "ServiceAccount of the ambient-code control plane"},
    {"session", "clientNamespaces", CONFIG_LIST, FIELD(project.client_namespaces),
     "ambient-code,.", NULL, true,
     "Namespaces whose pods may reach runners; \".\" is Berth's own; none: nobody"},
    {"openShell", "policyConfigMap", CONFIG_STRING, FIELD(project.policy_config_map),
     "openshell-policy", NULL, true,
     "ConfigMap with the sandbox policy, in the controller's namespace"},
    {"openShift", "enabled", CONFIG_BOOL, FIELD(project.openshift), "false", NULL, true,
     "Bind the SecurityContextConstraints that OpenShell needs on OpenShift"},
    {.name = NULL},
};

const struct config_key *config_key_by_flag(const char *flag)
{
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (key->flag && strcmp(key->flag, flag) == 0)
            return key;
    }
    return NULL;
}

static const struct config_key *find_key(const char *section, const char *name)
{
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

static bool is_section(const char *name)
{
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (key->section[0] && strcmp(key->section, name) == 0)
            return true;
    }
    return false;
}

/* Prepends the place of `value` and its path to what is wrong with it. */
static bool fail_at(const char *source, const struct yaml_doc *doc, const cJSON *value,
                    const char *path, struct err *err)
{
    struct yaml_mark mark = yaml_mark(doc, value);
    return err_wrap(err, "%s:%zu:%zu: %s", source, mark.line, mark.column, path);
}

struct reading {
    const char *source;
    const struct yaml_doc *doc;
    struct config *config;
};

static bool read_member(const struct reading *in, const char *section,
                        const cJSON *member, struct err *err)
{
    const struct config_key *key = find_key(section, member->string);
    const char *path = arena_printf(in->config->arena, "%s%s%s", section,
                                    section[0] ? "." : "", member->string);
    if (!key)
        return err_set(err, ERR_INVALID, "unknown key"),
               fail_at(in->source, in->doc, member, path, err);
    const cJSON *where = member;
    if (config_value_from_json(key, member, in->config, &where, err))
        return true;
    if (where != member)
        path = arena_printf(in->config->arena, "%s.%s", path, where->string);
    return fail_at(in->source, in->doc, where, path, err);
}

static bool read_section(const struct reading *in, const cJSON *section,
                         struct err *err)
{
    if (!cJSON_IsObject(section)) {
        err_set(err, ERR_INVALID, "must be a mapping");
        return fail_at(in->source, in->doc, section, section->string, err);
    }
    json_each (member, section) {
        if (!read_member(in, section->string, member, err))
            return false;
    }
    return true;
}

static bool check_identity(const struct reading *in, const cJSON *root, struct err *err)
{
    static const struct {
        const char *name, *wanted;
    } IDENTITY[] = {{"apiVersion", "berth.dev/v1alpha1"},
                    {"kind", "ControllerConfiguration"}};
    for (size_t i = 0; i < sizeof IDENTITY / sizeof *IDENTITY; i++) {
        const char *name = IDENTITY[i].name, *wanted = IDENTITY[i].wanted;
        if (strcmp(json_str_or(root, "", name), wanted) == 0)
            continue;
        err_set(err, ERR_INVALID, "must be %s", wanted);
        const cJSON *value = json_at(root, name);
        return fail_at(in->source, in->doc, value ? value : root, name, err);
    }
    return true;
}

static bool read_document(const struct reading *in, struct err *err)
{
    if (yaml_count(in->doc) == 0)
        return true;
    if (yaml_count(in->doc) > 1)
        return err_set(err, ERR_INVALID, "%s: more than one document", in->source);
    const cJSON *root = yaml_root(in->doc, 0);
    if (!cJSON_IsObject(root))
        return err_set(err, ERR_INVALID, "%s: must be a mapping", in->source);
    if (!check_identity(in, root, err))
        return false;
    json_each (member, root) {
        if (strcmp(member->string, "apiVersion") == 0 ||
            strcmp(member->string, "kind") == 0)
            continue;
        bool ok = is_section(member->string) ? read_section(in, member, err)
                                             : read_member(in, "", member, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_text(struct config *config, const char *source, const char *text,
                      size_t len, struct err *err)
{
    struct yaml_doc *doc = yaml_parse(source, text, len, err);
    if (!doc)
        return false;
    struct reading in = {.source = source, .doc = doc, .config = config};
    bool ok = read_document(&in, err);
    yaml_close(&doc);
    return ok;
}

static bool read_flags(struct config *config, const struct config_flag *flags,
                       size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!config_value_from_text(flags[i].key, flags[i].text, config, err))
            return err_wrap(err, "--%s", flags[i].key->flag);
    }
    return true;
}

struct config *config_build(const char *source, const char *text, size_t len,
                            const struct config_flag *flags, size_t count,
                            struct err *err)
{
    struct arena *arena = arena_new();
    struct config *config = arena_alloc(arena, sizeof *config);
    config->arena = arena;
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (!config_value_from_text(key, key->fallback, config, err))
            abort(); /* a fallback of the table is malformed: a bug */
    }
    if ((!text || read_text(config, source, text, len, err)) &&
        read_flags(config, flags, count, err))
        return config;
    config_free(&config);
    return NULL;
}

struct reconcile_config config_for_reconcilers(const struct config *config,
                                               const char *ns)
{
    return (struct reconcile_config){
        .controller_namespace = ns,
        .features = config->features,
        .take_over_from = config->take_over_from,
        .watch_namespaces = config->watch_namespaces,
        .platform_config_map = config->platform_config_map,
        .project = &config->project,
        .server_version = "",
    };
}

void config_free(struct config **config)
{
    if (!*config)
        return;
    struct arena *arena = (*config)->arena;
    *config = NULL;
    arena_free(&arena);
}

bool config_key_equal(const struct config_key *key, const struct config *a,
                      const struct config *b)
{
    return config_value_equal(key, a, b);
}
