#include "test/apiserver/apply/patch.h"
#include "kubeclient/api/object.h"
#include "test/apiserver/apply/managed.h"
#include "test/apiserver/server/auth.h"
#include "test/apiserver/server/options.h"
#include "test/apiserver/server/patch_kind.h"
#include "test/apiserver/server/server_state.h"
#include "test/apiserver/server/shape.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write.h"

#include <string.h>

enum patch_kind patch_kind_of(const struct call *call)
{
    static const struct {
        const char *media;
        enum patch_kind kind;
    } medias[] = {
        {"application/apply-patch+yaml", PATCH_APPLY},
        {"application/merge-patch+json", PATCH_MERGE},
        {"application/json-patch+json", PATCH_JSON},
        {"application/strategic-merge-patch+json", PATCH_STRATEGIC},
    };
    const char *type = call->request->content_type ? call->request->content_type : "";
    size_t len = strcspn(type, "; ");
    for (size_t i = 0; i < sizeof medias / sizeof *medias; i++) {
        if (strlen(medias[i].media) == len && strncmp(type, medias[i].media, len) == 0)
            return medias[i].kind;
    }
    return PATCH_UNKNOWN;
}

static bool check_options(struct call *call, enum patch_kind kind)
{
    if (kind == PATCH_UNKNOWN || (kind == PATCH_STRATEGIC && call->def->custom))
        return call_refuse(
            call, 415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted "
            "media types include: application/json-patch+json, "
            "application/merge-patch+json, application/apply-patch+yaml");
    if (!options_check(call))
        return false;
    const char *manager = call_param(call, "fieldManager");
    if (kind == PATCH_APPLY && !(manager && *manager))
        return options_refuse(call, "fieldManager", "FieldValueRequired",
                              "Required value: is required for apply patch");
    if (kind != PATCH_APPLY && call_param(call, "force"))
        return options_refuse(call, "force", "FieldValueForbidden",
                              "Forbidden: may not be specified for non-apply patch");
    return true;
}

/* ---- patches of what is there */

cJSON *patch_merged(struct call *call, enum patch_kind kind, const cJSON *live,
                    const cJSON *patch)
{
    if (kind == PATCH_JSON)
        return patch_json(live, patch, &call->refusal);
    if (kind == PATCH_STRATEGIC)
        return patch_strategic(call->def->schema, live, patch, &call->refusal);
    if (!cJSON_IsObject(patch)) {
        call_refuse(call, 400, "BadRequest", "invalid JSON patch");
        return NULL;
    }
    cJSON *object = json_copy(live);
    json_merge(object, patch);
    return object;
}

static bool patch_object(struct call *call, enum patch_kind kind)
{
    struct write_change change = {.origin = WRITE_PATCH};
    cJSON *patch;
    if (!call_body(call, &patch) || !write_find(call, &change.stored, &change.live))
        return false;
    change.object =
        json_adopt(call->arena, patch_merged(call, kind, change.live, patch));
    return change.object && write_check(call, change.object) &&
           write_prune(call, change.object) && write_update(call, &change);
}

/* ---- server-side apply */

static bool check_intent(struct call *call, cJSON *intent)
{
    const char *version = json_str_or(intent, "", "apiVersion");
    const char *kind = json_str_or(intent, "", "kind");
    if (strcmp(version, call_api_version(call)) != 0 ||
        strcmp(kind, call->def->kind) != 0)
        return call_refuse(call, 400, "BadRequest",
                           "invalid object type: %s%s, Kind=%s",
                           strchr(version, '/') ? "" : "/", version, kind);
    if (!write_check(call, intent))
        return false;
    const char *name = kube_name(intent);
    if (*name && strcmp(name, call->name) != 0)
        return call_refuse(call, 400, "BadRequest",
                           "the name of the object (%s) does not match the name on the "
                           "URL (%s)",
                           name, call->name);
    json_set_str(intent, call->name, "metadata", "name");
    if (json_count(json_at(intent, "metadata", "managedFields")))
        return call_refuse(call, 400, "BadRequest",
                           "metadata.managedFields must be nil");
    return true;
}

static bool apply_object(struct call *call)
{
    cJSON *intent;
    if (!call_body(call, &intent) || !check_intent(call, intent))
        return false;
    const struct resource_def *def = call->def;
    struct write_change change = {.origin = WRITE_APPLY};
    change.stored = storage_get(server_storage(call->server, def),
                                def->namespaced ? call->ns : "", call->name);
    if (change.stored)
        change.live = shape_read(call->arena, def,
                                 shape_current(call->server, def, change.stored));
    else if (*call->subresource)
        return call_refuse_not_found(call, call->name);
    else if (!auth_authorize_verb(call, "create"))
        return false;
    struct managed_apply_options options = {
        .schema = def->schema,
        .has_status = def->has_status,
        .write = {.manager = call_manager(call),
                  .api_version = call_api_version(call),
                  .subresource = call->subresource,
                  .time = call_time(call),
                  .force = call_flag(call, "force")}};
    /* A precondition, and nothing that anybody owns. */
    const char *version = json_str(intent, "metadata", "resourceVersion");
    if (version && change.live &&
        strcmp(version, json_str_or(change.live, "", "metadata", "resourceVersion")) !=
            0)
        return call_refuse_conflict(call, call->name,
                                    "the object has been modified; please apply your "
                                    "changes to the latest version and try again");
    change.object = json_adopt(
        call->arena, managed_apply(&options, change.live, intent, &call->refusal));
    if (!change.object)
        return false;
    /* Decoded anew: quantities in canonical form, what is empty left out. */
    schema_prune(def->schema, change.object, NULL);
    return change.stored ? write_update(call, &change)
                         : write_create(call, change.object, WRITE_APPLY);
}

bool verb_patch(struct call *call)
{
    enum patch_kind kind = patch_kind_of(call);
    if (!check_options(call, kind))
        return false;
    return kind == PATCH_APPLY ? apply_object(call) : patch_object(call, kind);
}
