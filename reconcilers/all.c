#include "reconcilers/agentruntime/agentruntime.h"

const struct reconciler *const reconcilers[] = {
    &agentruntime_reconciler,
    NULL,
};
