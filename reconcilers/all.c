#include "reconcilers/agentruntime/agentruntime.h"
#include "reconcilers/project/project.h"
#include "reconcilers/session/session.h"

const struct reconciler *const reconcilers[] = {
    &agentruntime_reconciler,
    &project_reconciler,
    &project_settings_reconciler,
    &session_reconciler,
    NULL,
};
