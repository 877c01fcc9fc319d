#include "controller/cli/command.h"
#include "controller/manager.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command_option OPTIONS[] = {
    {"kubeconfig", 0, "FILE", "How to reach the cluster; else as kubectl finds it"},
    {"context", 0, "NAME", "Context of the kubeconfig"},
    {"config", 0, "FILE", "ControllerConfiguration; read again when it changes"},
    {"config-map", 0, "NAMESPACE/NAME", "The same in a ConfigMap, key config.yaml"},
    {"leader-elect", 0, "BOOL", "Only false is possible yet: one replica may run"},
    {.name = NULL},
};

static const char *const SETTINGS[] = {
    "feature-gates",
    "namespaces",
    "metrics-bind-address",
    "health-probe-bind-address",
    "log-level",
    "log-format",
    NULL,
};

/* A second replica that waits for the lease is what people expect of `true`; to run
 * without it must be said. */
static bool leader_elect_is_possible(const struct command_args *args)
{
    const char *value = command_value(args, "leader-elect");
    return !value || strcmp(value, "false") == 0;
}

static const char *variable(const char *name)
{
    return getenv(name);
}

/* What variables and flags give; a later one wins. */
struct given {
    struct arena *arena;
    struct config_flag *flags;
    size_t count;
};

static struct given collect(const struct command_args *args)
{
    struct given given = {.arena = arena_new()};
    given.flags =
        arena_alloc(given.arena,
                    (CONFIG_VARIABLES_MAX + args->setting_count) * sizeof *given.flags);
    given.count = config_from_environment(given.arena, variable, given.flags);
    for (size_t i = 0; i < args->setting_count; i++)
        given.flags[given.count++] = args->settings[i];
    return given;
}

static int run(const struct command_args *args)
{
    if (!leader_elect_is_possible(args)) {
        fprintf(stderr,
                "berth controller: --leader-elect=%s: there is no leader "
                "election yet; run one replica with --leader-elect=false\n",
                command_value(args, "leader-elect"));
        return EXIT_USAGE;
    }
    struct given given = collect(args);
    struct manager_options options = {
        .kube = {.kubeconfig = command_value(args, "kubeconfig"),
                 .context = command_value(args, "context")},
        .config_file = command_value(args, "config"),
        .config_map = command_value(args, "config-map"),
        .flags = given.flags,
        .flag_count = given.count,
    };
    struct err err;
    struct config *flags =
        config_build(NULL, NULL, 0, options.flags, options.flag_count, &err);
    if (!flags) {
        fprintf(stderr, "berth controller: %s\n", err.msg);
        arena_free(&given.arena);
        return EXIT_USAGE;
    }
    struct log_sink *sink =
        log_sink_open(STDERR_FILENO, flags->log_level, flags->log_format);
    config_free(&flags);
    bool ok = manager_run(&options, sink, &err);
    if (!ok)
        log_error(log_sink_log(sink), "cannot start", LOG_STR("error", err.msg));
    log_sink_close(&sink);
    arena_free(&given.arena);
    return ok ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_controller = {
    .name = "controller",
    .summary = "Run the controller until it is told to stop",
    .details = "With neither --config nor --config-map the ConfigMap `berth` in the "
               "controller's\n"
               "own namespace is watched; where it is absent the defaults hold. "
               "Variables of the\n"
               "environment (RUNNER_IMAGE, …: see README.md) win over the document, "
               "flags over both.",
    .options = OPTIONS,
    .settings = SETTINGS,
    .run = run,
};
