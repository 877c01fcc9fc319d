#include "controller/cli/command.h"
#include "kubeclient/base/json.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

static const struct command_option OPTIONS[] = {
    {"output", 'o', "FORMAT", "json, or a line for people where it is not given"},
    {.name = NULL},
};

static int run(const struct command_args *args)
{
    const char *format = command_value(args, "output");
    if (!format) {
        printf("berth %s (libuv %s)\n", BERTH_VERSION, uv_version_string());
        return EXIT_DONE;
    }
    if (strcmp(format, "json") != 0) {
        fprintf(stderr, "berth version: --output must be json, not \"%s\"\n", format);
        return EXIT_USAGE;
    }
    auto_json cJSON *version = json_object();
    json_set_str(version, BERTH_VERSION, "version");
    json_set_str(version, uv_version_string(), "libuv");
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_print(&text, version);
    printf("%s\n", text.text);
    strbuf_fini(&text);
    return EXIT_DONE;
}

const struct command command_version = {
    .name = "version",
    .summary = "Print the version of this program",
    .options = OPTIONS,
    .run = run,
};
