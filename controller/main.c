#include "controller/cli/command.h"

#include <signal.h>

int main(int argc, char **argv)
{
    /* A peer that closes its end is an error of that write, not the end of the process.
     */
    signal(SIGPIPE, SIG_IGN);
    return command_main(argc, argv);
}
