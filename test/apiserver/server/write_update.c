#include "kubeclient/api/object.h"
#include "test/apiserver/server/admit.h"
#include "test/apiserver/server/commit.h"
#include "test/apiserver/server/namespace.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"
#include "test/apiserver/server/version_check.h"
#include "test/apiserver/server/write_steps.h"

#include <string.h>

static bool on_status(const struct call *call)
{
    return strcmp(call->subresource, "status") == 0;
}

bool write_find(struct call *call, struct stored **stored, const cJSON **live)
{
    const struct resource_def *def = call->def;
    *stored = storage_get(server_storage(call->server, def),
                          def->namespaced ? call->ns : "", call->name);
    if (!*stored)
        return call_refuse_not_found(call, call->name);
    *live = shape_read(call->arena, def, shape_current(call->server, def, *stored));
    return true;
}

static void keep(cJSON *object, const cJSON *live, const char *name)
{
    const cJSON *held = json_at(live, "metadata", name);
    if (held)
        json_set(object, json_copy(held), "metadata", name);
    else
        json_remove(object, "metadata", name);
}

static void keep_metadata(cJSON *object, const cJSON *live)
{
    static const char *const kept[] = {"uid",
                                       "creationTimestamp",
                                       "deletionTimestamp",
                                       "deletionGracePeriodSeconds",
                                       "generation",
                                       "resourceVersion",
                                       NULL};
    for (size_t i = 0; kept[i]; i++)
        keep(object, live, kept[i]);
    json_remove(object, "metadata", "selfLink");
}

static void keep_member(cJSON *object, const cJSON *live, const char *name)
{
    const cJSON *held = json_at(live, name);
    if (held)
        json_set(object, json_copy(held), name);
    else
        json_remove(object, name);
}

/* A write to status changes status alone; who sent it is told by managedFields.
 * Built-in kinds let annotations through: the deployment controller counts revisions
 * so, without a new generation. */
static cJSON *status_of(struct call *call, const cJSON *live, const cJSON *object)
{
    cJSON *merged = json_adopt(call->arena, json_copy(live));
    keep_member(merged, object, "status");
    if (!call->def->custom)
        keep(merged, object, "annotations");
    const cJSON *managed = json_at(object, "metadata", "managedFields");
    if (managed)
        json_set(merged, json_copy(managed), "metadata", "managedFields");
    return merged;
}

static bool differs(const cJSON *a, const cJSON *b, const char *name)
{
    return !json_equal(json_at(a, name), json_at(b, name));
}

/* Has anything changed that a new generation stands for? */
static bool desires_other(const struct resource_def *def, const cJSON *live,
                          const cJSON *object)
{
    if (!def->custom)
        return differs(live, object, "spec") ||
               (strcmp(def->kind, "Deployment") == 0 &&
                !json_equal(json_at(live, "metadata", "annotations"),
                            json_at(object, "metadata", "annotations")));
    json_each (member, object) {
        if (strcmp(member->string, "metadata") != 0 &&
            !(def->has_status && strcmp(member->string, "status") == 0) &&
            differs(live, object, member->string))
            return true;
    }
    json_each (member, live) {
        if (!json_at(object, member->string) &&
            !(def->has_status && strcmp(member->string, "status") == 0))
            return true;
    }
    return false;
}

static bool goes_with_its_last_finalizer(const struct call *call, const cJSON *live,
                                         const cJSON *object)
{
    if (write_is_kind(call, "/namespaces") &&
        json_count(json_at(object, "spec", "finalizers")))
        return false;
    return kube_deleting(live) &&
           !json_count(json_at(object, "metadata", "finalizers")) &&
           json_int(live, 0, "metadata", "deletionGracePeriodSeconds") == 0;
}

static bool commit_change(struct call *call, const struct write_change *change,
                          cJSON *object, struct write_result *result)
{
    bool gone = goes_with_its_last_finalizer(call, change->live, object);
    *result = (struct write_result){.object = object};
    if (call_dry_run(call))
        return true;
    if (gone) {
        commit_removal(call->server, call->def, change->stored);
        return true;
    }
    result->stored =
        json_equal(change->live, object) ? change->stored : write_commit(call, object);
    return result->stored;
}

/* The object as it may be stored. */
static bool prepare(struct call *call, const struct write_change *change,
                    cJSON **prepared)
{
    const struct resource_def *def = call->def;
    cJSON *object = change->object;
    if (!write_set_namespace(call, object) ||
        !version_check(call, change->live, object, change->origin))
        return false;
    if (on_status(call))
        object = status_of(call, change->live, object);
    else if (def->has_status)
        keep_member(object, change->live, "status");
    if (write_is_kind(call, "/namespaces"))
        namespace_keep(call, change->live, object);
    keep_metadata(object, change->live);
    write_set_defaults(def, object);
    if (!on_status(call) && def->has_generation &&
        desires_other(def, change->live, object))
        json_set(object, json_number(kube_generation(change->live) + 1), "metadata",
                 "generation");
    *prepared = object;
    return write_validate(call, change->live, object) &&
           admit_object(call, change->live, object);
}

bool write_store(struct call *call, const struct write_change *change,
                 struct write_result *result)
{
    cJSON *object;
    if (!prepare(call, change, &object))
        return false;
    if (change->origin != WRITE_APPLY) {
        struct managed_apply_options options = write_managed_options(call);
        managed_update(&options, change->live, object);
    }
    return commit_change(call, change, object, result);
}

bool write_update(struct call *call, const struct write_change *change)
{
    struct write_result result;
    if (!write_store(call, change, &result))
        return false;
    if (result.stored)
        write_answer(call, 200, result.stored);
    else
        call_answer(call, 200, result.object);
    return true;
}
