/* config.h - the controller's configuration: one document, read by one table.
 *
 * `apiVersion: berth.dev/v1alpha1, kind: ControllerConfiguration`, from a file or from
 * the key config.yaml of a ConfigMap; every key is optional. Variables of the
 * environment win over the document, flags over both. The table of config_keys.c is the
 * only place that knows keys, types, defaults, flags and variables; the documentation
 * is checked against `berth controller --help`, which is made from it.
 *
 * A configuration is a value built anew whenever document or flags change; it owns its
 * strings. Pure: reading files and watching ConfigMaps is config_source.h.
 */
#ifndef BERTH_CONTROLLER_CONFIG_H
#define BERTH_CONTROLLER_CONFIG_H

#include "kubeclient/base/arena.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/log.h"
#include "reconcilers/project_config.h"
#include "reconcilers/reconciler.h"
#include "reconcilers/session_config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config {
    struct arena *arena; /* owns everything the pointers below point to */
    struct features features;
    const char *const *watch_namespaces; /* NULL-terminated; empty: all */
    const char *const *take_over_from;   /* NULL-terminated */
    const char *metrics_bind_address;    /* "HOST:PORT"; "0": off */
    bool per_object_series;
    const char *health_bind_address; /* "HOST:PORT"; "0": off */
    bool debug_from_anywhere;
    enum log_level log_level;
    enum log_format log_format;
    int64_t max_reconciles;
    const char *platform_config_map;
    struct project_config project; /* service_account is set by whoever knows it */
    struct session_config session; /* sidecars: of the three below */
    const char *mcp_image;         /* "": none */
    int64_t mcp_port;
    const cJSON *providers; /* {provider: {image, port, …}}, with the built-in ones */
    enum config_platform { PLATFORM_KUBERNETES, PLATFORM_OPENSHIFT } platform;
    enum { APP_ARMOR_DEFAULT, APP_ARMOR_UNCONFINED, APP_ARMOR_RUNTIME } app_armor;
};

enum config_type {
    CONFIG_BOOL,
    CONFIG_COUNT,      /* int64_t: from 1 to 1000 */
    CONFIG_PORT,       /* int64_t */
    CONFIG_SECONDS,    /* int64_t: a number, 0 too */
    CONFIG_DURATION,   /* int64_t in milliseconds: "5m" */
    CONFIG_STRING,     /* empty where the default is */
    CONFIG_PATH,       /* of a file, absolute and below a directory */
    CONFIG_LIST,       /* of strings */
    CONFIG_WORD,       /* an enum: the place of the word in `words` */
    CONFIG_GATES,      /* {name: bool} */
    CONFIG_QUANTITIES, /* const cJSON *: {resource: quantity} */
    CONFIG_PROVIDERS,  /* const cJSON *: config_sidecars.h */
};

struct config_key {
    const char *section; /* path of the mapping; "" for keys at the root */
    const char *name;
    enum config_type type;
    size_t offset;            /* in struct config */
    const char *fallback;     /* as it would stand in a flag */
    const char *flag;         /* NULL: no flag */
    bool live;                /* takes effect without a restart */
    const char *help;         /* one line */
    const char *const *words; /* of a CONFIG_WORD, NULL-terminated */
};

extern const struct config_key config_keys[]; /* ends with a NULL name */

/* A value that was given beside the document, by a flag or a variable. */
struct config_flag {
    const struct config_key *key;
    const char *text;
    const char *variable; /* that gave it; NULL: the key's flag did */
};

/* Builds the configuration from defaults, document and flags. `text` NULL: no document.
 * Unknown keys, wrong types and unknown gates are refused with "SOURCE:LINE:COLUMN:
 * path: what" (INVALID), and NULL is returned. */
WARN_UNUSED struct config *config_build(const char *source, const char *text,
                                        size_t len, const struct config_flag *flags,
                                        size_t count, struct err *err);
void config_free(struct config **config);

/* What reconcilers read of the configuration, borrowed from it; `ns` is the
 * controller's own namespace. */
struct reconcile_config config_for_reconcilers(const struct config *config,
                                               const char *ns);

/* The key of a flag ("log-level"), or NULL. */
const struct config_key *config_key_by_flag(const char *flag);
/* The key of a section and a name in it, or NULL. */
const struct config_key *config_key_by_path(const char *section, const char *name);

enum { CONFIG_VARIABLES_MAX = 32 };

typedef const char *config_variable_fn(const char *name); /* getenv(3) */

/* What the variables of the environment give; returns how many of `flags` are filled.
 * Texts live in the arena. An empty variable gives nothing. */
size_t config_from_environment(struct arena *arena, config_variable_fn *variable,
                               struct config_flag flags[CONFIG_VARIABLES_MAX]);

/* True when both have the same value for the key. */
bool config_key_equal(const struct config_key *key, const struct config *a,
                      const struct config *b);

#endif
