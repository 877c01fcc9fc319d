/* command.h - the verbs of the command line, one table.
 *
 * A verb is one file that exports one `struct command`; options are rows of its table,
 * from which parsing and --help are made. Pure but for what `run` does.
 */
#ifndef BERTH_CONTROLLER_CLI_COMMAND_H
#define BERTH_CONTROLLER_CLI_COMMAND_H

#include "controller/config/config.h"
#include "kubeclient/base/err.h"
#include "kubeclient/base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit codes of every verb. */
enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,  /* unreadable or invalid input; the daemon could not run */
    EXIT_REFUSED = 2, /* render: a resource that cannot be rendered */
    EXIT_USAGE = 64,  /* sysexits.h EX_USAGE */
};

struct command_option {
    const char *name;    /* long name without dashes */
    char letter;         /* 0: none */
    const char *metavar; /* NULL: a switch, given without a value or as =true|false */
    const char *help;
};

struct command_args {
    const struct command_option *options; /* the verb's table */
    const char *
        *values; /* for each option its text, "true" for a switch; NULL: not given */
    struct config_flag *settings; /* given flags that set a key of the configuration */
    size_t setting_count;
};

struct command {
    const char *name;
    const char *summary;                  /* one line */
    const char *details;                  /* paragraphs for --help; NULL: none */
    const struct command_option *options; /* ends with a NULL name */
    const char *const *settings; /* flags of the configuration's table (config.h) that
                                    it takes too; NULL-terminated; NULL: none */
    int (*run)(const struct command_args *args);
};

extern const struct command command_controller;
extern const struct command command_render;
extern const struct command command_version;

/* All verbs, NULL-terminated. */
extern const struct command *const commands[];

/* The text of an option, or NULL when it was not given. */
const char *command_value(const struct command_args *args, const char *option);

/* Whether a switch was given, and not as =false. */
bool command_switch(const struct command_args *args, const char *option);

/* Runs what argv names; argv[0] is the program. Returns the process's exit code. */
int command_main(int argc, char **argv);

#endif
