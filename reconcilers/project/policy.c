#include "reconcilers/project/project_plan.h"
#include "reconcilers/shared/openshell_policy.h"

#include <string.h>

bool project_may_sandbox(const struct project *project)
{
    const cJSON *sandbox = json_at(project->object, "spec", "sandbox");
    const char *mode = json_str_or(sandbox, "inherit", "mode");
    bool gate = project->in->config->features.on[FEATURE_OPEN_SHELL];
    if (strcmp(mode, "openshell") == 0 || (gate && strcmp(mode, "inherit") == 0))
        return true;
    const cJSON *modes = json_at(sandbox, "sessionModes");
    json_each (allowed, modes) {
        const char *word = cJSON_GetStringValue(allowed);
        if (word &&
            (strcmp(word, "openshell") == 0 || (gate && strcmp(word, "inherit") == 0)))
            return true;
    }
    return false;
}

void step_policy(struct project *project)
{
    if (!project_may_sandbox(project)) {
        step_holds(project, STEP_POLICY, "NotConfigured",
                   "no session of the project runs in the OpenShell sandbox");
        return;
    }
    const struct policy_copy copy = {
        .ns = project->ns,
        .name = project->config->policy_config_map,
        .owner_resource = project->owner_resource,
        .owner = project->owner,
        .local = json_bool(project->object, false, "spec", "sandbox", "localPolicy"),
    };
    const cJSON *found;
    struct verdict verdict;
    if (policy_copy_ensure(project->in, project->plan, &copy, &found, &verdict))
        step_holds(project, STEP_POLICY, verdict.reason, verdict.message);
    else
        step_fails(project, STEP_POLICY, verdict.reason, verdict.message);
}
