#include "test/apiserver/server/version_check.h"

#include "kubeclient/api/object.h"

#include <string.h>

/* Who must name the version that they have read, in every update. */
static bool is_conditional(const struct resource_def *def)
{
    static const char *const groups[] = {"coordination.k8s.io", "apiextensions.k8s.io",
                                         "policy", "discovery.k8s.io", NULL};
    for (size_t i = 0; groups[i]; i++) {
        if (strcmp(def->group, groups[i]) == 0)
            return true;
    }
    return def->custom;
}

static bool refuse_immutable(struct call *call, const char *field, const char *value)
{
    return call_refuse_invalid(
        call, call->name,
        &(struct field_fault){
            .reason = "FieldValueInvalid",
            .field = field,
            .message = arena_printf(
                call->arena, "Invalid value: \"%s\": field is immutable", value)});
}

static bool check_uid(struct call *call, const cJSON *live, const char *uid,
                      enum write_origin origin)
{
    if (!*uid || strcmp(uid, kube_uid(live)) == 0)
        return true;
    if (origin != WRITE_UPDATE)
        return refuse_immutable(call, "metadata.uid", uid);
    return call_refuse_conflict(
        call, call->name,
        arena_printf(call->arena,
                     "StorageError: invalid object, Code: 4, Key: /registry/%s/%s%s%s, "
                     "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID "
                     "in precondition: %s, UID in object meta: %s",
                     call->resource, call->ns, *call->ns ? "/" : "", call->name, uid,
                     kube_uid(live)));
}

/* The one Invalid that speaks of the resource and not of the kind. */
static bool refuse_unconditional(struct call *call)
{
    static const char message[] = "Invalid value: 0: must be specified for an update";
    call_refuse(call, 422, "Invalid",
                "%s \"%s\" is invalid: metadata.resourceVersion: %s",
                call_resource_name(call), call->name, message);
    refusal_set_details(call->refusal, *call->group ? call->group : NULL,
                        call->resource, call->name);
    refusal_add_cause(call->refusal, "FieldValueInvalid", "metadata.resourceVersion",
                      message);
    return false;
}

static bool check_version(struct call *call, const cJSON *live, const cJSON *object,
                          enum write_origin origin)
{
    const char *version = json_str_or(object, "", "metadata", "resourceVersion");
    const char *held = json_str_or(live, "", "metadata", "resourceVersion");
    if (strcmp(version, held) == 0)
        return true;
    if (*version && strcmp(version, "0") != 0)
        return call_refuse_conflict(call, call->name,
                                    "the object has been modified; please apply your "
                                    "changes to the latest version and try again");
    if (origin != WRITE_UPDATE || !is_conditional(call->def))
        return true;
    return refuse_unconditional(call);
}

bool version_check(struct call *call, const cJSON *live, const cJSON *object,
                   enum write_origin origin)
{
    const char *name = kube_name(object);
    if (strcmp(name, call->name) != 0)
        return call_refuse(call, 400, "BadRequest",
                           "the name of the object (%s) does not match the name on the "
                           "URL (%s)",
                           name, call->name);
    const char *deletion = json_str_or(object, "", "metadata", "deletionTimestamp");
    if (*deletion &&
        strcmp(deletion, json_str_or(live, "", "metadata", "deletionTimestamp")) != 0)
        return refuse_immutable(call, "metadata.deletionTimestamp", deletion);
    return check_uid(call, live, kube_uid(object), origin) &&
           check_version(call, live, object, origin);
}
