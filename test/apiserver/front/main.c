#include "test/apiserver/front/options.h"
#include "test/apiserver/front/program.h"

#include <signal.h>

enum { EXIT_USAGE = 64 };

int main(int argc, char **argv)
{
    struct options options;
    signal(SIGPIPE, SIG_IGN);
    switch (options_parse(argc, argv, &options)) {
    case OPTIONS_RUN:
        return program_run(&options);
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_BAD:
        break;
    }
    return EXIT_USAGE;
}
