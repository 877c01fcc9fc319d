#include "kubeclient/api/object.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write_steps.h"

#include <string.h>

static bool refuse_taken(struct call *call, const char *node)
{
    return call_refuse_conflict(
        call, call->name,
        arena_printf(call->arena, "pod %s is already assigned to node \"%s\"",
                     call->name, node));
}

static void set_scheduled(struct call *call, cJSON *pod)
{
    cJSON *list = json_set(pod, json_array(), "status", "conditions");
    cJSON *condition = json_push(list, json_object());
    json_set_str(condition, "PodScheduled", "type");
    json_set_str(condition, "True", "status");
    json_set(condition, json_null(), "lastProbeTime");
    json_set_str(condition, call_time(call), "lastTransitionTime");
}

static void answer_success(struct call *call)
{
    cJSON *status = json_adopt(call->arena, json_object());
    json_set_str(status, "Status", "kind");
    json_set_str(status, "v1", "apiVersion");
    json_set(status, json_object(), "metadata");
    json_set_str(status, "Success", "status");
    json_set(status, json_number(201), "code");
    call_answer(call, 201, status);
}

/* The scheduler's write, the only one that may name a pod's node. It is nobody's in
 * managedFields. */
bool verb_create_binding(struct call *call)
{
    cJSON *binding;
    struct stored *stored;
    const cJSON *live;
    if (!call_body(call, &binding) || !write_find(call, &stored, &live))
        return false;
    const char *node = json_str_or(binding, "", "target", "name");
    const char *taken = json_str_or(live, "", "spec", "nodeName");
    if (!*node)
        return call_refuse(call, 400, "BadRequest", "a binding names its target");
    if (*taken)
        return refuse_taken(call, taken);
    cJSON *pod = json_adopt(call->arena, json_copy(live));
    json_set_str(pod, node, "spec", "nodeName");
    set_scheduled(call, pod);
    if (!call_dry_run(call) && !write_commit(call, pod))
        return false;
    answer_success(call);
    return true;
}
