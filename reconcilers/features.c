#include "reconcilers/features.h"

#include <string.h>

const struct feature_info feature_table[FEATURE_COUNT] = {
    [FEATURE_SKILL_IMAGE_VOLUMES] =
        {
            .name = "skillImageVolumes",
            .stage = "alpha",
            .help = "Mount the skills of an AgentRuntime from OCI images.",
        },
    [FEATURE_SKILL_DISCOVERY] =
        {
            .name = "skillDiscovery",
            .stage = "alpha",
            .help = "Report the skills that a workload's annotation names.",
        },
    [FEATURE_OPEN_SHELL] =
        {
            .name = "openShell",
            .stage = "alpha",
            .help = "Give projects the OpenShell sandbox's policy unless they differ.",
        },
};

struct features features_defaults(void)
{
    struct features features;
    for (size_t i = 0; i < FEATURE_COUNT; i++)
        features.on[i] = feature_table[i].on_by_default;
    return features;
}

bool features_set(struct features *features, const char *name, bool on)
{
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        if (strcmp(feature_table[i].name, name) == 0) {
            features->on[i] = on;
            return true;
        }
    }
    return false;
}
