#include "controller/cli/command.h"
#include "controller/cli/render_output.h"
#include "controller/config_file.h"
#include "kubeclient/api/condition.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/yaml.h"
#include "reconcilers/rehearse_all.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const size_t FILE_MAX = 16 * 1024 * 1024; /* more than etcd holds of one kind */

static const struct command_option OPTIONS[] = {
    {"filename", 'f', "FILE_OR_DIR", "Resources and what they refer to; -: stdin"},
    {"config", 0, "FILE", "ControllerConfiguration; else ConfigMap berth's, if given"},
    {"namespace", 'n', "NAME", "Berth's own namespace; default berth-system"},
    {"output", 'o', "FORMAT", "yaml (default) or json"},
    {"merged", 0, NULL, "Print whole objects as they would be, not Berth's part"},
    {"explain", 0, NULL, "Add conditions and events, as comments (yaml only)"},
    {.name = NULL},
};

static const char *const SETTINGS[] = {"feature-gates", NULL};

/* ---- input */

/* Of Secrets plans see the names of keys only, as they do in a cluster. */
static void forget_values(cJSON *secret)
{
    static const char *const PARTS[] = {"stringData", "data"};
    cJSON *keys = json_object();
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        json_each (item, json_at(secret, PARTS[i]))
            json_set(keys, json_null(), item->string);
    }
    json_remove(secret, "stringData");
    json_set(secret, keys, "data");
}

/* What Berth makes belongs to its owner by uid, and files have none: the output says
 * whose it will be. */
static void identify(cJSON *object)
{
    const char *kind = json_str_or(object, "", "kind");
    char uid[512];
    cJSON *items = json_member(object, "items");
    for (cJSON *item = items ? items->child : NULL; item; item = item->next)
        identify(item);
    if (strcmp(kind, KUBE_SECRETS.kind) == 0)
        forget_values(object);
    for (size_t i = 0; reconcilers[i]; i++) {
        if (kube_uid(object)[0] || strcmp(kind, reconcilers[i]->primary->kind) != 0)
            continue;
        snprintf(uid, sizeof uid, "uid-of-%s-%s", kind, kube_name(object));
        json_set_str(object, uid, "metadata", "uid");
    }
}

static bool load_text(struct object_set *set, const char *source, const char *text,
                      size_t len, struct err *err)
{
    struct yaml_doc *doc = yaml_parse(source, text, len, err);
    bool ok = doc != NULL;
    for (size_t i = 0; ok && i < yaml_count(doc); i++) {
        struct yaml_mark mark = yaml_mark(doc, yaml_root(doc, i));
        cJSON *object = yaml_detach(doc, i);
        identify(object);
        ok = object_set_add(set, object, err) ||
             err_wrap(err, "%s:%zu:%zu", source, mark.line, mark.column);
    }
    yaml_close(&doc);
    return ok;
}

static bool load_file(struct object_set *set, const char *path, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    char *text;
    size_t len;
    if (!file_read(is_stdin ? "/dev/stdin" : path, FILE_MAX, &text, &len, err))
        return false;
    bool ok = load_text(set, is_stdin ? "stdin" : path, text, len, err);
    free(text);
    return ok;
}

static int is_manifest(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot &&
           (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 ||
            strcmp(dot, ".json") == 0);
}

static bool load_folder(struct object_set *set, const char *folder, struct err *err)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_manifest, alphasort);
    if (count < 0)
        return err_set(err, ERR_INVALID, "%s: %s", folder, strerror(errno));
    bool ok = count > 0 ||
              err_set(err, ERR_INVALID, "%s: no .yaml, .yml or .json file", folder);
    struct arena *arena = arena_new();
    for (int i = 0; i < count; i++) {
        ok = ok &&
             load_file(set, arena_printf(arena, "%s/%s", folder, entries[i]->d_name),
                       err);
        free(entries[i]);
    }
    free(entries);
    arena_free(&arena);
    return ok;
}

static bool load(struct object_set *set, const char *path, struct err *err)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return load_folder(set, path, err);
    return load_file(set, path, err);
}

/* Every cluster has it, and few files do: its address tells the family of pods'. */
static bool add_api_service(struct object_set *set, struct err *err)
{
    if (object_set_get(set, &KUBE_SERVICES, "default", "kubernetes"))
        return true;
    cJSON *service = json_object();
    json_set_str(service, "v1", "apiVersion");
    json_set_str(service, KUBE_SERVICES.kind, "kind");
    json_set_str(service, "kubernetes", "metadata", "name");
    json_set_str(service, "default", "metadata", "namespace");
    json_set_str(service, "10.96.0.1", "spec", "clusterIP");
    return object_set_add(set, service, err);
}

/* As the daemon: from the file, else from ConfigMap berth of Berth's own namespace,
 * which may be among the resources. */
static struct config *load_config(const struct command_args *args,
                                  const struct object_set *set, const char *ns,
                                  struct err *err)
{
    const char *path = command_value(args, "config");
    const cJSON *map = object_set_get(set, &KUBE_CONFIG_MAPS, ns, "berth");
    const char *document = json_str(map, "data", "config.yaml");
    char *text = NULL;
    size_t len = document ? strlen(document) : 0;
    if (path && !file_read(path, FILE_MAX, &text, &len, err))
        return NULL;
    struct config *config =
        config_build(path ? path : "ConfigMap berth", path ? text : document, len,
                     args->settings, args->setting_count, err);
    free(text);
    return config;
}

/* ---- rendering */

static int fail(const struct err *err)
{
    fprintf(stderr, "berth render: %s\n", err->msg);
    return EXIT_FAILED;
}

/* Not Ready, and nothing is wrong: without a node no pod runs. */
static bool is_as_asked(const struct plan *plan)
{
    const char *phase = json_str_or(plan->status, "", "phase");
    return strcmp(phase, "Creating") == 0 || strcmp(phase, "Stopped") == 0;
}

/* Prints why a resource cannot be rendered; false: it can. */
static bool is_refused(const struct plan *plan, const struct kube_resource *resource,
                       const struct kube_key *key)
{
    const cJSON *ready = condition_find(json_at(plan->status, "conditions"), "Ready");
    if (!ready || strcmp(json_str_or(ready, "", "status"), "False") != 0 ||
        is_as_asked(plan))
        return false;
    fprintf(stderr, "berth render: %s %s: %s: %s\n", resource->kind,
            kube_key_text(plan->arena, key->ns, key->name),
            json_str_or(ready, "", "reason"), json_str_or(ready, "", "message"));
    return true;
}

static int render_one(const struct rehearsed *primary, const struct object_set *given,
                      struct render_output *output)
{
    const struct kube_resource *resource = primary->reconciler->primary;
    if (!primary->plan) {
        fprintf(stderr, "berth render: %s %s: %s\n", resource->kind, primary->key.name,
                primary->err.msg);
        return EXIT_REFUSED;
    }
    render_plan(output, given, resource, &primary->key, primary->plan);
    return is_refused(primary->plan, resource, &primary->key) ? EXIT_REFUSED
                                                              : EXIT_DONE;
}

static int render_all(struct object_set *given, const struct reconcile_config *config,
                      struct render_output *output)
{
    int code = EXIT_DONE;
    struct err err;
    struct arena *arena = arena_new();
    struct object_set *set = object_set_copy(given);
    const struct rehearsed *primary = NULL;
    if (!rehearse_all(set, config, arena, &primary, &err))
        code = fail(&err);
    for (; primary; primary = primary->next) {
        int one = render_one(primary, given, output);
        code = one > code ? one : code;
    }
    object_set_free(&set);
    arena_free(&arena);
    return code;
}

/* ---- the verb */

static int render(const struct command_args *args, struct object_set *set)
{
    struct err err;
    const char *ns = command_value(args, "namespace");
    ns = ns ? ns : "berth-system";
    struct config *config = load_config(args, set, ns, &err);
    if (!config)
        return fail(&err);
    config->project.service_account = "berth";
    const struct reconcile_config reconcile = config_for_reconcilers(config, ns);
    struct render_output output;
    render_output_init(&output, command_value(args, "output"),
                       command_switch(args, "merged"), command_switch(args, "explain"));
    int code = render_all(set, &reconcile, &output);
    if (!render_output_finish(&output, stdout)) {
        fprintf(stderr, "berth render: the output is too long or cannot be written\n");
        code = EXIT_FAILED;
    }
    config_free(&config);
    return code;
}

static int run(const struct command_args *args)
{
    const char *path = command_value(args, "filename");
    const char *format = command_value(args, "output");
    if (!path) {
        fprintf(stderr, "berth render: --filename is needed\n");
        return EXIT_USAGE;
    }
    if (format && strcmp(format, "yaml") != 0 && strcmp(format, "json") != 0) {
        fprintf(stderr, "berth render: --output must be yaml or json, not \"%s\"\n",
                format);
        return EXIT_USAGE;
    }
    struct err err;
    struct object_set *set = object_set_new(reconcilers);
    bool loaded = load(set, path, &err) && add_api_service(set, &err);
    int code = loaded ? render(args, set) : fail(&err);
    object_set_free(&set);
    return code;
}

const struct command command_render = {
    .name = "render",
    .summary = "Print what Berth would apply for resources in files, without a cluster",
    .details =
        "The files hold the resources and what they refer to: workloads, ConfigMaps,\n"
        "Secrets. What Berth makes of one counts for the others: a session finds the\n"
        "namespace, Secret and policy that its Project comes with. The cluster is an "
        "IPv4\none unless the files hold Service default/kubernetes.\n"
        "Exit code 0: all were rendered; 1: unreadable or invalid input; 2: one cannot "
        "be\nrendered, for example because its target is missing: stderr says why.",
    .options = OPTIONS,
    .settings = SETTINGS,
    .run = run,
};
