#include "test/apiserver/server/call.h"

#include "kubeclient/api/rfc3339.h"
#include "kubeclient/base/alloc.h"
#include "kubeclient/base/ascii.h"
#include "kubeclient/base/yaml.h"
#include "test/apiserver/server/protobuf.h"

#include <string.h>

enum { MANAGER_MAX = 128 }; /* metav1's FieldManagerMaxLength */

/* ---- refusals */

static void set_refusal(struct call *call, cJSON *refusal)
{
    json_free(call->refusal);
    call->refusal = refusal;
}

bool call_refuse(struct call *call, int code, const char *reason, const char *format,
                 ...)
{
    va_list args;
    va_start(args, format);
    const char *message = arena_vprintf(call->arena, format, args);
    va_end(args);
    set_refusal(call, refusal_new(code, reason, "%s", message));
    return false;
}

/* Details name the resource, not the kind, for all but Invalid. */
static bool with_details(struct call *call, const char *name)
{
    refusal_set_details(call->refusal, *call->group ? call->group : NULL,
                        call->resource, name && *name ? name : NULL);
    return false;
}

const char *call_resource_name(struct call *call)
{
    if (!*call->group)
        return call->resource;
    return arena_printf(call->arena, "%s.%s", call->resource, call->group);
}

bool call_refuse_not_found(struct call *call, const char *name)
{
    call_refuse(call, 404, "NotFound", "%s \"%s\" not found", call_resource_name(call),
                name);
    return with_details(call, name);
}

bool call_refuse_forbidden(struct call *call, const char *why)
{
    if (*call->name)
        call_refuse(call, 403, "Forbidden", "%s \"%s\" is forbidden: %s",
                    call_resource_name(call), call->name, why);
    else
        call_refuse(call, 403, "Forbidden", "%s is forbidden: %s",
                    call_resource_name(call), why);
    return with_details(call, call->name);
}

bool call_refuse_conflict(struct call *call, const char *name, const char *why)
{
    call_refuse(call, 409, "Conflict", "Operation cannot be fulfilled on %s \"%s\": %s",
                call_resource_name(call), name, why);
    return with_details(call, name);
}

bool call_refuse_large(struct call *call)
{
    return call_refuse(call, 413, "RequestEntityTooLarge",
                       "etcdserver: request is too large");
}

bool call_refuse_invalid(struct call *call, const char *name,
                         const struct field_fault *fault)
{
    const char *kind = call->def->kind;
    const char *dot = *call->group ? "." : "";
    call_refuse(call, 422, "Invalid", "%s%s%s \"%s\" is invalid: %s: %s", kind, dot,
                call->group, name, fault->field, fault->message);
    refusal_set_details(call->refusal, *call->group ? call->group : NULL, kind,
                        *name ? name : NULL);
    refusal_add_cause(call->refusal, fault->reason, fault->field, fault->message);
    return false;
}

/* ---- the query */

const char *call_api_version(struct call *call)
{
    if (!*call->group)
        return call->version;
    return arena_printf(call->arena, "%s/%s", call->group, call->version);
}

const char *call_param(const struct call *call, const char *name)
{
    for (const struct query_param *at = call->params; at; at = at->next) {
        if (strcmp(at->name, name) == 0)
            return at->value;
    }
    return NULL;
}

bool call_flag(const struct call *call, const char *name)
{
    const char *value = call_param(call, name);
    return value && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

bool call_dry_run(const struct call *call)
{
    const char *value = call_param(call, "dryRun");
    return value && strcmp(value, "All") == 0;
}

const char *call_manager(struct call *call)
{
    const char *manager = call_param(call, "fieldManager");
    if (manager && *manager)
        return manager;
    const char *agent = call->request->user_agent ? call->request->user_agent : "";
    size_t len = strcspn(agent, "/");
    if (!len)
        return "unknown";
    return arena_strndup(call->arena, agent, len < MANAGER_MAX ? len : MANAGER_MAX);
}

/* ---- bodies */

void call_answer(struct call *call, int status, const cJSON *body)
{
    call->answer->status = status;
    json_print(&call->answer->body, body);
}

void call_answer_text(struct call *call, int status, const char *text, size_t len)
{
    call->answer->status = status;
    strbuf_add(&call->answer->body, text, len);
}

static bool parse_yaml(struct call *call, cJSON **body)
{
    struct err err;
    struct yaml_doc *doc =
        yaml_parse("body", call->request->body, call->request->body_len, &err);
    if (!doc)
        return call_refuse(call, 400, "BadRequest",
                           "error decoding patch: error converting YAML to JSON: %s",
                           err.msg);
    *body = yaml_count(doc) == 1 ? json_adopt(call->arena, yaml_detach(doc, 0)) : NULL;
    yaml_close(&doc);
    return *body || call_refuse(call, 400, "BadRequest",
                                "the body must hold exactly one YAML document");
}

/* "application/json; charset=utf-8": the part before the semicolon. */
static bool is_media(const char *content_type, const char *suffix)
{
    char media[128];
    size_t len = strcspn(content_type, "; ");
    if (len >= sizeof media)
        return false;
    memcpy(media, content_type, len);
    media[len] = '\0';
    return ascii_has_suffix(media, suffix);
}

static cJSON *parse_json(struct call *call, struct err *err)
{
    const struct api_request *request = call->request;
    return json_adopt(call->arena, json_parse(request->body ? request->body : "",
                                              request->body_len, err));
}

static bool parse_protobuf(struct call *call, cJSON **body)
{
    struct err err;
    *body = json_adopt(
        call->arena, protobuf_read(call->request->body, call->request->body_len, &err));
    return *body || call_refuse(call, 415, "UnsupportedMediaType",
                                "%s; use application/json", err.msg);
}

bool call_body(struct call *call, cJSON **body)
{
    const char *type = call->request->content_type ? call->request->content_type : "";
    if (is_media(type, "application/vnd.kubernetes.protobuf"))
        return parse_protobuf(call, body);
    bool yaml = is_media(type, "yaml");
    if (!yaml && *type && !is_media(type, "json"))
        return call_refuse(
            call, 415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted "
            "media types include: application/json, application/yaml");
    /* YAML is mostly JSON, too, which is read faster. */
    struct err err;
    *body = parse_json(call, &err);
    if (*body)
        return true;
    if (yaml)
        return parse_yaml(call, body);
    return call_refuse(call, 400, "BadRequest",
                       "the object provided is unrecognized (must be of type %s): "
                       "couldn't get version/kind; json parse error: %s",
                       call->def->kind, err.msg);
}

const char *call_time(struct call *call)
{
    char text[RFC3339_SIZE];
    rfc3339_format(call->now.wall_ms, text);
    return arena_strdup(call->arena, text);
}
