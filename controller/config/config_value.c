#include "controller/config/config_value.h"

#include "controller/config/config_sidecars.h"
#include "kubeclient/base/ascii.h"

#include <string.h>

static const int64_t COUNT_MAX = 1000;
static const int64_t SECONDS_MAX = 366LL * 24 * 3600;

/* The place of a key's value in the configuration, as the type that its table row says.
 */
static void *slot(const struct config_key *key, struct config *config)
{
    return (char *)config + key->offset;
}

static const void *const_slot(const struct config_key *key, const struct config *config)
{
    return (const char *)config + key->offset;
}

static bool set_gate(struct features *features, const char *name, bool on,
                     struct err *err)
{
    if (features_set(features, name, on))
        return true;
    struct strbuf known;
    strbuf_init(&known, 1024);
    for (size_t i = 0; i < FEATURE_COUNT; i++)
        strbuf_addf(&known, "%s%s", i ? ", " : "", feature_table[i].name);
    err_set(err, ERR_INVALID, "unknown feature gate %s; known are %s", name,
            known.text);
    strbuf_fini(&known);
    return false;
}

/* Variables of the environment are 1 and 0 as often. */
static bool parse_bool(const char *text, bool *value, struct err *err)
{
    *value = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    return *value || strcmp(text, "false") == 0 || strcmp(text, "0") == 0 ||
           err_set(err, ERR_INVALID, "must be true or false, not \"%s\"", text);
}

static bool set_number(int64_t *number, int64_t value, int64_t min, int64_t max,
                       struct err *err)
{
    *number = value;
    return (value >= min && value <= max) ||
           err_set(err, ERR_INVALID, "must be an integer from %lld to %lld",
                   (long long)min, (long long)max);
}

static bool set_integer(const struct config_key *key, int64_t value,
                        struct config *config, struct err *err)
{
    int64_t *number = slot(key, config);
    if (key->type == CONFIG_SECONDS)
        return set_number(number, value, 0, SECONDS_MAX, err);
    return set_number(number, value, 1, key->type == CONFIG_PORT ? 65535 : COUNT_MAX,
                      err);
}

static bool set_word(const struct config_key *key, const char *text,
                     struct config *config, struct err *err)
{
    unsigned int place = 0;
    while (key->words[place] && strcmp(key->words[place], text) != 0)
        place++;
    if (key->words[place]) {
        *(unsigned int *)slot(key, config) = place;
        return true;
    }
    struct strbuf known;
    strbuf_init(&known, 256);
    for (size_t i = 0; key->words[i]; i++)
        strbuf_addf(&known, "%s%s",
                    i == 0              ? ""
                    : key->words[i + 1] ? ", "
                                        : " or ",
                    key->words[i][0] ? key->words[i] : "\"\"");
    err_set(err, ERR_INVALID, "must be %s, not \"%s\"", known.text, text);
    strbuf_fini(&known);
    return false;
}

/* "/app/vertex/key.json" */
static bool is_file_path(const char *text)
{
    const char *last = strrchr(text, '/');
    return text[0] == '/' && last != text && last[1] && !strchr(text, ':') &&
           !strstr(text, "//") && !strstr(text, "/.");
}

/* The values that a document and a flag both give as text. */
static bool set_text(const struct config_key *key, const char *text,
                     struct config *config, struct err *err)
{
    if (key->type == CONFIG_WORD)
        return set_word(key, text, config, err);
    if (key->type == CONFIG_DURATION)
        return ascii_parse_duration(text, slot(key, config)) ||
               err_set(err, ERR_INVALID, "must be a duration such as 5m, not \"%s\"",
                       text);
    if (key->type == CONFIG_PATH && !is_file_path(text))
        return err_set(err, ERR_INVALID,
                       "must be a path such as /app/key.json, not \"%s\"", text);
    *(const char **)slot(key, config) = arena_strdup(config->arena, text);
    return true;
}

bool config_fail_in(struct arena *arena, struct config_place *place,
                    const cJSON *member, struct err *err, const char *what)
{
    place->path = arena_printf(arena, "%s.%s", place->path, member->string);
    place->value = member;
    return err_set(err, ERR_INVALID, "%s", what);
}

static bool gates_from_json(const cJSON *value, struct config *config,
                            struct features *features, struct config_place *place,
                            struct err *err)
{
    json_each (gate, value) {
        if (!cJSON_IsBool(gate))
            return config_fail_in(config->arena, place, gate, err,
                                  "must be true or false");
        if (!set_gate(features, gate->string, cJSON_IsTrue(gate), err))
            return config_fail_in(config->arena, place, gate, err,
                                  arena_strdup(config->arena, err->msg));
    }
    return cJSON_IsObject(value) ||
           err_set(err, ERR_INVALID, "must be a mapping of gate to true or false");
}

bool config_quantities_check(struct arena *arena, const cJSON *value,
                             struct config_place *place, struct err *err)
{
    if (!cJSON_IsObject(value))
        return err_set(err, ERR_INVALID, "must be a mapping of resource to quantity");
    json_each (quantity, value) {
        const char *text = cJSON_GetStringValue(quantity);
        if (!text || !strchr("0123456789.", text[0]) || !text[0])
            return config_fail_in(arena, place, quantity, err,
                                  "must be a quantity such as \"500m\" or \"1Gi\"");
    }
    return true;
}

static bool list_from_json(const cJSON *value, struct config *config,
                           const char *const **list, struct err *err)
{
    if (!cJSON_IsArray(value))
        return err_set(err, ERR_INVALID, "must be a list of strings");
    size_t len = 0;
    const char **items =
        arena_alloc(config->arena, (json_count(value) + 1) * sizeof *items);
    json_each (item, value) {
        if (!cJSON_IsString(item) || item->valuestring[0] == '\0')
            return err_set(err, ERR_INVALID, "item %zu must be a non-empty string",
                           len);
        items[len++] = arena_strdup(config->arena, item->valuestring);
    }
    *list = items;
    return true;
}

static bool map_from_json(const struct config_key *key, const cJSON *value,
                          struct config *config, struct config_place *place,
                          struct err *err)
{
    const cJSON **map = slot(key, config);
    if (key->type == CONFIG_PROVIDERS)
        return config_providers_from_json(config->arena, value, map, place, err);
    *map = json_adopt(config->arena, json_copy(value));
    return config_quantities_check(config->arena, value, place, err);
}

static bool text_from_json(const struct config_key *key, const cJSON *value,
                           struct config *config, struct err *err)
{
    const char *text = cJSON_GetStringValue(value);
    if (key->type == CONFIG_WORD && cJSON_IsBool(value))
        text = cJSON_IsTrue(value) ? "true" : "false"; /* nobody quotes them */
    bool may_be_empty = key->fallback[0] == '\0';
    if (text && (*text || may_be_empty))
        return set_text(key, text, config, err);
    return err_set(err, ERR_INVALID,
                   may_be_empty ? "must be a string" : "must be a non-empty string");
}

bool config_value_from_json(const struct config_key *key, const cJSON *value,
                            struct config *config, struct config_place *place,
                            struct err *err)
{
    switch (key->type) {
    case CONFIG_BOOL:
        *(bool *)slot(key, config) = cJSON_IsTrue(value);
        return cJSON_IsBool(value) ||
               err_set(err, ERR_INVALID, "must be true or false");
    case CONFIG_COUNT:
    case CONFIG_PORT:
    case CONFIG_SECONDS:
        return set_integer(
            key, cJSON_IsNumber(value) ? json_int_path(value, -1, JSON_PATH(NULL)) : -1,
            config, err);
    case CONFIG_LIST:
        return list_from_json(value, config, slot(key, config), err);
    case CONFIG_GATES:
        return gates_from_json(value, config, slot(key, config), place, err);
    case CONFIG_QUANTITIES:
    case CONFIG_PROVIDERS:
        return map_from_json(key, value, config, place, err);
    case CONFIG_STRING:
    case CONFIG_PATH:
    case CONFIG_WORD:
    case CONFIG_DURATION:
        break;
    }
    return text_from_json(key, value, config, err);
}

/* The next item of a comma-separated text, or NULL at its end. Empty items are skipped.
 */
static const char *next_item(struct arena *arena, const char **text)
{
    while (**text == ',')
        (*text)++;
    size_t len = strcspn(*text, ",");
    if (len == 0)
        return NULL;
    const char *item = arena_strndup(arena, *text, len);
    *text += len;
    return item;
}

static bool gates_from_text(struct arena *arena, const char *text,
                            struct features *features, struct err *err)
{
    for (const char *item; (item = next_item(arena, &text));) {
        size_t len = strcspn(item, "=");
        bool on;
        if (item[len] != '=')
            return err_set(err, ERR_INVALID, "\"%s\" must be name=true or name=false",
                           item);
        if (!parse_bool(item + len + 1, &on, err) ||
            !set_gate(features, arena_strndup(arena, item, len), on, err))
            return false;
    }
    return true;
}

static void list_from_text(struct arena *arena, const char *text,
                           const char *const **list)
{
    size_t len = 0;
    const char **items = arena_alloc(arena, (strlen(text) / 2 + 2) * sizeof *items);
    for (const char *item; (item = next_item(arena, &text));)
        items[len++] = item;
    *list = items;
}

/* "cpu=500m,memory=1Gi" */
static bool quantities_from_text(struct arena *arena, const char *text,
                                 const cJSON **quantities, struct err *err)
{
    cJSON *map = json_object();
    struct config_place place = {.path = ""};
    for (const char *item; (item = next_item(arena, &text));) {
        size_t len = strcspn(item, "=");
        json_set_str(map, item[len] ? item + len + 1 : "",
                     arena_strndup(arena, item, len));
    }
    *quantities = json_adopt(arena, map);
    return config_quantities_check(arena, map, &place, err);
}

bool config_value_from_text(const struct config_key *key, const char *text,
                            struct config *config, struct err *err)
{
    int64_t number = -1;
    switch (key->type) {
    case CONFIG_BOOL:
        return parse_bool(text, slot(key, config), err);
    case CONFIG_COUNT:
    case CONFIG_PORT:
    case CONFIG_SECONDS:
        return set_integer(key, ascii_parse_i64(text, &number) ? number : -1, config,
                           err);
    case CONFIG_LIST:
        list_from_text(config->arena, text, slot(key, config));
        return true;
    case CONFIG_GATES:
        if (text == key->fallback)
            *(struct features *)slot(key, config) = features_defaults();
        return gates_from_text(config->arena, text, slot(key, config), err);
    case CONFIG_QUANTITIES:
        return quantities_from_text(config->arena, text, slot(key, config), err);
    case CONFIG_PROVIDERS:
        return config_providers_from_text(config->arena, text, slot(key, config), err);
    case CONFIG_STRING:
    case CONFIG_PATH:
    case CONFIG_WORD:
    case CONFIG_DURATION:
        break;
    }
    return set_text(key, text, config, err);
}

static bool list_equal(const char *const *a, const char *const *b)
{
    size_t i = 0;
    while (a[i] && b[i] && strcmp(a[i], b[i]) == 0)
        i++;
    return !a[i] && !b[i];
}

bool config_value_equal(const struct config_key *key, const struct config *a,
                        const struct config *b)
{
    const void *x = const_slot(key, a), *y = const_slot(key, b);
    switch (key->type) {
    case CONFIG_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case CONFIG_COUNT:
    case CONFIG_PORT:
    case CONFIG_SECONDS:
    case CONFIG_DURATION:
        return *(const int64_t *)x == *(const int64_t *)y;
    case CONFIG_STRING:
    case CONFIG_PATH:
        return strcmp(*(const char *const *)x, *(const char *const *)y) == 0;
    case CONFIG_LIST:
        return list_equal(*(const char *const *const *)x,
                          *(const char *const *const *)y);
    case CONFIG_WORD:
        return *(const unsigned int *)x == *(const unsigned int *)y;
    case CONFIG_QUANTITIES:
    case CONFIG_PROVIDERS:
        return json_equal(*(const cJSON *const *)x, *(const cJSON *const *)y);
    case CONFIG_GATES:
        return memcmp(x, y, sizeof(struct features)) == 0;
    }
    return false;
}
