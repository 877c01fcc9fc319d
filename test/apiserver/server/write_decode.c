#include "test/apiserver/server/write_steps.h"

#include <string.h>

/* Of a patch the real one shows the whole patched object; what is wrong is enough here.
 */
bool write_refuse_patched(struct call *call, const char *fault)
{
    const char *message = arena_printf(call->arena, "Invalid value: %s", fault);
    call_refuse(call, 422, "Invalid", " \"\" is invalid: patch: %s", message);
    refusal_add_cause(call->refusal, "FieldValueInvalid", "patch", message);
    return false;
}

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
    if (strcmp(call->verb, "patch") == 0)
        return write_refuse_patched(
            call, arena_printf(call->arena, "strict decoding error: %s", fields));
    return call_refuse(
        call, 400, "BadRequest",
        "%s in version \"%s\" cannot be handled as a %s: strict decoding "
        "error: %s",
        call->def->kind, call->version, call->def->kind, fields);
}

/* Built-in kinds may go without; a custom resource must say what it is. */
static bool check_kind(struct call *call, const cJSON *object)
{
    const struct resource_def *def = call->def;
    const char *expected = call_api_version(call);
    const char *version =
        json_str_or(object, def->custom ? "" : expected, "apiVersion");
    const char *kind = json_str_or(object, def->custom ? "" : def->kind, "kind");
    if (!*kind || !*version)
        return call_refuse(call, 400, "BadRequest",
                           "the object provided is unrecognized (must be of type %s): "
                           "Object '%s' is missing",
                           def->kind, *kind ? "apiVersion" : "Kind");
    if (strcmp(version, expected) != 0)
        return call_refuse(
            call, 400, "BadRequest",
            "the API version in the data (%s) does not match the expected "
            "API version (%s)",
            version, expected);
    if (strcmp(kind, def->kind) == 0)
        return true;
    return call_refuse(call, 400, "BadRequest",
                       "%s in version \"%s\" cannot be handled as a %s", kind,
                       call->version, def->kind);
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
