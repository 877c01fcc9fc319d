#include "controller/settings.h"

#include "kubeclient/base/alloc.h"

#include <stdio.h>
#include <string.h>

struct generation {
    struct config *config; /* NULL: none yet */
    struct reconcile_config reconcile;
};

struct settings {
    const char *ns, *service_account;
    const struct config_flag *flags;
    size_t flag_count;
    struct log log;
    struct generation generations[2]; /* the one in force and the former */
    size_t current;
    char source[256];
    struct err refusal; /* of the last document; kind ERR_NONE: it was applied */
    cJSON *overridden;  /* names of keys whose value in the document a flag wins over */
};

struct settings *settings_new(const char *ns, const char *service_account,
                              const struct config_flag *flags, size_t flag_count,
                              const struct log *log)
{
    struct settings *settings = xcalloc(1, sizeof *settings);
    settings->ns = ns;
    settings->service_account = service_account;
    settings->flags = flags;
    settings->flag_count = flag_count;
    settings->log = *log;
    settings->overridden = json_array();
    return settings;
}

void settings_free(struct settings **settings)
{
    if (!*settings)
        return;
    for (size_t i = 0; i < 2; i++)
        config_free(&(*settings)->generations[i].config);
    json_free((*settings)->overridden);
    free(*settings);
    *settings = NULL;
}

/* The flag or variable that gave the key, or NULL. */
static const char *giver_of(const struct settings *settings,
                            const struct config_key *key)
{
    for (size_t i = 0; i < settings->flag_count; i++) {
        const struct config_flag *flag = &settings->flags[i];
        if (flag->key == key)
            return flag->variable ? flag->variable : key->flag;
    }
    return NULL;
}

/* Notes the keys that the document sets to another value than a flag or variable does,
 * and logs each once, when it begins to be so. */
static void note_overridden(struct settings *settings, const struct config *document,
                            const struct config *config)
{
    struct err ignored;
    struct config *defaults = config_build(NULL, NULL, 0, NULL, 0, &ignored);
    cJSON *overridden = json_array();
    for (const struct config_key *key = config_keys; key->name; key++) {
        const char *giver = giver_of(settings, key);
        if (!giver || config_key_equal(key, document, config) ||
            config_key_equal(key, document, defaults))
            continue;
        bool known = false;
        json_each (name, settings->overridden) {
            known = known || strcmp(name->valuestring, giver) == 0;
        }
        json_push(overridden, json_string(giver));
        if (!known)
            log_info(&settings->log, "a flag wins over the configuration's value",
                     LOG_STR("flag", giver), LOG_STR("source", settings->source));
    }
    config_free(&defaults);
    json_free(settings->overridden);
    settings->overridden = overridden;
}

static void log_changes(const struct settings *settings, const struct config *former,
                        const struct config *config)
{
    for (const struct config_key *key = config_keys; key->name; key++) {
        if (config_key_equal(key, former, config))
            continue;
        char path[128];
        snprintf(path, sizeof path, "%s%s%s", key->section, key->section[0] ? "." : "",
                 key->name);
        if (key->live)
            log_info(&settings->log, "the configuration changed", LOG_STR("key", path));
        else
            log_warn(&settings->log, "the configuration changed; this needs a restart",
                     LOG_STR("key", path));
    }
}

bool settings_apply(struct settings *settings, const char *source, const char *text,
                    size_t len, struct err *err)
{
    struct config *document =
        config_build(source, text, len, NULL, 0, &settings->refusal);
    struct config *config = document
                                ? config_build(source, text, len, settings->flags,
                                               settings->flag_count, &settings->refusal)
                                : NULL;
    if (!config) {
        config_free(&document);
        *err = settings->refusal;
        return false;
    }
    settings->refusal = (struct err){.kind = ERR_NONE};
    snprintf(settings->source, sizeof settings->source, "%s%s", source,
             text ? "" : " (absent: defaults)");
    note_overridden(settings, document, config);
    config_free(&document);

    const struct config *former = settings_config(settings);
    if (former)
        log_changes(settings, former, config);
    settings->current = !settings->current;
    struct generation *generation = &settings->generations[settings->current];
    config_free(&generation->config);
    generation->config = config;
    config->project.service_account = settings->service_account;
    generation->reconcile = config_for_reconcilers(config, settings->ns);
    return true;
}

const struct config *settings_config(const struct settings *settings)
{
    return settings->generations[settings->current].config;
}

const struct reconcile_config *settings_reconcile(const struct settings *settings)
{
    return &settings->generations[settings->current].reconcile;
}

void settings_report(const struct settings *settings, struct strbuf *out)
{
    if (settings->refusal.kind != ERR_NONE)
        strbuf_addf(out, "configuration: %s\n", settings->refusal.msg);
    else if (!settings_config(settings))
        strbuf_adds(out, "configuration: not read yet\n");
}

cJSON *settings_debug(const struct settings *settings)
{
    cJSON *debug = json_object();
    json_set_str(debug, settings->source, "source");
    json_set(debug, json_copy(settings->overridden), "overriddenByFlags");
    if (settings->refusal.kind != ERR_NONE)
        json_set_str(debug, settings->refusal.msg, "refused");
    return debug;
}
