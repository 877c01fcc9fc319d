/* scenario_file.h - the compiled scenarios, one JSON object a line. */
#ifndef BERTH_SIMULATION_SCENARIO_FILE_H
#define BERTH_SIMULATION_SCENARIO_FILE_H

#include "kubeclient/base/json.h"

/* All scenarios of the file as an array; a file that cannot be read ends the process.
 * Owned. */
cJSON *scenarios_read(const char *path);

#endif
