#include "reconcilers/shared/child.h"

#include "kubeclient/api/intent.h"
#include "kubeclient/api/managed_fields.h"
#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"

#include <string.h>

bool child_is_owned(const cJSON *object, const char *owner_uid)
{
    const cJSON *controller = kube_controller_of(object);
    return controller && strcmp(json_str_or(controller, "", "uid"), owner_uid) == 0;
}

bool child_may_be_taken(const cJSON *object, const struct kube_resource *owner)
{
    static const struct field_manager BERTH = {
        .name = BERTH_FIELD_MANAGER, .operation = "Apply", .subresource = ""};
    const cJSON *controller = kube_controller_of(object);
    if (!controller)
        return object && managed_fields(object, &BERTH);
    return owner == &KUBE_PROJECTS &&
           strcmp(json_str_or(controller, "", "kind"), KUBE_PROJECT_SETTINGS.kind) ==
               0 &&
           ascii_has_prefix(json_str_or(controller, "", "apiVersion"),
                            KUBE_PROJECT_SETTINGS.group);
}

void child_set_owner(struct arena *arena, cJSON *intent,
                     const struct kube_resource *resource, const cJSON *owner)
{
    cJSON *list = json_set(intent, json_array(), "metadata", "ownerReferences");
    cJSON *reference = json_push(list, json_object());
    json_set_str(reference, kube_api_version(arena, resource), "apiVersion");
    json_set_str(reference, resource->kind, "kind");
    json_set_str(reference, kube_name(owner), "name");
    json_set_str(reference, kube_uid(owner), "uid");
    json_set(reference, json_boolean(true), "controller");
    json_set(reference, json_boolean(true), "blockOwnerDeletion");
}

enum child_state child_ensure(struct observed *observed, struct plan *plan,
                              const struct child *child, const struct err **failure)
{
    const cJSON *live =
        observed_get(observed, child->resource, kube_namespace(child->intent),
                     kube_name(child->intent));
    return child_ensure_live(observed, plan, child, live, failure);
}

enum child_state child_ensure_live(struct observed *observed, struct plan *plan,
                                   const struct child *child, const cJSON *live,
                                   const struct err **failure)
{
    const cJSON *intent = json_adopt(plan->arena, child->intent);
    const char *ns = kube_namespace(intent), *name = kube_name(intent);
    *failure = observed_failure(observed, child->resource, ns, name);
    if (*failure) {
        plan->retry = true;
        return CHILD_FAILED;
    }
    if (live && child->owner_uid && !child_is_owned(live, child->owner_uid))
        return CHILD_FOREIGN;
    if (live && kube_deleting(live))
        return CHILD_PENDING;
    if (intent_check(plan->arena, intent, live, BERTH_FIELD_MANAGER).held)
        return CHILD_HELD;
    plan_apply(plan, child->resource, json_copy(intent),
               live ? PLAN_UPDATE : PLAN_CREATE, live, child->why);
    return CHILD_PENDING;
}
