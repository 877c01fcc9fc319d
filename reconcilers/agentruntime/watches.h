/* watches.h - what the AgentRuntime reconciler watches, and whom a change concerns. */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_WATCHES_H
#define BERTH_RECONCILERS_AGENTRUNTIME_WATCHES_H

#include "reconcilers/reconciler.h"

/* Ends with a zeroed entry. */
extern const struct reconciler_watch agentruntime_watches[];

#endif
