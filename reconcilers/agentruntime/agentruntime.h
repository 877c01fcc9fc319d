/* agentruntime.h - enrols an existing workload as an agent or a tool.
 *
 * An AgentRuntime names a Deployment or StatefulSet; Berth applies labels, a
 * configuration hash and skills from OCI images to it, and takes them back when the
 * runtime goes.
 */
#ifndef BERTH_RECONCILERS_AGENTRUNTIME_H
#define BERTH_RECONCILERS_AGENTRUNTIME_H

#include "reconcilers/reconciler.h"

extern const struct reconciler agentruntime_reconciler;

#endif
