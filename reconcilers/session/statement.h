/* statement.h - the status of a session while it is written down: what the parts of
 * status.h share. Pure. */
#ifndef BERTH_RECONCILERS_SESSION_STATEMENT_H
#define BERTH_RECONCILERS_SESSION_STATEMENT_H

#include "kubeclient/api/condition.h"
#include "reconcilers/session/status.h"

struct statement {
    struct session *session;
    const struct life_output *life;
    const struct pod_view *view;
    cJSON *status, *conditions;
    struct condition_context context;
};

/* Appends a condition. */
void statement_set(struct statement *statement, const char *type,
                   enum condition_status status, const struct verdict *verdict);

/* The first step that keeps the pod back, or NULL. */
const struct session_step_state *statement_obstacle(const struct session *session);

/* What Ready has to say; its text is never empty. */
struct verdict statement_ready(const struct statement *statement);

/* All conditions; the fields of the status are there by then. */
void statement_set_conditions(struct statement *statement);

/* What the runner says of its repositories and its workflow, as conditions. */
void statement_set_work(struct statement *statement);

/* The Service and the sidecars, as far as they are there. */
void statement_set_places(struct statement *statement);

#endif
