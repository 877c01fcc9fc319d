#include "test/apiserver/server/crd.h"

#include "kubeclient/api/object.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/json_text.h"
#include "test/apiserver/server/own_request.h"
#include "test/apiserver/server/server_state.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char CLEANUP[] = "customresourcecleanup.apiextensions.k8s.io";

/* ---- a new one */

void crd_begin(cJSON *crd)
{
    struct arena *arena = arena_new();
    const char *kind = json_str_or(crd, "", "spec", "names", "kind");
    char *singular = arena_strdup(arena, kind);
    for (char *c = singular; *c; c++)
        *c = ascii_to_lower(*c);
    if (!json_str(crd, "spec", "names", "singular"))
        json_set_str(crd, singular, "spec", "names", "singular");
    if (!json_str(crd, "spec", "names", "listKind"))
        json_set_str(crd, arena_printf(arena, "%sList", kind), "spec", "names",
                     "listKind");
    if (!json_at(crd, "spec", "conversion"))
        json_set_str(crd, "None", "spec", "conversion", "strategy");
    arena_free(&arena);
}

/* ---- validation */

static bool refuse(struct call *call, const char *field, const char *reason,
                   const char *message)
{
    return call_refuse_invalid(
        call, call->name,
        &(struct field_fault){.reason = reason, .field = field, .message = message});
}

static bool validate_names(struct call *call, const cJSON *crd)
{
    const char *wanted = arena_printf(call->arena, "%s.%s",
                                      json_str_or(crd, "", "spec", "names", "plural"),
                                      json_str_or(crd, "", "spec", "group"));
    if (strcmp(wanted, kube_name(crd)) == 0)
        return true;
    return refuse(call, "metadata.name", "FieldValueInvalid",
                  arena_printf(call->arena,
                               "Invalid value: \"%s\": must be "
                               "spec.names.plural+\".\"+spec.group",
                               kube_name(crd)));
}

static bool validate_version(struct call *call, const cJSON *version, size_t index)
{
    const cJSON *openapi = json_at(version, "schema", "openAPIV3Schema");
    const char *field =
        arena_printf(call->arena, "spec.versions[%zu].schema.openAPIV3Schema", index);
    if (!openapi)
        return refuse(call, field, "FieldValueRequired", "Required value");
    struct err err;
    return registry_understands(call->server->registry, openapi, &err) ||
           refuse(call, field, "FieldValueInvalid",
                  arena_printf(call->arena, "Invalid value: %s", err.msg));
}

static bool validate_versions(struct call *call, const cJSON *crd)
{
    size_t index = 0, stored = 0;
    json_each (version, json_at(crd, "spec", "versions")) {
        stored += json_bool(version, false, "storage");
        if (!validate_version(call, version, index++))
            return false;
    }
    return stored == 1 ||
           refuse(call, "spec.versions", "FieldValueInvalid",
                  "Invalid value: must have exactly one version marked as storage "
                  "version");
}

bool crd_validate(struct call *call, const cJSON *former, const cJSON *crd)
{
    static const char *const immutable[] = {"scope", "group", NULL};
    for (size_t i = 0; former && immutable[i]; i++) {
        const char *value = json_str_or(crd, "", "spec", immutable[i]);
        if (strcmp(value, json_str_or(former, "", "spec", immutable[i])) != 0)
            return refuse(call, arena_printf(call->arena, "spec.%s", immutable[i]),
                          "FieldValueInvalid",
                          arena_printf(call->arena,
                                       "Invalid value: \"%s\": field is immutable",
                                       value));
    }
    if (strcmp(json_str_or(crd, "None", "spec", "conversion", "strategy"), "None") != 0)
        return refuse(call, "spec.conversion.strategy", "FieldValueNotSupported",
                      "Unsupported value: this server converts by None only: it calls "
                      "no webhooks");
    return validate_names(call, crd) && validate_versions(call, crd);
}

/* ---- serving */

/* What another resource of the group has already: NULL, or what to say of it. */
static const char *conflict_of(const struct registry *registry, struct arena *arena,
                               const cJSON *spec)
{
    const char *group = json_str_or(spec, "", "group");
    const char *plural = json_str_or(spec, "", "names", "plural");
    const char *kind = json_str_or(spec, "", "names", "kind");
    size_t count = registry_count(registry);
    for (size_t i = 0; i < count; i++) {
        const struct resource_def *def = registry_at(registry, i);
        if (strcmp(def->group, group) != 0 || strcmp(def->plural, plural) == 0)
            continue;
        if (strcmp(def->kind, kind) == 0)
            return arena_printf(arena, "\"%s\" is already in use", kind);
    }
    return NULL;
}

struct verdict {
    const char *type, *reason, *message;
    bool good;
};

static void set_condition(cJSON *crd, const struct verdict *verdict,
                          struct arena *arena, struct instant now)
{
    cJSON *conditions = json_member(json_member(crd, "status"), "conditions");
    if (!conditions)
        conditions = json_set(crd, json_array(), "status", "conditions");
    const char *status = verdict->good ? "True" : "False";
    const cJSON *held = json_find(conditions, "type", verdict->type);
    if (held && strcmp(json_str_or(held, "", "status"), status) == 0)
        return;
    cJSON *condition = json_object();
    json_set_str(condition, verdict->type, "type");
    json_set_str(condition, status, "status");
    json_set_str(condition, own_request_time(arena, now), "lastTransitionTime");
    json_set_str(condition, verdict->reason, "reason");
    json_set_str(condition, verdict->message, "message");
    if (held)
        json_replace(conditions, (cJSON *)(uintptr_t)held, condition);
    else
        json_push(conditions, condition);
}

static void note_stored_version(cJSON *crd)
{
    const char *storage = "";
    json_each (version, json_at(crd, "spec", "versions")) {
        if (json_bool(version, false, "storage"))
            storage = json_str_or(version, "", "name");
    }
    cJSON *stored = json_member(json_member(crd, "status"), "storedVersions");
    if (!stored)
        stored = json_set(crd, json_array(), "status", "storedVersions");
    json_each (item, stored) {
        if (strcmp(item->valuestring, storage) == 0)
            return;
    }
    json_push(stored, json_string(storage));
}

static void hold_for_cleanup(cJSON *crd)
{
    if (kube_deleting(crd) || kube_has_finalizer(crd, CLEANUP))
        return;
    cJSON *finalizers = json_member(json_member(crd, "metadata"), "finalizers");
    if (!finalizers)
        finalizers = json_set(crd, json_array(), "metadata", "finalizers");
    json_push(finalizers, json_string(CLEANUP));
}

void crd_establish(struct api_server *server, cJSON *crd, struct instant now)
{
    struct arena *arena = arena_new();
    const cJSON *spec = json_at(crd, "spec");
    const char *conflict = conflict_of(server->registry, arena, spec), *reason = NULL;
    bool accepted = !conflict;
    bool served = accepted && registry_set_crd(server->registry, crd, &reason);
    struct verdict names = {"NamesAccepted", accepted ? "NoConflicts" : "KindConflict",
                            accepted ? "no conflicts found" : conflict, accepted};
    struct verdict established = {"Established",
                                  served ? "InitialNamesAccepted" : "NotAccepted",
                                  served   ? "the initial names have been accepted"
                                  : reason ? reason
                                           : "not all names are accepted",
                                  served};
    note_stored_version(crd);
    set_condition(crd, &names, arena, now);
    set_condition(crd, &established, arena, now);
    if (accepted)
        json_set(crd, json_copy(json_at(spec, "names")), "status", "acceptedNames");
    hold_for_cleanup(crd);
    server->groups_changed = true;
    /* What is stored is read by the new schema from now on. */
    struct storage *storage = server_storage_named(
        server, arena_printf(arena, "%s/%s", json_str_or(spec, "", "group"),
                             json_str_or(spec, "", "names", "plural")));
    if (storage)
        storage->schema_age++;
    arena_free(&arena);
}

/* ---- the end */

static struct storage *instances_of(struct api_server *server, const cJSON *crd)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s", json_str_or(crd, "", "spec", "group"),
             json_str_or(crd, "", "spec", "names", "plural"));
    return server_storage_named(server, name);
}

void crd_removed(struct api_server *server, const cJSON *crd)
{
    registry_remove_crd(server->registry, kube_name(crd));
    server->groups_changed = true;
    struct storage *storage = instances_of(server, crd);
    if (storage)
        storage->era++;
}

/* Deletes the first instance that is not being deleted; false: there is none. */
static bool sweep(struct api_server *server, const cJSON *crd,
                  const struct storage *storage, struct instant now)
{
    struct stored *at = storage_seek(storage, "");
    while (at && json_text_get(at->now->text, at->now->len,
                               JSON_PATH("metadata", "deletionTimestamp"))
                     .start)
        at = stored_next(at);
    if (!at)
        return false;
    struct arena *arena = arena_new();
    const char *group = json_str_or(crd, "", "spec", "group");
    const char *version = "";
    json_each (item, json_at(crd, "spec", "versions")) {
        if (json_bool(item, false, "served"))
            version = json_str_or(item, "", "name");
    }
    const char *ns = arena_strndup(arena, at->now->key, at->now->ns_len);
    struct own_request request = {
        .account = "customresource-cleanup",
        .method = "DELETE",
        .target = arena_printf(arena, "/apis/%s/%s/%s%s%s%s/%s", group, version,
                               *ns ? "namespaces/" : "", ns, *ns ? "/" : "",
                               json_str_or(crd, "", "spec", "names", "plural"),
                               object_text_name(at->now))};
    bool done = own_request_send(server, &request, now);
    arena_free(&arena);
    return done;
}

/* Takes the cleanup finalizer away, and with it the CRD. */
static bool let_go(struct api_server *server, const cJSON *crd, struct instant now)
{
    if (!kube_has_finalizer(crd, CLEANUP))
        return false;
    cJSON *patch = json_object();
    cJSON *left = json_set(patch, json_array(), "metadata", "finalizers");
    json_each (item, json_at(crd, "metadata", "finalizers")) {
        if (strcmp(item->valuestring, CLEANUP) != 0)
            json_push(left, json_copy(item));
    }
    struct strbuf body;
    strbuf_init(&body, 64 * 1024);
    json_print(&body, patch);
    json_free(patch);
    struct arena *arena = arena_new();
    struct own_request request = {
        .account = "customresource-cleanup",
        .method = "PATCH",
        .content_type = "application/merge-patch+json",
        .target = arena_printf(
            arena, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/%s",
            kube_name(crd)),
        .body = body.text};
    bool done = own_request_send(server, &request, now);
    arena_free(&arena);
    strbuf_fini(&body);
    return done;
}

bool crd_step(struct api_server *server, const char *name, struct instant now)
{
    const struct storage *crds = server_storage_named(server, CRD_STORAGE);
    const struct stored *stored = storage_get(crds, "", name);
    assert(stored);
    struct err err;
    cJSON *crd = json_parse(stored->now->text, stored->now->len, &err);
    const struct storage *storage = instances_of(server, crd);
    bool done = storage && storage->count ? sweep(server, crd, storage, now)
                                          : let_go(server, crd, now);
    json_free(crd);
    return done;
}
