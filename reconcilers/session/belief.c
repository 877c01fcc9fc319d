#include "reconcilers/session/belief.h"

#include "kubeclient/api/condition.h"
#include "reconcilers/plan.h"

#include <string.h>

/* The runner's fields are not among them: they are its own. */
static const struct {
    const char *name, *managed;
} FIELDS[] = {
    {"phase", "f:phase"},
    {"observedDesiredPhase", "f:observedDesiredPhase"},
    {"observedRequest", "f:observedRequest"},
    {"startTime", "f:startTime"},
    {"completionTime", "f:completionTime"},
    {"stoppedReason", "f:stoppedReason"},
    {"attempt", "f:attempt"},
    {"restartCount", "f:restartCount"},
    {"nextAttemptTime", "f:nextAttemptTime"},
    {"skippedCredentials", "f:skippedCredentials"},
    {"runnerHasRun", "f:runnerHasRun"},
    {"podName", "f:podName"},
    {"podUID", "f:podUID"},
};

const char *const session_runner_fields[] = {"lastActivityTime",   "sdkSessionId",
                                             "sdkRestartCount",    "reconciledRepos",
                                             "reconciledWorkflow", NULL};

static const char *const OTHERS[] = {"ambient-code-operator"};

static bool is_of(const cJSON *entry, const char *manager)
{
    return strcmp(json_str_or(entry, "", "manager"), manager) == 0;
}

static bool is_of_status(const cJSON *entry)
{
    return strcmp(json_str_or(entry, "", "subresource"), "status") == 0;
}

/* Berth applies its status; a patch under its name is not Berth's. */
static bool is_applied(const cJSON *entry)
{
    return strcmp(json_str_or(entry, "", "operation"), "Apply") == 0;
}

const cJSON *believed_status(struct arena *arena, const cJSON *object)
{
    const cJSON *status = json_at(object, "status");
    const cJSON *own = NULL;
    bool told = false;
    json_each (entry, json_at(object, "metadata", "managedFields")) {
        told = told || is_of_status(entry);
        if (is_of_status(entry) && is_applied(entry) &&
            is_of(entry, BERTH_STATUS_MANAGER))
            own = json_at(entry, "fieldsV1", "f:status");
    }
    if (!told || !status)
        return status;
    cJSON *believed = json_copy(status);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        if (!json_at(own, FIELDS[i].managed))
            json_remove(believed, FIELDS[i].name);
    }
    return json_adopt(arena, believed);
}

enum session_phase believed_phase(const cJSON *status)
{
    const char *phase = json_str(status, "phase");
    if (phase || !json_str(status, "completionTime"))
        return phase_parse(phase);
    if (json_str(status, "stoppedReason"))
        return PHASE_STOPPED;
    return condition_is(json_at(status, "conditions"), "Stalled", CONDITION_TRUE)
               ? PHASE_FAILED
               : PHASE_COMPLETED;
}

static bool works_on_it(const cJSON *entry)
{
    return is_of_status(entry) ||
           json_at(entry, "fieldsV1", "f:metadata", "f:finalizers");
}

const char *other_controller(const cJSON *object)
{
    json_each (entry, json_at(object, "metadata", "managedFields")) {
        for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
            if (is_of(entry, OTHERS[i]) && works_on_it(entry))
                return OTHERS[i];
        }
    }
    return NULL;
}
