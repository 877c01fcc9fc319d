#include "controller/config/config.h"

#include "controller/config/config_sidecars.h"
#include "controller/config/config_value.h"
#include "kubeclient/base/yaml.h"

#include <stdlib.h>
#include <string.h>

/* Whether keys lie in the mapping of that path or deeper. */
static bool is_section(const char *path)
{
    size_t len = strlen(path);
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (strncmp(key->section, path, len) == 0 &&
            (key->section[len] == '\0' || key->section[len] == '.'))
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

static bool read_value(const struct reading *in, const struct config_key *key,
                       const cJSON *value, const char *path, struct err *err)
{
    struct config_place at = {.value = value, .path = path};
    return config_value_from_json(key, value, in->config, &at, err) ||
           fail_at(in->source, in->doc, at.value, at.path, err);
}

/* Sections lie in sections, as deep as paths in the table do. */
static bool read_section(const struct reading *in, const char *section,
                         const cJSON *mapping, struct err *err)
{
    if (!cJSON_IsObject(mapping)) {
        err_set(err, ERR_INVALID, "must be a mapping");
        return fail_at(in->source, in->doc, mapping, section, err);
    }
    json_each (member, mapping) {
        const struct config_key *key = config_key_by_path(section, member->string);
        const char *path = arena_printf(in->config->arena, "%s%s%s", section,
                                        section[0] ? "." : "", member->string);
        if (!section[0] && (strcmp(member->string, "apiVersion") == 0 ||
                            strcmp(member->string, "kind") == 0))
            continue;
        if (!key && !is_section(path)) {
            err_set(err, ERR_INVALID, "unknown key");
            return fail_at(in->source, in->doc, member, path, err);
        }
        if (!(key ? read_value(in, key, member, path, err)
                  : read_section(in, path, member, err)))
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
    return check_identity(in, root, err) && read_section(in, "", root, err);
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
            return flags[i].variable ? err_wrap(err, "%s", flags[i].variable)
                                     : err_wrap(err, "--%s", flags[i].key->flag);
    }
    return true;
}

/* The sidecars of a pod share its ports, and the runner has one. */
static bool check_ports(const struct session_sidecar *sidecars, struct err *err)
{
    for (const struct session_sidecar *one = sidecars; one->container; one++) {
        if (*one->image && one->port == RUNNER_PORT)
            return err_set(err, ERR_INVALID, "port %d of %s is the runner's", one->port,
                           one->container);
        for (const struct session_sidecar *other = sidecars; other != one; other++) {
            if (*one->image && *other->image && one->port == other->port)
                return err_set(err, ERR_INVALID, "%s and %s have the same port %d",
                               other->container, one->container, one->port);
        }
    }
    return true;
}

/* What no key can tell by itself. */
static bool check_together(const struct config *config, const char *source,
                           struct err *err)
{
    const struct session_vertex *vertex = &config->session.vertex;
    bool ok = check_ports(config->session.sidecars, err);
    if (ok && vertex->enabled && !*vertex->project_id)
        ok = err_set(err, ERR_INVALID,
                     "session.vertex.enabled needs session.vertex.projectID");
    return ok || (source ? err_wrap(err, "%s", source) : false);
}

/* What reconcilers read otherwise than the document says it. */
static void finish(struct config *config)
{
    static const char *const PROFILES[] = {[APP_ARMOR_DEFAULT] = "",
                                           [APP_ARMOR_UNCONFINED] = "Unconfined",
                                           [APP_ARMOR_RUNTIME] = "RuntimeDefault"};
    config->project.openshift = config->platform == PLATFORM_OPENSHIFT;
    config->session.app_armor_profile = PROFILES[config->app_armor];
    config->session.sidecars = config_sidecars(config);
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
        read_flags(config, flags, count, err)) {
        finish(config);
        if (check_together(config, source, err))
            return config;
    }
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
        .session = &config->session,
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
