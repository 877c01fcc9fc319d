/* features.h - the feature gates: one table with stage and default.
 *
 * A gate is known by name in configuration and by its enum in code. The set of gates is
 * a plain value.
 */
#ifndef BERTH_RECONCILERS_FEATURES_H
#define BERTH_RECONCILERS_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

enum feature {
    FEATURE_SKILL_IMAGE_VOLUMES,
    FEATURE_SKILL_DISCOVERY,
    FEATURE_OPEN_SHELL,
    FEATURE_COUNT,
};

struct features {
    bool on[FEATURE_COUNT];
};

struct feature_info {
    const char *name;  /* as in featureGates */
    const char *stage; /* "alpha", "beta", "stable" */
    bool on_by_default;
    const char *help; /* one sentence */
};

extern const struct feature_info feature_table[FEATURE_COUNT];

struct features features_defaults(void);

/* Sets one gate by name; false: no such gate. */
bool features_set(struct features *features, const char *name, bool on);

#endif
