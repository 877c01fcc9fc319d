#include "kubeclient/api/quantity.h"
#include "reconcilers/session/session_plan.h"

/* A limit below its request would be refused, and one that a LimitRange sets may be. */
static void raise_limits(cJSON *resources)
{
    cJSON *limits = json_member(resources, "limits");
    json_each (request, json_at(resources, "requests")) {
        const cJSON *limit = json_at(limits, request->string);
        struct quantity wanted, most;
        if (limit && quantity_from_json(request, &wanted) &&
            quantity_from_json(limit, &most) && quantity_compare(&wanted, &most) > 0)
            json_set(limits, json_copy(request), request->string);
    }
}

cJSON *session_resources(const struct session *session)
{
    cJSON *resources = json_object();
    json_set(resources, json_copy(session->config->runner_requests), "requests");
    json_set(resources, json_copy(session->config->runner_limits), "limits");
    const cJSON *of_project = json_at(session->project, "spec", "resources");
    const cJSON *of_session = json_at(session->spec, "resources");
    if (of_project)
        json_merge(resources, of_project);
    if (of_session)
        json_merge(resources, of_session);
    raise_limits(resources);
    return resources;
}
