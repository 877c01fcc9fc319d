#include "kubeclient/net/kubeconfig.h"

#include "kubeclient/base/alloc.h"
#include "kubeclient/base/map.h"
#include "kubeclient/base/strbuf.h"
#include "kubeclient/net/kubeconfig_entry.h"

#include <string.h>

/* Room for the paths of a long $KUBECONFIG; err_set() shortens them. */
static const size_t PATHS_MAX = 64 * 1024;

struct kubeconfig {
    struct kubeconfig_file *files; /* the first wins */
    size_t count;
};

static const struct {
    const char *list, *kind;
} LISTS[] = {{"clusters", "cluster"}, {"users", "user"}, {"contexts", "context"}};

/* A context's fields. */
struct reference {
    char *cluster, *user, *ns;
};

static const struct kubeconfig_field CONTEXT_FIELDS[] = {
    {"cluster", KUBECONFIG_STRING, offsetof(struct reference, cluster)},
    {"user", KUBECONFIG_STRING, offsetof(struct reference, user)},
    {"namespace", KUBECONFIG_STRING, offsetof(struct reference, ns)},
    {NULL, 0, 0},
};

struct kubeconfig *kubeconfig_new(void)
{
    return xcalloc(1, sizeof(struct kubeconfig));
}

void kubeconfig_free(struct kubeconfig **kubeconfig)
{
    if (!*kubeconfig)
        return;
    for (size_t i = 0; i < (*kubeconfig)->count; i++) {
        struct kubeconfig_file *file = &(*kubeconfig)->files[i];
        json_free_secret(file->root);
        yaml_close(&file->doc);
        free(file->path);
    }
    free((*kubeconfig)->files);
    free(*kubeconfig);
    *kubeconfig = NULL;
}

/* ---- one file */

static bool check_text(const struct kubeconfig_file *file, const char *name,
                       const char *wanted, struct err *err)
{
    const cJSON *value = json_at(file->root, name);
    if (kubeconfig_empty(value))
        return true;
    if (!cJSON_IsString(value))
        return kubeconfig_fail_at(file, value, err, "%s must be a string", name);
    if (wanted && strcmp(value->valuestring, wanted) != 0)
        return kubeconfig_fail_at(file, value, err, "%s must be %s", name, wanted);
    return true;
}

/* An item is {name, KIND: {...}}. */
static bool check_item(const struct kubeconfig_file *file, const cJSON *item,
                       const char *kind, struct map *names, struct err *err)
{
    const char *name = json_str(item, "name");
    const cJSON *fields = json_at(item, kind);
    if (!name || !name[0])
        return kubeconfig_fail_at(file, item, err, "a %s has no name", kind);
    if (fields && !cJSON_IsNull(fields) && !cJSON_IsObject(fields))
        return kubeconfig_fail_at(file, fields, err, "%s \"%s\" must hold a mapping",
                                  kind, name);
    /* A set: the value says nothing. */
    if (map_put(names, name, names))
        return kubeconfig_fail_at(file, item, err, "%s \"%s\" is there twice", kind,
                                  name);
    return true;
}

static bool check_list(const struct kubeconfig_file *file, const char *list_name,
                       const char *kind, struct err *err)
{
    const cJSON *list = json_at(file->root, list_name);
    if (kubeconfig_empty(list))
        return true;
    if (!cJSON_IsArray(list))
        return kubeconfig_fail_at(file, list, err, "%s must be a list", list_name);
    struct map names;
    map_init_borrowed(&names, 0);
    bool ok = true;
    json_each (item, list)
        ok = ok && check_item(file, item, kind, &names, err);
    map_fini(&names);
    return ok;
}

static bool check_file(const struct kubeconfig_file *file, struct err *err)
{
    if (!cJSON_IsObject(file->root))
        return kubeconfig_fail_at(file, file->root, err, "must be a mapping");
    if (!check_text(file, "apiVersion", "v1", err) ||
        !check_text(file, "kind", "Config", err) ||
        !check_text(file, "current-context", NULL, err))
        return false;
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        if (!check_list(file, LISTS[i].list, LISTS[i].kind, err))
            return false;
    }
    return true;
}

bool kubeconfig_add(struct kubeconfig *kubeconfig, const char *path, const char *text,
                    size_t len, struct err *err)
{
    struct yaml_doc *doc = yaml_parse(path, text, len, err);
    if (!doc)
        return false;
    kubeconfig->files = xreallocarray(kubeconfig->files, kubeconfig->count + 1,
                                      sizeof *kubeconfig->files);
    struct kubeconfig_file *file = &kubeconfig->files[kubeconfig->count++];
    *file = (struct kubeconfig_file){.path = xstrdup(path), .doc = doc};
    if (yaml_count(doc) == 0)
        return true;
    if (yaml_count(doc) > 1)
        return err_set(err, ERR_INVALID, "%s: holds more than one document", path);
    file->root = yaml_detach(doc, 0);
    return check_file(file, err);
}

/* ---- all files */

static bool find(const struct kubeconfig *kubeconfig, const char *kind,
                 const char *name, struct kubeconfig_entry *entry)
{
    const char *list = NULL;
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        if (strcmp(LISTS[i].kind, kind) == 0)
            list = LISTS[i].list;
    }
    for (size_t i = 0; i < kubeconfig->count; i++) {
        const struct kubeconfig_file *file = &kubeconfig->files[i];
        const cJSON *item = json_find(json_at(file->root, list), "name", name);
        if (!item)
            continue;
        *entry = (struct kubeconfig_entry){.file = file,
                                           .kind = kind,
                                           .name = json_str(item, "name"),
                                           .item = item,
                                           .fields = json_at(item, kind),
                                           .prefix = ""};
        return true;
    }
    return false;
}

/* "A, B": owned by the caller. */
static char *all_paths(const struct kubeconfig *kubeconfig)
{
    struct strbuf paths;
    strbuf_init(&paths, PATHS_MAX);
    for (size_t i = 0; i < kubeconfig->count; i++)
        strbuf_addf(&paths, "%s%s", i ? ", " : "", kubeconfig->files[i].path);
    return strbuf_detach(&paths);
}

/* The context that is asked for: `name`, or the current one. */
static bool find_context(const struct kubeconfig *kubeconfig, const char *name,
                         struct kubeconfig_entry *context, struct err *err)
{
    const struct kubeconfig_file *file = NULL;
    for (size_t i = 0; i < kubeconfig->count && (!name || !name[0]); i++) {
        file = &kubeconfig->files[i];
        name = json_str(file->root, "current-context");
    }
    auto_free char *paths = all_paths(kubeconfig);
    if (!name || !name[0])
        return err_set(err, ERR_INVALID, "%s: current-context is missing", paths);
    if (find(kubeconfig, "context", name, context))
        return true;
    if (!file)
        return err_set(err, ERR_INVALID, "%s: there is no context \"%s\"", paths, name);
    return kubeconfig_fail_at(file, json_at(file->root, "current-context"), err,
                              "current-context: there is no context \"%s\"", name);
}

/* ---- the chosen context */

/* What the context refers to. A context without a user is an anonymous one. */
static bool read_reference(const struct kubeconfig *kubeconfig,
                           const struct kubeconfig_entry *context,
                           const struct reference *reference,
                           struct kube_config *config, struct err *err)
{
    static const char UNKNOWN[] = "there is no %s \"%s\"";
    struct kubeconfig_entry cluster, user;
    if (!reference->cluster)
        return kubeconfig_fail(context, NULL, err, "cluster is missing");
    if (!find(kubeconfig, "cluster", reference->cluster, &cluster))
        return kubeconfig_fail(context, json_at(context->fields, "cluster"), err,
                               UNKNOWN, "cluster", reference->cluster);
    if (reference->user && !find(kubeconfig, "user", reference->user, &user))
        return kubeconfig_fail(context, json_at(context->fields, "user"), err, UNKNOWN,
                               "user", reference->user);
    return kubeconfig_read_cluster(&cluster, config, err) &&
           (!reference->user || kubeconfig_read_user(&user, config, err)) &&
           kubeconfig_read_extension(&cluster, config->exec, err);
}

bool kubeconfig_resolve(const struct kubeconfig *kubeconfig, const char *name,
                        struct kube_config *config, struct err *err)
{
    struct kubeconfig_entry context;
    struct reference reference = {0};
    struct kube_config result = {0};
    if (!find_context(kubeconfig, name, &context, err))
        return false;
    bool ok = kubeconfig_read(&context, CONTEXT_FIELDS, &reference, err) &&
              read_reference(kubeconfig, &context, &reference, &result, err);
    struct strbuf source;
    strbuf_init(&source, PATHS_MAX);
    strbuf_addf(&source, "context %.253s in %s", context.name, context.file->path);
    result.source = strbuf_detach(&source);
    result.ns = reference.ns;
    free(reference.cluster);
    free(reference.user);
    if (ok)
        *config = result;
    else
        kube_config_fini(&result);
    return ok;
}
