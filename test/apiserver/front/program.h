/* program.h - the life of a berth-apiserver: open, say so, run until it is to end. */
#ifndef BERTH_APISERVER_PROGRAM_H
#define BERTH_APISERVER_PROGRAM_H

#include "test/apiserver/front/options.h"

/* The exit status. What went wrong is on stderr. */
int program_run(const struct options *options);

#endif
