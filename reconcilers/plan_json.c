#include "reconcilers/plan.h"

static const char *verb_name(enum plan_verb verb)
{
    static const char *const NAMES[] = {
        [PLAN_APPLY] = "apply",
        [PLAN_MERGE_PATCH] = "mergePatch",
        [PLAN_JSON_PATCH] = "jsonPatch",
        [PLAN_DELETE] = "delete",
    };
    return NAMES[verb];
}

/* {kind, namespace, name}; the namespace only where there is one. */
static cJSON *reference(const struct kube_resource *resource, const char *ns,
                        const char *name)
{
    cJSON *json = json_object();
    json_set_str(json, resource->kind, "kind");
    json_set_str(json, ns && ns[0] ? ns : NULL, "namespace");
    json_set_str(json, name, "name");
    return json;
}

static cJSON *need_to_json(const struct plan_need *need)
{
    cJSON *json = reference(need->resource, need->ns, need->name);
    json_set(json, json_copy(need->trial), "trial");
    return json;
}

static cJSON *write_to_json(const struct plan_write *write)
{
    cJSON *json = json_object();
    json_set_str(json, verb_name(write->verb), "verb");
    json_set_str(json, write->resource->kind, "kind");
    json_set_str(json, write->ns && write->ns[0] ? write->ns : NULL, "namespace");
    json_set_str(json, write->name, "name");
    json_set_str(json, write->uid, "uid");
    json_set_str(json, write->version, "resourceVersion");
    json_set_str(json, write->why, "why");
    json_set(json, json_copy(write->body), "body");
    return json;
}

static cJSON *event_to_json(const struct plan_event *event)
{
    cJSON *json = json_object();
    json_set_str(json, event->warning ? "Warning" : "Normal", "type");
    json_set_str(json, event->reason, "reason");
    json_set_str(json, event->action, "action");
    json_set_str(json, event->note, "note");
    if (event->related)
        json_set(json,
                 reference(event->related, event->related_ns, event->related_name),
                 "related");
    return json;
}

cJSON *plan_to_json(const struct plan *plan)
{
    cJSON *json = json_object();
    cJSON *needs = json_array(), *writes = json_array(), *events = json_array();
    for (const struct plan_need *need = plan->needs; need; need = need->next)
        json_push(needs, need_to_json(need));
    for (const struct plan_write *write = plan->writes; write; write = write->next)
        json_push(writes, write_to_json(write));
    for (const struct plan_event *event = plan->events; event; event = event->next)
        json_push(events, event_to_json(event));
    json_set(json, needs, "needs");
    json_set(json, writes, "writes");
    json_set(json, json_copy(plan->status), "status");
    json_set(json, events, "events");
    if (plan->requeue_after_ms || plan->retry) {
        json_set(json, json_number(plan->requeue_after_ms), "requeue", "afterMs");
        json_set(json, json_boolean(plan->retry), "requeue", "retry");
    }
    return json;
}
