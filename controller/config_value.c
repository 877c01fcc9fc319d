#include "controller/config_value.h"

#include "kubeclient/base/ascii.h"

#include <string.h>

static const int64_t COUNT_MAX = 1000;

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

static bool parse_bool(const char *text, bool *value, struct err *err)
{
    *value = strcmp(text, "true") == 0;
    return *value || strcmp(text, "false") == 0 ||
           err_set(err, ERR_INVALID, "must be true or false, not \"%s\"", text);
}

static bool set_count(int64_t *count, int64_t value, struct err *err)
{
    *count = value;
    return (value >= 1 && value <= COUNT_MAX) ||
           err_set(err, ERR_INVALID, "must be an integer from 1 to %lld",
                   (long long)COUNT_MAX);
}

static bool set_level(enum log_level *level, const char *text, struct err *err)
{
    return log_parse_level(text, level) ||
           err_set(err, ERR_INVALID, "must be debug, info, warn or error, not \"%s\"",
                   text);
}

static bool set_format(enum log_format *format, const char *text, struct err *err)
{
    *format = strcmp(text, "json") == 0 ? LOG_JSON : LOG_TEXT;
    return *format == LOG_JSON || strcmp(text, "text") == 0 ||
           err_set(err, ERR_INVALID, "must be json or text, not \"%s\"", text);
}

/* The values that a document and a flag both give as text. */
static bool set_text(const struct config_key *key, const char *text,
                     struct config *config, struct err *err)
{
    if (key->type == CONFIG_LEVEL)
        return set_level(slot(key, config), text, err);
    if (key->type == CONFIG_FORMAT)
        return set_format(slot(key, config), text, err);
    *(const char **)slot(key, config) = arena_strdup(config->arena, text);
    return true;
}

static bool gates_from_json(const cJSON *value, struct features *features,
                            const cJSON **where, struct err *err)
{
    json_each (gate, value) {
        *where = gate;
        if (!cJSON_IsBool(gate))
            return err_set(err, ERR_INVALID, "must be true or false");
        if (!set_gate(features, gate->string, cJSON_IsTrue(gate), err))
            return false;
    }
    return cJSON_IsObject(value) ||
           err_set(err, ERR_INVALID, "must be a mapping of gate to true or false");
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

bool config_value_from_json(const struct config_key *key, const cJSON *value,
                            struct config *config, const cJSON **where, struct err *err)
{
    switch (key->type) {
    case CONFIG_BOOL:
        *(bool *)slot(key, config) = cJSON_IsTrue(value);
        return cJSON_IsBool(value) ||
               err_set(err, ERR_INVALID, "must be true or false");
    case CONFIG_COUNT:
        return set_count(
            slot(key, config),
            cJSON_IsNumber(value) ? json_int_path(value, 0, JSON_PATH(NULL)) : 0, err);
    case CONFIG_LIST:
        return list_from_json(value, config, slot(key, config), err);
    case CONFIG_GATES:
        return gates_from_json(value, slot(key, config), where, err);
    case CONFIG_STRING:
    case CONFIG_LEVEL:
    case CONFIG_FORMAT:
        break;
    }
    if (!cJSON_IsString(value) || value->valuestring[0] == '\0')
        return err_set(err, ERR_INVALID, "must be a non-empty string");
    return set_text(key, value->valuestring, config, err);
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

bool config_value_from_text(const struct config_key *key, const char *text,
                            struct config *config, struct err *err)
{
    int64_t count = 0;
    switch (key->type) {
    case CONFIG_BOOL:
        return parse_bool(text, slot(key, config), err);
    case CONFIG_COUNT:
        return set_count(slot(key, config), ascii_parse_i64(text, &count) ? count : 0,
                         err);
    case CONFIG_LIST:
        list_from_text(config->arena, text, slot(key, config));
        return true;
    case CONFIG_GATES:
        if (text == key->fallback)
            *(struct features *)slot(key, config) = features_defaults();
        return gates_from_text(config->arena, text, slot(key, config), err);
    case CONFIG_STRING:
    case CONFIG_LEVEL:
    case CONFIG_FORMAT:
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
        return *(const int64_t *)x == *(const int64_t *)y;
    case CONFIG_STRING:
        return strcmp(*(const char *const *)x, *(const char *const *)y) == 0;
    case CONFIG_LIST:
        return list_equal(*(const char *const *const *)x,
                          *(const char *const *const *)y);
    case CONFIG_LEVEL:
        return *(const enum log_level *)x == *(const enum log_level *)y;
    case CONFIG_FORMAT:
        return *(const enum log_format *)x == *(const enum log_format *)y;
    case CONFIG_GATES:
        return memcmp(x, y, sizeof(struct features)) == 0;
    }
    return false;
}
