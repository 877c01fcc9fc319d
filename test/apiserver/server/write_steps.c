#include "test/apiserver/server/write_steps.h"

#include "kubeclient/api/object.h"
#include "test/apiserver/server/commit.h"
#include "test/apiserver/server/crd.h"
#include "test/apiserver/server/metadata.h"
#include "test/apiserver/server/shape.h"

#include <string.h>

bool write_is_kind(const struct call *call, const char *storage)
{
    return strcmp(call->def->storage, storage) == 0;
}

bool write_set_namespace(struct call *call, cJSON *object)
{
    const char *ns = kube_namespace(object);
    const char *expected = call->def->namespaced ? call->ns : "";
    if (*ns && strcmp(ns, expected) != 0)
        return call_refuse(call, 400, "BadRequest",
                           "the namespace of the provided object does not match the "
                           "namespace sent on the request");
    if (*expected)
        json_set_str(object, expected, "metadata", "namespace");
    return true;
}

void write_set_defaults(const struct resource_def *def, cJSON *object)
{
    schema_default(def->schema, object);
    if (!def->custom)
        builtin_default(def->kind, object);
}

/* A wrong type is a body that cannot be read, 400; in a patch it is the patch's fault.
 */
static bool refuse_malformed(struct call *call)
{
    if (refusal_code(call->refusal) != 400 || strcmp(call->verb, "patch") != 0)
        return false;
    const char *message = json_str_or(call->refusal, "", "message");
    const char *fault = strstr(message, ": ");
    return write_refuse_patched(call,
                                arena_strdup(call->arena, fault ? fault + 2 : message));
}

bool write_validate(struct call *call, const cJSON *former, const cJSON *object)
{
    const struct resource_def *def = call->def;
    if (!schema_validate_update(def->schema, former, object, &call->refusal))
        return refuse_malformed(call);
    if (!metadata_validate(call, former, object))
        return false;
    return def->custom ||
           (builtin_validate(def->kind, former, object, &call->refusal) &&
            (!write_is_kind(call, CRD_STORAGE) || crd_validate(call, former, object)));
}

struct managed_apply_options write_managed_options(struct call *call)
{
    return (struct managed_apply_options){
        .schema = call->def->schema,
        .has_status = call->def->has_status,
        .write = {.manager = call_manager(call),
                  .api_version = call_api_version(call),
                  .subresource = call->subresource,
                  .time = call_time(call)}};
}

/* A CRD is served from the moment in which it is stored. */
struct stored *write_commit(struct call *call, cJSON *object)
{
    if (write_is_kind(call, CRD_STORAGE))
        crd_establish(call->server, object, call->now);
    struct stored *stored = commit_object(call->server, call->def, object);
    if (!stored)
        call_refuse_large(call);
    return stored;
}

void write_answer(struct call *call, int status, const struct stored *stored)
{
    call->answer->status = status;
    shape_print(&call->answer->body, call->def, stored->now);
}
