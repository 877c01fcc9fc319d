#include "controller/config/config_sidecars.h"

#include "kubeclient/base/ascii.h"

#include <stdlib.h>
#include <string.h>

enum { PROVIDER_MAX = 40, PORT_NAME_MAX = 15, ARGS_MAX = 64 };

/* The images are the installation's to choose; what their servers take is known. */
static const char BUILT_IN[] =
    "{\"github\": {\"port\": 8091, \"bind\": \"loopback\", \"args\": [\"--port\","
    " \"8091\"], \"bindAllArgs\": [\"--host\", \"0.0.0.0\"]},"
    " \"jira\": {\"port\": 8092, \"args\": [\"--transport\", \"sse\", \"--port\","
    " \"8092\"]},"
    " \"kubeconfig\": {\"port\": 8093, \"args\": [\"--port\", \"8093\","
    " \"--disable-multi-cluster\", \"--kubeconfig\", \"$(CREDENTIAL_FILE)\"]},"
    " \"google\": {\"port\": 8094, \"bind\": \"loopback\", \"args\": [\"--port\","
    " \"8094\"], \"bindAllArgs\": [\"--host\", \"0.0.0.0\"]}}";
static const char MCP_RESOURCES[] =
    "{\"requests\": {\"cpu\": \"100m\", \"memory\": \"128Mi\"},"
    " \"limits\": {\"cpu\": \"500m\", \"memory\": \"256Mi\"}}";
static const char PROVIDER_RESOURCES[] =
    "{\"requests\": {\"cpu\": \"100m\", \"memory\": \"256Mi\"},"
    " \"limits\": {\"cpu\": \"500m\", \"memory\": \"512Mi\"}}";

static cJSON *literal(const char *text)
{
    struct err err;
    cJSON *tree = json_parse(text, strlen(text), &err);
    if (!tree)
        abort(); /* a text of this file is malformed: a bug */
    return tree;
}

/* ---- what a document may say */

typedef bool field_check_fn(struct arena *arena, const cJSON *value,
                            struct config_place *place, struct err *err);

static bool check_text(struct arena *arena, const cJSON *value,
                       struct config_place *place, struct err *err)
{
    (void)arena;
    (void)place;
    return cJSON_IsString(value) || err_set(err, ERR_INVALID, "must be a string");
}

static bool check_port(struct arena *arena, const cJSON *value,
                       struct config_place *place, struct err *err)
{
    (void)arena;
    (void)place;
    int64_t port = cJSON_IsNumber(value) ? json_int_path(value, 0, JSON_PATH(NULL)) : 0;
    return (port > 0 && port <= 65535) ||
           err_set(err, ERR_INVALID, "must be an integer from 1 to 65535");
}

static bool check_words(struct arena *arena, const cJSON *value,
                        struct config_place *place, struct err *err)
{
    (void)arena;
    (void)place;
    bool ok = cJSON_IsArray(value) && json_count(value) <= ARGS_MAX;
    json_each (word, value)
        ok = ok && cJSON_IsString(word);
    return ok ||
           err_set(err, ERR_INVALID, "must be a list of at most %d strings", ARGS_MAX);
}

static bool check_bind(struct arena *arena, const cJSON *value,
                       struct config_place *place, struct err *err)
{
    (void)arena;
    (void)place;
    const char *text = cJSON_GetStringValue(value);
    return (text && (strcmp(text, "all") == 0 || strcmp(text, "loopback") == 0)) ||
           err_set(err, ERR_INVALID, "must be all or loopback");
}

static bool check_resources(struct arena *arena, const cJSON *value,
                            struct config_place *place, struct err *err)
{
    if (!cJSON_IsObject(value))
        return err_set(err, ERR_INVALID, "must be a mapping of requests and limits");
    json_each (part, value) {
        struct config_place at = {.value = part};
        at.path = arena_printf(arena, "%s.%s", place->path, part->string);
        bool known = strcmp(part->string, "requests") == 0 ||
                     strcmp(part->string, "limits") == 0;
        if (!known)
            return config_fail_in(arena, place, part, err, "unknown key");
        if (!config_quantities_check(arena, part, &at, err)) {
            *place = at;
            return false;
        }
    }
    return true;
}

static const struct {
    const char *name;
    field_check_fn *check;
} FIELDS[] = {
    {"image", check_text},          {"port", check_port}, {"command", check_words},
    {"args", check_words},          {"bind", check_bind}, {"bindAllArgs", check_words},
    {"resources", check_resources},
};

static bool check_field(struct arena *arena, const cJSON *field,
                        struct config_place *place, struct err *err)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        if (strcmp(FIELDS[i].name, field->string) != 0)
            continue;
        *place = (struct config_place){
            field, arena_printf(arena, "%s.%s", place->path, field->string)};
        return FIELDS[i].check(arena, field, place, err);
    }
    return config_fail_in(arena, place, field, err, "unknown key");
}

/* The name becomes that of a container, a port and two volumes, and must not be taken
 * there: "credential-k8s" is the container of kubeconfig, "cred-tmp-X" a volume of X.
 */
static bool is_provider_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return len > 0 && len <= PROVIDER_MAX && !name[len] && name[0] != '-' &&
           name[len - 1] != '-' && !strstr(name, "--") && strcmp(name, "k8s") != 0 &&
           !ascii_has_prefix(name, "tmp-");
}

static bool check_provider(struct arena *arena, const cJSON *known,
                           const cJSON *provider, struct config_place *place,
                           struct err *err)
{
    if (!is_provider_name(provider->string))
        return config_fail_in(arena, place, provider, err,
                              "must be named by lower-case letters, digits and -, "
                              "and not k8s or tmp-*");
    if (!cJSON_IsObject(provider))
        return config_fail_in(arena, place, provider, err, "must be a mapping");
    if (!json_at(provider, "port") && !json_at(known, provider->string))
        return config_fail_in(arena, place, provider, err, "needs a port");
    const char *path = arena_printf(arena, "%s.%s", place->path, provider->string);
    json_each (field, provider) {
        place->path = path;
        if (!check_field(arena, field, place, err))
            return false;
    }
    return true;
}

bool config_providers_from_json(struct arena *arena, const cJSON *value,
                                const cJSON **providers, struct config_place *place,
                                struct err *err)
{
    const char *path = place->path;
    if (!cJSON_IsObject(value))
        return err_set(err, ERR_INVALID, "must be a mapping of provider to sidecar");
    json_each (provider, value) {
        place->path = path;
        if (!check_provider(arena, *providers, provider, place, err))
            return false;
    }
    cJSON *merged = json_copy(*providers);
    json_merge(merged, value);
    *providers = json_adopt(arena, merged);
    return true;
}

bool config_providers_from_text(struct arena *arena, const char *text,
                                const cJSON **providers, struct err *err)
{
    cJSON *merged = *providers ? json_copy(*providers) : literal(BUILT_IN);
    bool ok = true;
    while (*text && ok) {
        size_t len = strcspn(text, ","), name = strcspn(text, "=");
        const char *provider = arena_strndup(arena, text, name < len ? name : len);
        ok = name < len && json_at(merged, provider);
        if (ok)
            json_set_str(merged, arena_strndup(arena, text + name + 1, len - name - 1),
                         provider, "image");
        text += len + (text[len] == ',');
    }
    *providers = json_adopt(arena, merged);
    return ok || err_set(err, ERR_INVALID, "must be provider=image");
}

/* ---- what reconcilers read */

static const char *const *words_of(struct arena *arena, const cJSON *list)
{
    size_t len = 0;
    const char **words = arena_alloc(arena, (json_count(list) + 1) * sizeof *words);
    json_each (word, list)
        words[len++] = word->valuestring;
    return words;
}

static const char *port_name(struct arena *arena, const char *provider)
{
    const char *name = arena_printf(arena, "cred-%s", provider);
    size_t len = strlen(name) > PORT_NAME_MAX ? PORT_NAME_MAX : strlen(name);
    while (name[len - 1] == '-')
        len--;
    return arena_strndup(arena, name, len);
}

static struct session_sidecar sidecar_of(struct arena *arena, const cJSON *provider)
{
    cJSON *resources = literal(PROVIDER_RESOURCES);
    const char *name = provider->string;
    if (json_at(provider, "resources"))
        json_merge(resources, json_at(provider, "resources"));
    json_adopt(arena, resources);
    return (struct session_sidecar){
        .provider = name,
        .container = strcmp(name, "kubeconfig") == 0
                         ? "credential-k8s"
                         : arena_printf(arena, "credential-%s", name),
        .port_name = port_name(arena, name),
        .image = json_str_or(provider, "", "image"),
        .command = words_of(arena, json_at(provider, "command")),
        .args = words_of(arena, json_at(provider, "args")),
        .bind_all = words_of(arena, json_at(provider, "bindAllArgs")),
        .port = (int)json_int(provider, 0, "port"),
        .loopback = strcmp(json_str_or(provider, "all", "bind"), "loopback") == 0,
        .requests = json_at(resources, "requests"),
        .limits = json_at(resources, "limits"),
    };
}

static int by_name(const void *a, const void *b)
{
    const struct session_sidecar *x = a, *y = b;
    return strcmp(x->provider, y->provider);
}

const struct session_sidecar *config_sidecars(const struct config *config)
{
    struct arena *arena = config->arena;
    const cJSON *resources = json_adopt(arena, literal(MCP_RESOURCES));
    struct session_sidecar *sidecars =
        arena_alloc(arena, (json_count(config->providers) + 2) * sizeof *sidecars);
    size_t count = 0;
    sidecars[count++] = (struct session_sidecar){
        .provider = "",
        .container = "ambient-mcp",
        .port_name = "mcp-sse",
        .image = config->mcp_image,
        .command = words_of(arena, NULL),
        .args = words_of(arena, NULL),
        .bind_all = words_of(arena, NULL),
        .port = (int)config->mcp_port,
        .requests = json_at(resources, "requests"),
        .limits = json_at(resources, "limits"),
    };
    json_each (provider, config->providers)
        sidecars[count++] = sidecar_of(arena, provider);
    qsort(sidecars + 1, count - 1, sizeof *sidecars, by_name);
    return sidecars;
}
