/* settings.h - the configuration in force, and what became of the last document.
 *
 * Keeps the former configuration until the next one comes, because the engine borrows
 * it until it is given the new one. Pure but for the log.
 */
#ifndef BERTH_CONTROLLER_SETTINGS_H
#define BERTH_CONTROLLER_SETTINGS_H

#include "controller/config/config.h"
#include "kubeclient/base/json.h"
#include "reconcilers/reconciler.h"

struct settings;

/* `ns` and `service_account` are the controller's own. They and the flags outlive the
 * settings. */
struct settings *settings_new(const char *ns, const char *service_account,
                              const struct config_flag *flags, size_t flag_count,
                              const struct log *log);
void settings_free(struct settings **settings);

/* Puts a document into force; `text` NULL: there is none, the defaults hold. What
 * changed is logged, and also what a flag overrides and what needs a restart. A refused
 * document changes nothing. */
WARN_UNUSED bool settings_apply(struct settings *settings, const char *source,
                                const char *text, size_t len, struct err *err);

/* The configuration in force; NULL before the first was applied. Borrowed until the
 * apply after the next. */
const struct config *settings_config(const struct settings *settings);

/* What the reconcilers read of it. */
const struct reconcile_config *settings_reconcile(const struct settings *settings);

/* Appends why there is no configuration, or why the last document was refused. */
void settings_report(const struct settings *settings, struct strbuf *out);

/* For /debug/state: source, refusal, keys that flags override. Owned by the caller. */
cJSON *settings_debug(const struct settings *settings);

#endif
