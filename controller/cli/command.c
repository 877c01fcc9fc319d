#include "controller/cli/command.h"

#include "kubeclient/base/alloc.h"

#include <stdio.h>
#include <string.h>

const struct command *const commands[] = {
    &command_controller,
    &command_render,
    &command_version,
    NULL,
};

static const struct command_option HELP = {
    .name = "help", .letter = 'h', .help = "Show this help"};

enum {
    SETTINGS_MAX = 32, /* flags that one call may give: more than the table has */
};

static void print_option(const struct command_option *option)
{
    char head[80];
    char letter[] = {'-', option->letter ? option->letter : ' ', ',', ' ', '\0'};
    snprintf(head, sizeof head, "%s--%s%s%s", option->letter ? letter : "    ",
             option->name, option->metavar ? " " : "",
             option->metavar ? option->metavar : "");
    printf("  %-38s %s\n", head, option->help);
}

static void print_help(const struct command *command)
{
    printf("Usage: berth %s [options]\n\n%s\n", command->name, command->summary);
    if (command->details)
        printf("\n%s\n", command->details);
    printf("\nOptions:\n");
    for (const struct command_option *option = command->options; option->name; option++)
        print_option(option);
    for (size_t i = 0; command->settings && command->settings[i]; i++) {
        const struct config_key *key = config_key_by_flag(command->settings[i]);
        print_option(&(struct command_option){
            .name = key->flag, .metavar = "VALUE", .help = key->help});
    }
    print_option(&HELP);
}

static int print_usage(FILE *out)
{
    fprintf(out,
            "Usage: berth COMMAND [options]\n\nKeeps AI agents on Kubernetes in their "
            "berths.\n\nCommands:\n");
    for (size_t i = 0; commands[i]; i++)
        fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(out, "\nberth COMMAND --help shows a command's options.\n");
    return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

/* Is `arg`, up to its '=', this option by its name or letter? */
static bool names_option(const char *arg, const char *name, char letter)
{
    size_t len = strcspn(arg, "=");
    if (len == 2 && arg[0] == '-' && letter)
        return arg[1] == letter;
    return strncmp(arg, "--", 2) == 0 && len == strlen(name) + 2 &&
           strncmp(arg + 2, name, len - 2) == 0;
}

static const struct config_key *find_setting(const struct command *command,
                                             const char *arg)
{
    for (size_t i = 0; command->settings && command->settings[i]; i++) {
        if (names_option(arg, command->settings[i], 0))
            return config_key_by_flag(command->settings[i]);
    }
    return NULL;
}

static int usage_error(const struct command *command, const char *arg, const char *what)
{
    fprintf(stderr, "berth %s: %s: %s\nberth %s --help shows the options.\n",
            command->name, arg, what, command->name);
    return EXIT_USAGE;
}

static const struct command_option *find_option(const struct command *command,
                                                const char *arg)
{
    for (const struct command_option *option = command->options; option->name;
         option++) {
        if (names_option(arg, option->name, option->letter))
            return option;
    }
    return NULL;
}

/* Reads argv into `args`. Returns 0 or an exit code. */
static int parse(const struct command *command, int argc, char **argv,
                 struct command_args *args)
{
    for (int i = 0; i < argc; i++) {
        const char *arg = argv[i];
        const struct command_option *option = find_option(command, arg);
        const struct config_key *setting = find_setting(command, arg);
        if (arg[0] != '-')
            return usage_error(command, arg, "takes no arguments, only options");
        if (!option && !setting)
            return usage_error(command, arg, "no such option");
        const char *value = strchr(arg, '=');
        if (value)
            value++;
        else
            value = setting || option->metavar ? argv[++i] : "true";
        if (!value)
            return usage_error(command, arg, "needs a value");
        if (option)
            args->values[option - command->options] = value;
        else if (args->setting_count < SETTINGS_MAX)
            args->settings[args->setting_count++] =
                (struct config_flag){.key = setting, .text = value};
    }
    return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(command);
            return EXIT_DONE;
        }
    }
    size_t count = 0;
    while (command->options[count].name)
        count++;
    struct config_flag settings[SETTINGS_MAX];
    struct command_args args = {.options = command->options,
                                .values = xcalloc(count + 1, sizeof *args.values),
                                .settings = settings};
    int code = parse(command, argc, argv, &args);
    if (code == 0)
        code = command->run(&args);
    free(args.values);
    return code;
}

const char *command_value(const struct command_args *args, const char *option)
{
    for (size_t i = 0; args->options[i].name; i++) {
        if (strcmp(args->options[i].name, option) == 0)
            return args->values[i];
    }
    return NULL;
}

bool command_switch(const struct command_args *args, const char *option)
{
    const char *value = command_value(args, option);
    return value && strcmp(value, "false") != 0;
}

int command_main(int argc, char **argv)
{
    if (argc < 2)
        return print_usage(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return print_usage(stdout);
    const char *name = strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return run(commands[i], argc - 2, argv + 2);
    }
    fprintf(stderr, "berth: %s: no such command\n", argv[1]);
    return print_usage(stderr);
}
