#include "test/apiserver/server/delete.h"

#include "kubeclient/api/object.h"
#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/ascii.h"
#include "test/apiserver/server/commit.h"
#include "test/apiserver/server/crd.h"
#include "test/apiserver/server/namespace.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write.h"

#include <string.h>

static const char ORPHAN[] = "orphan";
static const char FOREGROUND[] = "foregroundDeletion";

/* ---- options */

static bool refuse_propagation(struct call *call, const char *reason,
                               const char *message)
{
    static const char field[] = "propagationPolicy";
    call_refuse(call, 422, "Invalid",
                "DeleteOptions.meta.k8s.io \"\" is invalid: %s: %s", field, message);
    refusal_set_details(call->refusal, "meta.k8s.io", "DeleteOptions", NULL);
    refusal_add_cause(call->refusal, reason, field, message);
    return false;
}

static bool check_propagation(struct call *call, const char *policy)
{
    static const char *const known[] = {"Background", "Foreground", "Orphan", NULL};
    for (size_t i = 0; known[i]; i++) {
        if (!policy || strcmp(policy, known[i]) == 0)
            return true;
    }
    return refuse_propagation(
        call, "FieldValueNotSupported",
        arena_printf(call->arena,
                     "Unsupported value: \"%s\": supported values: "
                     "\"Foreground\", \"Background\", \"Orphan\", "
                     "\"nil\"",
                     policy));
}

bool delete_options_read(struct call *call, struct delete_options *options)
{
    cJSON *body = NULL;
    if (call->request->body_len && !call_body(call, &body))
        return false;
    const char *grace = call_param(call, "gracePeriodSeconds");
    options->grace_s = json_int(body, -1, "gracePeriodSeconds");
    if (grace && !ascii_parse_i64(grace, &options->grace_s))
        return call_refuse(call, 400, "BadRequest",
                           "strconv.ParseInt: parsing \"%s\": invalid syntax", grace);
    options->uid = json_str(body, "preconditions", "uid");
    options->version = json_str(body, "preconditions", "resourceVersion");
    options->propagation = json_str(body, "propagationPolicy");
    if (!options->propagation)
        options->propagation = call_param(call, "propagationPolicy");
    const char *orphans = call_param(call, "orphanDependents");
    if (options->propagation && (orphans || json_at(body, "orphanDependents")))
        return refuse_propagation(
            call, "FieldValueInvalid",
            arena_printf(call->arena,
                         "Invalid value: \"%s\": orphanDependents "
                         "and deletionPropagation cannot be both "
                         "set",
                         options->propagation));
    if (json_bool(body, call_flag(call, "orphanDependents"), "orphanDependents"))
        options->propagation = "Orphan";
    const cJSON *dry = json_at(body, "dryRun");
    options->dry_run = call_dry_run(call) || json_count(dry);
    return check_propagation(call, options->propagation);
}

/* These speak of the kind where others speak of the resource. */
static bool refuse_precondition(struct call *call, const char *name, const char *why)
{
    const char *dot = *call->group ? "." : "";
    call_refuse(call, 409, "Conflict",
                "Operation cannot be fulfilled on %s%s%s \"%s\": %s", call->def->kind,
                dot, call->group, name, why);
    refusal_set_details(call->refusal, *call->group ? call->group : NULL,
                        call->def->kind, name);
    return false;
}

static bool check_preconditions(struct call *call, const cJSON *object,
                                const struct delete_options *options)
{
    if (options->uid && strcmp(options->uid, kube_uid(object)) != 0)
        return refuse_precondition(
            call, kube_name(object),
            arena_printf(call->arena,
                         "the UID in the precondition (%s) does not match the UID in "
                         "record (%s). The object might have been deleted and then "
                         "recreated",
                         options->uid, kube_uid(object)));
    const char *version = json_str_or(object, "", "metadata", "resourceVersion");
    if (options->version && strcmp(options->version, version) != 0)
        return refuse_precondition(
            call, kube_name(object),
            arena_printf(call->arena,
                         "the ResourceVersion in the precondition (%s) does not match "
                         "the ResourceVersion in record (%s). The object might have "
                         "been modified",
                         options->version, version));
    return true;
}

/* ---- finalizers of propagation */

static void drop_finalizer(cJSON *object, const char *finalizer)
{
    cJSON *list = json_member(json_member(object, "metadata"), "finalizers");
    json_each (item, list) {
        if (strcmp(item->valuestring, finalizer) != 0)
            continue;
        json_free(json_take(list, (cJSON *)(uintptr_t)item));
        break;
    }
    if (list && !list->child)
        json_remove(object, "metadata", "finalizers");
}

static void add_finalizer(cJSON *object, const char *finalizer)
{
    cJSON *list = json_member(json_member(object, "metadata"), "finalizers");
    if (!list)
        list = json_set(object, json_array(), "metadata", "finalizers");
    json_push(list, json_string(finalizer));
}

/* Which of the two the object has: what the policy says, else what it has already. */
static void set_propagation(const struct call *call, cJSON *object, const char *policy)
{
    if (strcmp(call->def->kind, "Event") == 0)
        return; /* no dependents, by rule */
    if (!policy)
        return;
    drop_finalizer(object, ORPHAN);
    drop_finalizer(object, FOREGROUND);
    if (strcmp(policy, "Orphan") == 0)
        add_finalizer(object, ORPHAN);
    else if (strcmp(policy, "Foreground") == 0)
        add_finalizer(object, FOREGROUND);
}

/* ---- grace: pods that a node runs, and namespaces */

/* Seconds until the object may go; 0: at once. */
static int64_t grace_of(const struct call *call, const cJSON *object, int64_t wanted)
{
    if (strcmp(call->def->storage, "/pods") != 0)
        return 0;
    const char *phase = json_str_or(object, "", "status", "phase");
    bool scheduled = *json_str_or(object, "", "spec", "nodeName");
    if (!scheduled || strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0)
        return 0;
    if (wanted < 0)
        return json_int(object, 30, "spec", "terminationGracePeriodSeconds");
    return wanted;
}

/* Deleted already, and nothing about it changes? A shorter grace period does. */
static bool is_pending(const cJSON *object, int64_t grace, bool asked)
{
    int64_t held = json_int(object, 0, "metadata", "deletionGracePeriodSeconds");
    return kube_deleting(object) && held > 0 && (!asked || grace >= held);
}

/* Namespaces and CRDs have ways of their own to be deleted. */
static bool holds_content(const struct resource_def *def)
{
    return strcmp(def->storage, "/namespaces") == 0 ||
           strcmp(def->storage, CRD_STORAGE) == 0;
}

static void set_deleting(const struct call *call, cJSON *object, int64_t grace)
{
    bool begun = kube_deleting(object);
    if (!begun ||
        grace < json_int(object, 0, "metadata", "deletionGracePeriodSeconds")) {
        char when[RFC3339_SIZE];
        rfc3339_format(call->now.wall_ms + grace * 1000, when);
        json_set_str(object, when, "metadata", "deletionTimestamp");
        if (!holds_content(call->def))
            json_set(object, json_number(grace), "metadata",
                     "deletionGracePeriodSeconds");
    }
    int64_t generation = kube_generation(object);
    if (!begun && generation > 0 && !holds_content(call->def))
        json_set(object, json_number(generation + 1), "metadata", "generation");
}

static bool has_finalizers(const struct call *call, const cJSON *object)
{
    if (json_count(json_at(object, "metadata", "finalizers")))
        return true;
    return strcmp(call->def->storage, "/namespaces") == 0 &&
           json_count(json_at(object, "spec", "finalizers"));
}

/* ---- deleting */

static bool store_deleting(struct call *call, const cJSON *before, cJSON *object,
                           bool dry_run)
{
    if (strcmp(call->def->storage, "/namespaces") == 0)
        json_set_str(object, "Terminating", "status", "phase");
    return dry_run || json_equal(before, object) ||
           commit_object(call->server, call->def, object) || call_refuse_large(call);
}

bool delete_object(struct call *call, struct stored *stored,
                   const struct delete_options *options, struct delete_result *result)
{
    const struct object_text *text = shape_current(call->server, call->def, stored);
    cJSON *object = json_adopt(call->arena, shape_copy(call->def, text));
    const cJSON *before = shape_read(call->arena, call->def, text);
    *result = (struct delete_result){.left = object};
    if (!check_preconditions(call, object, options))
        return false;
    int64_t grace = grace_of(call, object, options->grace_s);
    if (is_pending(object, grace, options->grace_s >= 0))
        return true;
    set_propagation(call, object, options->propagation);
    if (has_finalizers(call, object) || grace > 0) {
        set_deleting(call, object, grace);
        return store_deleting(call, before, object, options->dry_run);
    }
    result->gone = true;
    if (strcmp(call->def->storage, "/pods") == 0)
        set_deleting(call, object, 0);
    if (!options->dry_run)
        commit_removal(call->server, call->def, stored);
    return true;
}

/* Of these the object is answered although it is gone. */
static bool is_returned(const struct resource_def *def)
{
    static const char *const storages[] = {"/pods",
                                           "/services",
                                           "/serviceaccounts",
                                           "/resourcequotas",
                                           "/podtemplates",
                                           "/persistentvolumes",
                                           "/namespaces",
                                           "storage.k8s.io/storageclasses",
                                           "/persistentvolumeclaims",
                                           NULL};
    for (size_t i = 0; storages[i]; i++) {
        if (strcmp(def->storage, storages[i]) == 0)
            return true;
    }
    return false;
}

static void answer_gone(struct call *call, const cJSON *object)
{
    cJSON *status = json_adopt(call->arena, json_object());
    json_set_str(status, "Status", "kind");
    json_set_str(status, "v1", "apiVersion");
    json_set(status, json_object(), "metadata");
    json_set_str(status, "Success", "status");
    json_set_str(status, call->name, "details", "name");
    if (*call->group)
        json_set_str(status, call->group, "details", "group");
    json_set_str(status, call->resource, "details", "kind");
    json_set_str(status, kube_uid(object), "details", "uid");
    call_answer(call, 200, status);
}

bool verb_delete(struct call *call)
{
    if (strcmp(call->def->storage, "/namespaces") == 0 &&
        namespace_is_immortal(call->name))
        return call_refuse_forbidden(call, "this namespace may not be deleted");
    struct delete_options options;
    struct delete_result result;
    struct stored *stored;
    const cJSON *live;
    if (!delete_options_read(call, &options) || !write_find(call, &stored, &live) ||
        !delete_object(call, stored, &options, &result))
        return false;
    if (result.gone && !is_returned(call->def))
        answer_gone(call, result.left);
    else
        call_answer(call, 200, result.left);
    return true;
}
