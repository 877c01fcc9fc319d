#include "kubeclient/api/object.h"
#include "test/apiserver/server/patch_kind.h"
#include "test/apiserver/server/verbs.h"
#include "test/apiserver/server/write.h"

#include <string.h>

/* Where a resource keeps its numbers: ".spec.replicas" as segments. */
static const char *const *path_of(struct call *call, const char *name,
                                  const char *fallback)
{
    const cJSON *scale = json_at(call->def->crd_version, "subresources", "scale");
    const char *dotted = scale ? json_str_or(scale, "", name) : fallback;
    const char **segments =
        arena_alloc(call->arena, (strlen(dotted) + 2) * sizeof *segments);
    size_t count = 0;
    for (dotted += strspn(dotted, "."); *dotted; dotted += strspn(dotted, ".")) {
        size_t len = strcspn(dotted, ".");
        segments[count++] = arena_strndup(call->arena, dotted, len);
        dotted += len;
    }
    return segments;
}

/* A label selector as text: that of a workload is an object. */
static const char *selector_of(struct call *call, const cJSON *object)
{
    if (call->def->custom)
        return json_str_path(object, path_of(call, "labelSelectorPath", ""));
    struct strbuf text;
    strbuf_init(&text, 4096);
    json_each (label, json_at(object, "spec", "selector", "matchLabels")) {
        strbuf_addf(&text, "%s%s=%s", text.len ? "," : "", label->string,
                    cJSON_IsString(label) ? label->valuestring : "");
    }
    const char *kept = arena_strdup(call->arena, text.len ? text.text : "");
    strbuf_fini(&text);
    return kept;
}

/* The Scale of an object, in the arena. */
static cJSON *scale_of(struct call *call, const cJSON *object)
{
    static const char *const copied[] = {
        "name", "namespace", "uid", "resourceVersion", "creationTimestamp", NULL};
    cJSON *scale = json_adopt(call->arena, json_object());
    json_set_str(scale, "Scale", "kind");
    json_set_str(scale, "autoscaling/v1", "apiVersion");
    for (size_t i = 0; copied[i]; i++)
        json_set_str(scale, json_str(object, "metadata", copied[i]), "metadata",
                     copied[i]);
    int64_t wanted =
        json_int_path(object, 0, path_of(call, "specReplicasPath", ".spec.replicas"));
    int64_t there = json_int_path(
        object, 0, path_of(call, "statusReplicasPath", ".status.replicas"));
    json_set(scale, json_object(), "spec");
    if (wanted) /* zero goes without saying, as Go's omitempty has it */
        json_set(scale, json_number(wanted), "spec", "replicas");
    json_set(scale, json_number(there), "status", "replicas");
    json_set_str(scale, selector_of(call, object), "status", "selector");
    return scale;
}

bool verb_get_scale(struct call *call)
{
    struct stored *stored;
    const cJSON *object;
    if (!write_find(call, &stored, &object))
        return false;
    call_answer(call, 200, scale_of(call, object));
    return true;
}

static bool refuse_negative(struct call *call, int64_t replicas)
{
    const cJSON *scale = json_at(call->def->crd_version, "subresources", "scale");
    const char *message =
        arena_printf(call->arena, "Invalid value: %lld: %s", (long long)replicas,
                     scale ? "should be a non-negative integer"
                           : "must be greater than or equal to 0");
    struct field_fault fault = {
        .reason = "FieldValueInvalid",
        .field = json_str_or(scale, "spec.replicas", "specReplicasPath"),
        .message = message};
    if (scale)
        return call_refuse_invalid(call, call->name, &fault);
    call_refuse(call, 422, "Invalid", "Scale.autoscaling \"%s\" is invalid: %s: %s",
                call->name, fault.field, message);
    refusal_set_details(call->refusal, "autoscaling", "Scale", call->name);
    refusal_add_cause(call->refusal, fault.reason, fault.field, message);
    return false;
}

static bool store_scale(struct call *call, struct write_change *change,
                        const cJSON *scale)
{
    int64_t replicas = json_int(scale, -1, "spec", "replicas");
    if (!json_at(scale, "spec", "replicas"))
        replicas = 0;
    if (replicas < 0)
        return refuse_negative(call, replicas);
    change->object = json_adopt(call->arena, json_copy(change->live));
    json_set_path(change->object, json_number(replicas),
                  path_of(call, "specReplicasPath", ".spec.replicas"));
    const char *version = json_str(scale, "metadata", "resourceVersion");
    if (version && *version)
        json_set_str(change->object, version, "metadata", "resourceVersion");
    struct write_result result;
    if (!write_store(call, change, &result))
        return false;
    call_answer(call, 200, scale_of(call, result.object));
    return true;
}

bool verb_update_scale(struct call *call)
{
    struct write_change change = {.origin = WRITE_PATCH};
    cJSON *scale;
    return call_body(call, &scale) && write_find(call, &change.stored, &change.live) &&
           store_scale(call, &change, scale);
}

bool verb_patch_scale(struct call *call)
{
    struct write_change change = {.origin = WRITE_PATCH};
    enum patch_kind kind = patch_kind_of(call);
    cJSON *patch;
    if (kind != PATCH_MERGE && kind != PATCH_JSON)
        return call_refuse(call, 415, "UnsupportedMediaType",
                           "this server patches scales by application/merge-patch+json "
                           "and application/json-patch+json only");
    if (!call_body(call, &patch) || !write_find(call, &change.stored, &change.live))
        return false;
    cJSON *scale = json_adopt(
        call->arena, patch_merged(call, kind, scale_of(call, change.live), patch));
    return scale && store_scale(call, &change, scale);
}
