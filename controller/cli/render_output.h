/* render_output.h - how `berth render` prints plans: a YAML stream, or a JSON List. */
#ifndef BERTH_CONTROLLER_CLI_RENDER_OUTPUT_H
#define BERTH_CONTROLLER_CLI_RENDER_OUTPUT_H

#include "reconcilers/object_set.h"

#include <stdio.h>

struct render_output {
    struct strbuf text; /* YAML so far */
    cJSON *items;       /* of a JSON List; NULL: YAML is wanted */
    bool merged;        /* whole objects, not only what Berth applies */
    bool explain;       /* conditions, events and patches as comments */
};

/* `format` NULL: yaml. */
void render_output_init(struct render_output *output, const char *format, bool merged,
                        bool explain);

/* Adds what the plan of a primary applies. */
void render_plan(struct render_output *output, const struct object_set *set,
                 const struct kube_resource *resource, const struct kube_key *key,
                 const struct plan *plan);

/* Writes all of it and frees the output. False: it was too long, or was not written. */
WARN_UNUSED bool render_output_finish(struct render_output *output, FILE *stream);

#endif
