#include "test/apiserver/server/audit.h"

#include "kubeclient/api/rfc3339.h"
#include "test/apiserver/server/server_state.h"

#include <string.h>

static const size_t LINE_MAX = 64 * 1024;

static bool is_write(const struct call *call)
{
    static const char *const verbs[] = {"create", "update",           "patch",
                                        "delete", "deletecollection", NULL};
    for (size_t i = 0; verbs[i] && call->is_resource; i++) {
        if (strcmp(call->verb, verbs[i]) == 0)
            return true;
    }
    return false;
}

static void set_text(cJSON *object, const char *text, const char *name)
{
    if (*text)
        json_set_str(object, text, name);
}

static cJSON *object_ref(const struct call *call)
{
    cJSON *ref = json_object();
    json_set_str(ref, call->resource, "resource");
    set_text(ref, call->ns, "namespace");
    set_text(ref, call->name, "name");
    set_text(ref, call->group, "apiGroup");
    json_set_str(ref, call->version, "apiVersion");
    set_text(ref, call->subresource, "subresource");
    return ref;
}

void audit_write(struct call *call)
{
    const struct api_server_options *options = &call->server->options;
    if (!options->audit || !is_write(call))
        return;
    char time[RFC3339_SIZE];
    rfc3339_format_micro(call->now.wall_ms, time);
    cJSON *record = json_object();
    json_set_str(record, "Event", "kind");
    json_set_str(record, "audit.k8s.io/v1", "apiVersion");
    json_set_str(record, "Metadata", "level");
    json_set_str(record, call->answer->audit_id, "auditID");
    json_set_str(record, "ResponseComplete", "stage");
    json_set_str(record, call->request->target, "requestURI");
    json_set_str(record, call->verb, "verb");
    json_set_str(record, call->user.name, "user", "username");
    cJSON *groups = json_set(record, json_array(), "user", "groups");
    for (const char *const *at = call->user.groups; at && *at; at++)
        json_push(groups, json_string(*at));
    json_set_str(record, call->request->user_agent, "userAgent");
    json_set(record, object_ref(call), "objectRef");
    json_set(record, json_number(call->answer->status), "responseStatus", "code");
    json_set_str(record, time, "requestReceivedTimestamp");
    json_set_str(record, time, "stageTimestamp");
    struct strbuf line;
    strbuf_init(&line, LINE_MAX);
    json_print(&line, record);
    json_free(record);
    if (!line.overflow) /* only a target of that length could */
        options->audit(options->audit_ctx, line.text, line.len);
    strbuf_fini(&line);
}
