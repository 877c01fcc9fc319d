#include "test/apiserver/server/write.h"

#include <string.h>

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
