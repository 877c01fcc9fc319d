#include "test/apiserver/server/write.h"

#include "kubeclient/api/object.h"
#include "test/apiserver/apply/managed.h"
#include "test/apiserver/server/admit.h"
#include "test/apiserver/server/commit.h"
#include "test/apiserver/server/crd.h"
#include "test/apiserver/server/metadata.h"
#include "test/apiserver/server/namespace.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"
#include "test/apiserver/server/version_check.h"

#include <string.h>

static bool is_kind(const struct call *call, const char *storage)
{
    return strcmp(call->def->storage, storage) == 0;
}

static bool on_status(const struct call *call)
{
    return strcmp(call->subresource, "status") == 0;
}

/* ---- from the body */

bool write_prune(struct call *call, cJSON *object)
{
    const char *wanted = call_param(call, "fieldValidation");
    bool strict = wanted && strcmp(wanted, "Strict") == 0;
    cJSON *dropped = json_adopt(call->arena, json_array());
    schema_prune(call->def->schema, object, dropped);
    if (!strict || !dropped->child)
        return true;
    struct strbuf list;
    strbuf_init(&list, 8 * 1024);
    json_each (path, dropped) {
        strbuf_addf(&list, "%sunknown field \"%s\"", list.len ? ", " : "",
                    path->valuestring);
    }
    const char *fields = arena_strdup(call->arena, list.text);
    strbuf_fini(&list);
    return call_refuse(
        call, 400, "BadRequest",
        "%s in version \"%s\" cannot be handled as a %s: strict decoding "
        "error: %s",
        call->def->kind, call->version, call->def->kind, fields);
}

static bool check_kind(struct call *call, const cJSON *object)
{
    const char *expected = call_api_version(call);
    const char *version = json_str_or(object, expected, "apiVersion");
    const char *kind = json_str_or(object, call->def->kind, "kind");
    if (strcmp(version, expected) == 0 && strcmp(kind, call->def->kind) == 0)
        return true;
    if (strcmp(version, expected) == 0)
        return call_refuse(call, 400, "BadRequest",
                           "%s in version \"%s\" cannot be handled as a %s", kind,
                           call->version, call->def->kind);
    return call_refuse(call, 400, "BadRequest",
                       "the API version in the data (%s) does not match the expected "
                       "API version (%s)",
                       version, expected);
}

bool write_check(struct call *call, cJSON *object)
{
    const cJSON *metadata = json_at(object, "metadata");
    if (!cJSON_IsObject(object) || (metadata && !cJSON_IsObject(metadata)))
        return call_refuse(call, 400, "BadRequest",
                           "the object provided is unrecognized (must be of type %s)",
                           call->def->kind);
    if (!check_kind(call, object))
        return false;
    json_set_str(object, call_api_version(call), "apiVersion");
    json_set_str(object, call->def->kind, "kind");
    if (!metadata)
        json_set(object, json_object(), "metadata");
    return true;
}

bool write_decode(struct call *call, cJSON **object)
{
    return call_body(call, object) && write_check(call, *object) &&
           write_prune(call, *object);
}

/* ---- common to creates and changes */

static bool check_namespace(struct call *call, cJSON *object)
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

static void set_defaults(const struct resource_def *def, cJSON *object)
{
    schema_default(def->schema, object);
    if (!def->custom)
        builtin_default(def->kind, object);
}

static bool validate(struct call *call, const cJSON *former, const cJSON *object)
{
    const struct resource_def *def = call->def;
    if (!metadata_validate(call, former, object) ||
        !schema_validate(def->schema, object, &call->refusal))
        return false;
    return def->custom ||
           (builtin_validate(def->kind, former, object, &call->refusal) &&
            (!is_kind(call, CRD_STORAGE) || crd_validate(call, former, object)));
}

static struct managed_apply_options managed_options(struct call *call)
{
    return (struct managed_apply_options){
        .schema = call->def->schema,
        .has_status = call->def->has_status,
        .write = {.manager = call_manager(call),
                  .api_version = call_api_version(call),
                  .subresource = call->subresource,
                  .time = call_time(call)}};
}

/* ---- creates */

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
    if (is_kind(call, "/namespaces"))
        namespace_begin(object);
    if (is_kind(call, CRD_STORAGE))
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

/* A CRD is served from the moment in which it is stored. */
static struct stored *store(struct call *call, cJSON *object)
{
    if (is_kind(call, CRD_STORAGE))
        crd_establish(call->server, object, call->now);
    return commit_object(call->server, call->def, object);
}

static void answer_object(struct call *call, int status, const struct stored *stored)
{
    call->answer->status = status;
    shape_print(&call->answer->body, call->def, stored->now);
}

bool write_create(struct call *call, cJSON *object, enum write_origin origin)
{
    if (!check_namespace(call, object) || !check_name(call, object) ||
        !admit_namespace(call) || !check_unversioned(call, object, origin))
        return false;
    begin(call, object);
    set_defaults(call->def, object);
    if (!validate(call, NULL, object) || !admit_object(call, NULL, object) ||
        !check_new(call))
        return false;
    if (origin != WRITE_APPLY) {
        struct managed_apply_options options = managed_options(call);
        managed_update(&options, NULL, object);
    }
    if (call_dry_run(call))
        call_answer(call, 201, object);
    else
        answer_object(call, 201, store(call, object));
    return true;
}

/* ---- changes */

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
                                       "generateName",
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

/* A write to status changes status alone; who sent it is told by managedFields. */
static cJSON *status_of(struct call *call, const cJSON *live, const cJSON *object)
{
    cJSON *merged = json_adopt(call->arena, json_copy(live));
    keep_member(merged, object, "status");
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
    if (is_kind(call, "/namespaces") &&
        json_count(json_at(object, "spec", "finalizers")))
        return false;
    return kube_deleting(live) &&
           !json_count(json_at(object, "metadata", "finalizers")) &&
           json_int(live, 0, "metadata", "deletionGracePeriodSeconds") == 0;
}

static struct write_result
commit_change(struct call *call, const struct write_change *change, cJSON *object)
{
    bool gone = goes_with_its_last_finalizer(call, change->live, object);
    struct write_result result = {.object = object};
    if (call_dry_run(call))
        return result;
    if (gone)
        commit_removal(call->server, call->def, change->stored);
    else if (json_equal(change->live, object))
        result.stored = change->stored;
    else
        result.stored = store(call, object);
    return result;
}

/* The object as it may be stored. */
static bool prepare(struct call *call, const struct write_change *change,
                    cJSON **prepared)
{
    const struct resource_def *def = call->def;
    cJSON *object = change->object;
    if (!check_namespace(call, object) ||
        !version_check(call, change->live, object, change->origin))
        return false;
    if (on_status(call))
        object = status_of(call, change->live, object);
    else if (def->has_status)
        keep_member(object, change->live, "status");
    if (is_kind(call, "/namespaces"))
        namespace_keep(call, change->live, object);
    keep_metadata(object, change->live);
    set_defaults(def, object);
    if (!on_status(call) && def->has_generation &&
        desires_other(def, change->live, object))
        json_set(object, json_number(kube_generation(change->live) + 1), "metadata",
                 "generation");
    *prepared = object;
    return validate(call, change->live, object) &&
           admit_object(call, change->live, object);
}

bool write_store(struct call *call, const struct write_change *change,
                 struct write_result *result)
{
    cJSON *object;
    if (!prepare(call, change, &object))
        return false;
    if (change->origin != WRITE_APPLY) {
        struct managed_apply_options options = managed_options(call);
        managed_update(&options, change->live, object);
    }
    *result = commit_change(call, change, object);
    return true;
}

bool write_update(struct call *call, const struct write_change *change)
{
    struct write_result result;
    if (!write_store(call, change, &result))
        return false;
    if (result.stored)
        answer_object(call, 200, result.stored);
    else
        call_answer(call, 200, result.object);
    return true;
}
