#include "kubeclient/api/object.h"
#include "test/apiserver/server/admit.h"
#include "test/apiserver/server/crd.h"
#include "test/apiserver/server/namespace.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/write_steps.h"

#include <string.h>

static bool check_name(struct call *call, cJSON *object)
{
    static const size_t PREFIX_MAX = 58; /* 63 with five characters behind it */
    if (!*kube_name(object)) {
        const char *prefix = json_str_or(object, "", "metadata", "generateName");
        if (!*prefix)
            return call_refuse_invalid(
                call, "",
                &(struct field_fault){.reason = "FieldValueRequired",
                                      .field = "metadata.name",
                                      .message = "Required value: name or generateName "
                                                 "is required"});
        char suffix[6];
        server_random_name(call->server, suffix, sizeof suffix - 1);
        json_set_str(
            object,
            arena_printf(call->arena, "%.*s%s", (int)PREFIX_MAX, prefix, suffix),
            "metadata", "name");
    }
    call->name = arena_strdup(call->arena, kube_name(object));
    return true;
}

/* What only the server says of a new object. */
static void begin(struct call *call, cJSON *object)
{
    static const char *const dropped[] = {"selfLink", "deletionTimestamp",
                                          "deletionGracePeriodSeconds",
                                          "resourceVersion", NULL};
    for (size_t i = 0; dropped[i]; i++)
        json_remove(object, "metadata", dropped[i]);
    char uid[UUID_SIZE];
    server_uuid(call->server, uid);
    json_set_str(object, uid, "metadata", "uid");
    json_set_str(object, call_time(call), "metadata", "creationTimestamp");
    if (call->def->has_generation)
        json_set(object, json_number(1), "metadata", "generation");
    if (call->def->has_status)
        json_remove(object, "status");
    if (write_is_kind(call, "/namespaces"))
        namespace_begin(object);
    if (write_is_kind(call, CRD_STORAGE))
        crd_begin(object);
}

static bool check_new(struct call *call)
{
    const struct storage *storage = server_storage(call->server, call->def);
    if (!storage_get(storage, call->def->namespaced ? call->ns : "", call->name))
        return true;
    call_refuse(call, 409, "AlreadyExists", "%s \"%s\" already exists",
                call_resource_name(call), call->name);
    refusal_set_details(call->refusal, *call->group ? call->group : NULL,
                        call->resource, call->name);
    return false;
}

static bool check_unversioned(struct call *call, const cJSON *object,
                              enum write_origin origin)
{
    const char *version = json_str_or(object, "", "metadata", "resourceVersion");
    if (!*version || origin == WRITE_APPLY || strcmp(version, "0") == 0)
        return true;
    return call_refuse(call, 500, "",
                       "resourceVersion should not be set on objects to be created");
}

bool write_create(struct call *call, cJSON *object, enum write_origin origin)
{
    if (!write_set_namespace(call, object) || !check_name(call, object) ||
        !admit_creation(call) || !check_unversioned(call, object, origin))
        return false;
    begin(call, object);
    write_set_defaults(call->def, object);
    if (!write_validate(call, NULL, object) || !admit_object(call, NULL, object) ||
        !check_new(call))
        return false;
    if (write_is_kind(call, "/namespaces"))
        json_remove(object, "spec"); /* what is in it is nobody's: namespace_hold() */
    if (origin != WRITE_APPLY) {
        struct managed_apply_options options = write_managed_options(call);
        managed_update(&options, NULL, object);
    }
    if (write_is_kind(call, "/namespaces"))
        namespace_hold(object);
    if (call_dry_run(call)) {
        call_answer(call, 201, object);
        return true;
    }
    const struct stored *stored = write_commit(call, object);
    if (stored)
        write_answer(call, 201, stored);
    return stored;
}
