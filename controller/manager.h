/* manager.h - the daemon: wires client, configuration, engine and endpoints together.
 *
 * Order of life: configuration known, caches complete, reconciling; on SIGTERM no new
 * reconcile begins, those in flight finish within a deadline, connections close, the
 * loop runs empty. Live configuration is applied without a restart.
 */
#ifndef BERTH_CONTROLLER_MANAGER_H
#define BERTH_CONTROLLER_MANAGER_H

#include "controller/config/config.h"
#include "controller/log_sink.h"
#include "kubeclient/net/kube_config.h"

struct manager_options {
    struct kube_config_options kube;
    const char *config_file; /* --config; NULL: not given */
    const char *config_map;  /* --config-map NAMESPACE/NAME; NULL: `berth` in the own
                                namespace, unless there is a file */
    const struct config_flag *flags;
    size_t flag_count;
};

/* Runs until it is told to stop. False: it could not start; err says why. */
WARN_UNUSED bool manager_run(const struct manager_options *options,
                             struct log_sink *sink, struct err *err);

#endif
