#include "test/apiserver/schema/refusal.h"

#include <stdarg.h>

static const size_t MESSAGE_MAX = 16 * 1024;

cJSON *refusal_new(int code, const char *reason, const char *format, ...)
{
    struct strbuf message;
    strbuf_init(&message, MESSAGE_MAX);
    va_list args;
    va_start(args, format);
    strbuf_addv(&message, format, args);
    va_end(args);
    cJSON *refusal = json_object();
    json_set_str(refusal, "Status", "kind");
    json_set_str(refusal, "v1", "apiVersion");
    json_set(refusal, json_object(), "metadata");
    json_set_str(refusal, "Failure", "status");
    json_set_str(refusal, message.len ? message.text : "", "message");
    json_set_str(refusal, *reason ? reason : NULL, "reason");
    json_set(refusal, json_number(code), "code");
    strbuf_fini(&message);
    return refusal;
}

static cJSON *causes_of(cJSON *refusal)
{
    cJSON *causes = json_member(json_member(refusal, "details"), "causes");
    return causes ? causes : json_set(refusal, json_array(), "details", "causes");
}

void refusal_add_cause(cJSON *refusal, const char *reason, const char *field,
                       const char *message)
{
    cJSON *cause = json_push(causes_of(refusal), json_object());
    json_set_str(cause, reason, "reason");
    json_set_str(cause, message, "message");
    json_set_str(cause, field, "field");
}

void refusal_set_details(cJSON *refusal, const char *group, const char *kind,
                         const char *name)
{
    json_set_str(refusal, name, "details", "name");
    json_set_str(refusal, group, "details", "group");
    json_set_str(refusal, kind, "details", "kind");
}

int refusal_code(const cJSON *refusal)
{
    return (int)json_int(refusal, 500, "code");
}
