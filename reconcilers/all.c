#include "reconcilers/agentruntime/agentruntime.h"
#include "reconcilers/project/project.h"

const struct reconciler *const reconcilers[] = {
    &agentruntime_reconciler,
    &project_reconciler,
    &project_settings_reconciler,
    NULL,
};
