#include "test/simulation/scenario_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cJSON *scenarios_read(const char *path)
{
    cJSON *scenarios = json_array();
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    struct err err = {0};
    FILE *file = fopen(path, "r");
    while (file && (len = getline(&line, &size, file)) > 0) {
        cJSON *scenario = json_parse(line, (size_t)len, &err);
        if (!scenario)
            break;
        json_push(scenarios, scenario);
    }
    if (!file || err.kind != ERR_NONE) {
        fprintf(stderr, "%s: %s\n", path, file ? err.msg : "cannot be read");
        exit(EXIT_FAILURE);
    }
    free(line);
    fclose(file);
    return scenarios;
}
